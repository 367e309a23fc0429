"""Subscribing in a real browser, with scripts and without: the form, the mail's page, the choices, the end."""

import pytest
from browser.conftest import ROOMY
from browser.walk import NOTHING
from playwright.sync_api import expect
from support.service import running_service
from support.smtp_sink import SinkThread

from tests.subscriptions.conftest import ADDRESS, LINK

pytestmark = pytest.mark.browser


class Post(SinkThread):
    """A mail server that gives the links of the next mail."""

    read = 0

    def link(self, kind: str) -> str:
        self.arrived(self.read + 1)
        self.read = len(self.sink.messages)
        links = LINK.findall(self.sink.texts[-1].replace("\r", ""))
        return next(link for link in links if f"/{kind}/" in link)


@pytest.fixture(scope="module")
def post():
    """A mail server on loopback."""
    made = Post()
    yield made
    made.close()


@pytest.fixture(scope="module")
def mailing_service(chromium, post, tmp_path_factory):
    """Run the service with mail."""
    mail = post.settings | {"CHATBOT_PUBLIC_URL": "http://127.0.0.1:1", "CHATBOT_SUBSCRIBE_LIMIT": "100/minute"}
    with running_service(tmp_path_factory.mktemp("mailing"), **ROOMY, **mail) as running:
        yield running


def fill(page, *purposes, address=ADDRESS):
    """Fill in the form and send it."""
    page.get_by_label("Your e-mail address").fill(address)
    page.get_by_label("Which country do you live in?").select_option("ZA")
    page.get_by_label("Month").select_option("07")
    page.get_by_label("Year").fill("1985")
    for purpose in purposes:
        page.get_by_label(purpose).check()
    page.get_by_role("button", name="Send me the mail to confirm").click()


@pytest.mark.commitment("H3")
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_the_form_to_the_yes_and_back(visit, mailing_service, post, axe, scripts):
    """Two boxes, none ticked; the mail's button; as many clicks to take back as to give; nothing on the device."""
    walk = visit(mailing_service, java_script_enabled=scripts)
    page, found = walk.page, {}

    def look(name):
        if scripts:
            found[name] = axe(walk)

    page.goto(f"{mailing_service.url}/subscribe")
    assert page.locator("input[type=checkbox]:checked").count() == 0
    look("form")
    fill(page, "Tell me when something changes", "Send me news and offers")
    expect(page.get_by_role("heading", name="Please look at your mail")).to_be_visible()
    look("sent")
    page.goto(mailing_service.url + post.link("confirm"))
    look("confirm")
    page.get_by_role("button", name="Yes, write to me about this").click()
    expect(page.get_by_role("status")).to_contain_text("From now on we write to you")
    look("manage")
    page.get_by_label("Send me news and offers").uncheck()
    page.get_by_role("button", name="Save my choices").click()
    expect(page.get_by_label("Send me news and offers")).not_to_be_checked()
    expect(page.get_by_role("cell", name="taken back")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download your receipt").click()
    assert download.value.suggested_filename == "receipt.json"
    page.get_by_role("button", name="Stop and erase my address").click()
    expect(page.get_by_role("heading", name="You get no more mail from us")).to_be_visible()
    look("ended")
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    if scripts:
        assert walk.kept() == NOTHING


def test_mistakes_are_told_beside_the_form_and_the_rest_stays(visit, mailing_service, axe):
    """What the browser lets pass is checked again here; the page says what to mend."""
    walk = visit(mailing_service)
    page = walk.page
    page.goto(f"{mailing_service.url}/subscribe")
    page.evaluate("document.querySelector('form').noValidate = true")
    fill(page, address="nobody")
    expect(page.get_by_role("alert")).to_contain_text("Write one e-mail address")
    expect(page.get_by_role("alert")).to_contain_text("Tick at least one")
    expect(page.get_by_label("Your e-mail address")).to_have_value("nobody")
    assert axe(walk) == []


def test_the_lost_page_and_the_one_click_page_are_accessible(visit, mailing_service, axe, post):
    """As every page that a mail leads to."""
    walk = visit(mailing_service)
    walk.page.goto(f"{mailing_service.url}/subscribe/manage")
    assert axe(walk) == []
    fill_lost = walk.page.get_by_label("Your e-mail address")
    fill_lost.fill("nobody@mail.example")
    walk.page.get_by_role("button", name="Send me the link").click()
    expect(walk.page.get_by_text("If we know this address")).to_be_visible()
    assert post


@pytest.mark.parametrize(
    "look", [{"viewport": {"width": 320, "height": 700}}, {"color_scheme": "dark"}, {"forced_colors": "active"}]
)
def test_the_form_fits_narrow_screens_and_dark_colours(visit, mailing_service, axe, look):
    """Nothing scrolls sideways at 320 pixels, and every colour has contrast."""
    walk = visit(mailing_service, **look)
    for path in ("/subscribe", "/subscribe?language=de", "/subscribe?language=af"):
        walk.page.goto(mailing_service.url + path)
        wide = walk.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, path
        assert axe(walk) == [], path


def test_without_mail_the_page_offers_nothing(visit, service):
    """And says so plainly."""
    walk = visit()
    walk.page.goto(f"{service.url}/subscribe")
    expect(walk.page.get_by_text("This site sends no e-mail")).to_be_visible()
    assert walk.page.locator("main form").count() == 0
