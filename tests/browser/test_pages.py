"""The site's pages in a browser: the visitor's language, the way to the others without a script, and errors."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NARROW = {"viewport": {"width": 320, "height": 568}}
PATHS = ("/", "/privacy", "/cookies", "/cookies/settings", "/privacy/versions", "/guardian/login", "/nothing")


def test_a_language_is_one_press_away_and_travels_on_without_a_script(visit, service):
    """A browser in German begins in German; English is a link, and the next page is English too; nothing is kept."""
    walk = visit(java_script_enabled=False, locale="de-AT")
    page = walk.page
    page.goto(f"{service.url}/privacy")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_text("Dieser Text wird auf Englisch geführt.")).to_be_visible()
    expect(page.locator("[lang=en] h1")).to_have_text("Privacy Policy")
    page.get_by_role("link", name="Afrikaans").click()
    expect(page.locator("html")).to_have_attribute("lang", "af")
    page.get_by_role("link", name="Koekies", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Koekiebeleid")
    page.get_by_role("link", name="Koekie-instellings").first.click()
    page.get_by_role("button", name="Weier alles").click()
    expect(page.locator("html")).to_have_attribute("lang", "af")
    expect(page.get_by_role("status")).to_be_visible()
    assert [each["name"] for each in page.context.cookies()] == ["rousora_choices"]


def test_the_widget_speaks_the_language_of_its_page(visit):
    """Also where the browser asks for another."""
    walk = visit().arrive("/?language=af")
    expect(walk.page.get_by_role("heading", level=1)).to_have_text(
        "Stelsels wat saamwerk, en 'n kletsbot wat geheime bewaar"
    )
    walk.open()
    expect(walk.panel).to_have_attribute("lang", "af")


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, NARROW], ids=["light", "dark", "narrow"])
def test_axe_finds_nothing_on_any_page_in_another_language(visit, axe, service, options):
    """Errors included; nothing scrolls sideways."""
    walk, found = visit(reduced_motion="reduce", **options), {}
    for path in PATHS:
        walk.page.goto(f"{service.url}{path}?language=de")
        found[path] = axe(walk)
        assert walk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
