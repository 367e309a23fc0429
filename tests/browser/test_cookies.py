"""Cookies in the browser: nothing before a yes or after a no, equal buttons, a yes that ends, signals, no nagging."""

import json
import re
from datetime import UTC, datetime

import pytest
from browser.conftest import ROOMY
from browser.walk import CHILD, NOTHING
from playwright.sync_api import expect
from support import busy_site as busy
from support.service import running_service

from chatbot.cookies.registry import Registry

pytestmark = pytest.mark.browser

REFUSED = re.compile(r"1\.-\.\d+\.180\.-\.-")
YOUNG = str(datetime.now(UTC).year - 17)  # may chat alone in Germany, and is under 18 all year
ALLOWED = "['functional', 'analytics', 'marketing'].map(rousoraConsent.allowed)"
CLEARED = """async () => { for (let i = 0; i < 500 && document.cookie.includes("_count_id"); i += 1)
    await new Promise((resolve) => setTimeout(resolve, 10)); }"""
NARROW = {"viewport": {"width": 320, "height": 568}}
# A site owner's page: two scripts that wait for a yes, one of which keeps things and says when it is stopped.
SITE = """
rousoraConsent.whenAllowed("analytics", () => {
  document.cookie = "_count_id=1; Path=/"; localStorage.setItem("count-pages", "1"); fetch("/health/live?count");
  window.counting = true;
  return () => { window.counting = false; };
});
rousoraConsent.whenAllowed("marketing", () => { document.cookie = "ads=1"; });
"""


@pytest.fixture(scope="session")
def busy_site(chromium, tmp_path_factory):
    """The service of a site that uses analytics."""
    data = busy.make(tmp_path_factory.mktemp("site") / "data")
    with running_service(tmp_path_factory.mktemp("busy"), CHATBOT_DATA_DIR=str(data), **ROOMY) as running:
        yield running


@pytest.fixture
def see(visit, busy_site):
    """Open the site with its own scripts; every request is written down."""

    def begin(path="/", **options):
        walk = visit(busy_site, **options)
        walk.requests = []
        walk.page.on("request", lambda sent: walk.requests.append(sent.url))
        walk.page.on("response", lambda got: walk.requests.append(got.headers.get("set-cookie", "")))
        walk.arrive(path)
        walk.page.evaluate(SITE)
        return walk

    return begin


def banner(walk):
    return walk.page.locator("#cc-main .cm")


def settings(walk):
    return walk.page.locator("#cc-main .pm")


def press(walk, name, within=banner):
    with walk.page.expect_response("**/v1/cookies"):
        within(walk).get_by_role("button", name=name, exact=True).click()


def cookies(walk):
    return {each["name"]: each["value"] for each in walk.page.context.cookies()}


@pytest.mark.commitment("K2", "K6", "H5", "H6")
def test_nothing_is_kept_or_fetched_before_a_yes_and_after_a_no(see, busy_site):
    """Storage, requests and Set-Cookie while the banner asks, after Reject all, and on the next page."""
    walk = see()
    expect(banner(walk)).to_be_visible()
    assert walk.kept() == NOTHING
    assert not any(each.startswith("rousora") for each in walk.requests)
    press(walk, "Reject all")
    walk.page.goto(f"{busy_site.url}/privacy")
    walk.page.evaluate(SITE)
    kept = walk.kept()
    assert [each["name"] for each in kept.pop("cookies")] == ["rousora_choices"]
    assert kept == {name: value for name, value in NOTHING.items() if name != "cookies"}
    assert REFUSED.fullmatch(cookies(walk)["rousora_choices"])
    assert not any("count" in each for each in walk.requests)
    assert all(each.startswith(("rousora_choices=", busy_site.url)) for each in walk.requests if each)


@pytest.mark.commitment("D8", "K1")
def test_whatever_the_browser_holds_is_registered(visit):
    """With every cookie allowed and a conversation that is stored."""
    registry, walk = Registry.load(busy.DATA), visit().arrive()
    press(walk, "Accept all")
    walk.open().answer_age().choose("store")
    walk.ask("What is an ERP?")
    kept = walk.kept()
    names = {
        "cookie": list(cookies(walk)),
        "localStorage": list(kept["local"]),
        "sessionStorage": list(kept["session"]),
    }
    assert list(names["sessionStorage"]) == ["rousora-chat"]
    for where, found in names.items():
        keys = [registry.key(name, datetime.now(UTC).date()) for name in found]
        assert [name for name, key in zip(found, keys, strict=True) if key is None or key.where != where] == []
    assert kept["databases"] == kept["caches"] == []


@pytest.mark.commitment("K3", "H6", "K11")
def test_a_yes_starts_what_waits_and_a_withdrawal_stops_it_and_clears_the_device(see):
    """On the page itself, without a reload."""
    walk = see()
    press(walk, "Accept all")
    assert walk.page.evaluate("window.counting") is True
    assert {"_count_id", "ads", "rousora_choices"} == set(cookies(walk))
    walk.page.get_by_role("link", name="Cookie Settings").click()
    press(walk, "Reject all", settings)
    assert walk.page.evaluate("window.counting") is False
    assert "_count_id" not in cookies(walk)
    assert walk.kept()["local"] == {}
    assert REFUSED.fullmatch(cookies(walk)["rousora_choices"])


@pytest.mark.commitment("K7", "K12")
def test_every_category_is_its_own_unticked_switch_with_purpose_and_duration(see):
    """Only necessary is on, and cannot be switched; a single yes is a single yes."""
    walk = see()
    banner(walk).get_by_role("button", name="Choose for myself").click()
    boxes = settings(walk).locator("input.section__toggle")
    assert boxes.evaluate_all("all => all.map((each) => [each.value, each.checked, each.disabled])") == [
        ["necessary", True, True],
        ["functional", False, False],
        ["analytics", False, False],
        ["marketing", False, False],
    ]
    settings(walk).get_by_role("button", name="Analytics").click()
    words = settings(walk).inner_text()
    assert all(each in words for each in ("_count*", "Counts visits.", "90 days", "Example Counter GmbH, DE"))
    boxes.nth(2).check(force=True)
    press(walk, "Save my choices", settings)
    assert cookies(walk)["rousora_choices"].startswith("1.a.")
    allowed = "['analytics', 'marketing'].map(rousoraConsent.allowed)"
    assert walk.page.evaluate(allowed) == [True, False]


@pytest.mark.commitment("K8")
@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, NARROW], ids=["light", "dark", "narrow"])
def test_rejecting_is_as_easy_as_accepting(see, options):
    """The same layer, one press each, the same size, colours and type, one after the other by keyboard."""
    walk = see(reduced_motion="reduce", **options)
    accept, reject = (banner(walk).get_by_role("button", name=name) for name in ("Accept all", "Reject all"))
    expect(reject).to_be_visible()
    one, other = accept.bounding_box(), reject.bounding_box()
    assert one["width"] * one["height"] == pytest.approx(other["width"] * other["height"], rel=0.05)
    look = """each => { const s = getComputedStyle(each);
        return [s.color, s.backgroundColor, s.fontSize, s.fontWeight, s.borderColor]; }"""
    assert accept.evaluate(look) == reject.evaluate(look)
    accept.focus()
    walk.page.keyboard.press("Tab")
    expect(reject).to_be_focused()
    with walk.page.expect_response("**/v1/cookies"):
        walk.page.keyboard.press("Enter")
    expect(banner(walk)).to_be_hidden()


@pytest.mark.commitment("K9")
def test_leaving_the_question_is_no_yes(see):
    """Escape and the closing cross of the settings change nothing, and the page works beside the question."""
    walk = see()
    banner(walk).get_by_role("button", name="Choose for myself").click()
    settings(walk).get_by_role("button", name="Close").click()
    walk.page.keyboard.press("Escape")
    assert walk.kept() == NOTHING
    walk.open()
    assert walk.kept() == NOTHING


@pytest.mark.commitment("K9", "K10")
@pytest.mark.parametrize("answer", ["Reject all", "Accept all"])
def test_nobody_is_asked_again_within_six_months(see, busy_site, answer):
    """The visitor's clock moves on: 179 days later there is no banner, 181 days later there is."""
    walk = see()
    press(walk, answer)
    kept = cookies(walk)["rousora_choices"].split(".")
    for days, asked in ((179, False), (181, True), (366, True)):
        value = ".".join([*kept[:2], str(int(kept[2]) - days), *kept[3:]])
        walk.page.context.add_cookies([{"name": "rousora_choices", "value": value, "url": busy_site.url}])
        walk.arrive("/")
        if asked:
            expect(banner(walk)).to_be_visible()
            assert not walk.page.evaluate("rousoraConsent.allowed('analytics')")
        else:
            walk.page.wait_for_load_state("networkidle")
            assert banner(walk).count() == 0
            assert walk.page.evaluate("rousoraConsent.allowed('analytics')") == (answer == "Accept all")


@pytest.mark.commitment("K16", "U13")
@pytest.mark.parametrize("signal", ["Sec-GPC", "DNT", "script"])
def test_a_browser_that_objects_is_not_asked_and_an_explicit_yes_wins(see, busy_site, visit, signal):
    """By header or by script; nothing runs, no banner; the settings still take a yes."""
    walk = visit(busy_site, **({} if signal == "script" else {"extra_http_headers": {signal: "1"}}))
    if signal == "script":
        walk.page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    walk.arrive("/")
    walk.page.wait_for_load_state("networkidle")
    walk.page.evaluate(SITE)
    assert banner(walk).count() == 0
    assert walk.kept() == NOTHING
    walk.page.get_by_role("link", name="Cookie Settings").click()
    press(walk, "Accept all", settings)
    assert walk.page.evaluate("window.counting") is True
    walk.arrive("/privacy")
    assert walk.page.evaluate("rousoraConsent.allowed('marketing')") is True


def with_google(route):
    """Serve the page as an owner writes it who uses Consent Mode."""
    got = route.fetch()
    route.fulfill(response=got, body=got.text().replace('src="/cookies.js"', 'src="/cookies.js" data-consent-mode'))


@pytest.mark.commitment("K6", "H6")
def test_consent_mode_says_denied_first_and_what_was_chosen_later(see, busy_site):
    """Only on a page that asks for Google's signals."""
    walk = see()
    assert walk.page.evaluate("window.dataLayer") is None
    walk.page.route(f"{busy_site.url}/acceptable-use", with_google)
    walk.arrive("/acceptable-use")
    press(walk, "Accept all")
    layer = json.loads(walk.page.evaluate("JSON.stringify(dataLayer.map((each) => [...each]))"))
    assert [(each[0], each[1], each[2]["ad_storage"], each[2]["analytics_storage"]) for each in layer] == [
        ("consent", "default", "denied", "denied"),
        ("consent", "update", "granted", "granted"),
    ]


@pytest.mark.commitment("K13")
def test_the_settings_work_without_javascript(visit, busy_site):
    """A browser that runs no script: a form, one press, and the choice stands."""
    walk = visit(busy_site, java_script_enabled=False)
    walk.page.goto(f"{busy_site.url}/privacy")
    walk.page.get_by_role("link", name="Cookie Settings").click()
    walk.page.get_by_label("Analytics").check()
    walk.page.get_by_role("button", name="Save my choices").click()
    expect(walk.page.get_by_role("status")).to_have_text("Your choice is saved.")
    expect(walk.page.get_by_label("Analytics")).to_be_checked()
    walk.page.get_by_role("button", name="Reject all").click()
    expect(walk.page.get_by_label("Analytics")).not_to_be_checked()
    assert REFUSED.fullmatch(cookies(walk)["rousora_choices"])


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, NARROW], ids=["light", "dark", "narrow"])
def test_axe_finds_nothing_in_banner_settings_form_and_versions(see, axe, options):
    """In light and dark, on wide and narrow screens; nothing scrolls sideways."""
    walk, found = see(reduced_motion="reduce", **options), {}
    expect(banner(walk)).to_be_visible()
    found["banner"] = axe(walk)
    banner(walk).get_by_role("button", name="Choose for myself").click()
    settings(walk).get_by_role("button", name="Analytics").click()
    expect(settings(walk).get_by_role("button", name="Analytics")).to_have_attribute("aria-expanded", "true")
    found["settings"] = axe(walk)
    press(walk, "Reject all", settings)
    for path in ("/cookies", "/cookies/settings?saved=yes", "/privacy/versions"):
        walk.arrive(path)
        found[path] = axe(walk)
        assert walk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.commitment("K4")
@pytest.mark.parametrize("age", [("ZA", CHILD), ("DE", YOUNG)], ids=["too young to chat", "17, and may chat"])
def test_statistics_and_advertising_end_when_somebody_under_18_is_here(see, busy_site, age):
    """Whatever was ticked: what runs stops, the device is cleared, the yes becomes a no, and nobody is told."""
    country, year = age
    walk = see()
    press(walk, "Accept all")
    assert walk.page.evaluate("window.counting") is True
    walk.open().answer_age(year, country)
    walk.requests.clear()
    walk.choose()
    walk.page.evaluate(CLEARED)
    assert walk.page.evaluate("window.counting") is False
    assert walk.page.evaluate(ALLOWED) == [False, False, False]
    assert REFUSED.fullmatch(cookies(walk)["rousora_choices"])
    assert walk.kept()["local"] == {}
    walk.page.wait_for_load_state("networkidle")
    assert not any("Set-Cookie" in each or each.startswith("rousora") for each in walk.requests)
    walk.page.get_by_role("link", name="Cookie Settings").click()
    boxes = settings(walk).locator("input.section__toggle")
    expect(boxes).to_have_count(2)
    assert boxes.evaluate_all("all => all.map((each) => each.value)") == ["necessary", "functional"]
    press(walk, "Accept all", settings)
    assert walk.page.evaluate(ALLOWED) == [True, False, False]
    assert cookies(walk)["rousora_choices"].startswith("1.f.")
    assert walk.page.evaluate("window.counting") is False


@pytest.mark.commitment("K4", "N2")
def test_a_child_who_chose_nothing_leaves_nothing_and_an_adult_keeps_the_yes(see):
    """Without an earlier choice no cookie is written; the same steps of an adult change nothing."""
    walk = see().open().answer_age(CHILD).choose()
    walk.page.wait_for_load_state("networkidle")
    assert walk.kept() == NOTHING
    grown = see()
    press(grown, "Accept all")
    grown.open().answer_age().choose()
    assert grown.page.evaluate(ALLOWED) == [True, True, True]


@pytest.mark.commitment("K15")
def test_the_script_runs_a_service_only_while_it_is_offered(see):
    """By its id: in force it follows its category, and an id that is not in force never runs."""
    walk = see()
    press(walk, "Accept all")
    assert walk.page.evaluate("['counter', 'lapsed-service', 'analytics'].map(rousoraConsent.allowed)") == [
        True,
        False,
        True,
    ]
