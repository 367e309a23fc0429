"""Everybody can use it: axe-core in every state, keyboard alone, narrow screens, languages, less motion."""

import pytest
from browser.walk import CHILD
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NARROW = {"viewport": {"width": 320, "height": 568}}
HELLO = "Hi, I am Thandi Nkosi, thandi.nkosi@example.com. What does Rousora do?"


def states(walk):
    """Every state of the widget, one after the other, by name."""
    yield "page", walk.arrive()
    yield "age", walk.open()
    walk.page.locator("#field-country").select_option("ZA")
    expect(walk.page.locator("#field-company")).to_be_visible()
    walk.press("Continue")
    yield "age with mistakes", walk
    yield "choices", walk.answer_age()
    walk.page.locator("#purpose-store").check()
    yield "choices on", walk
    walk.choose("store")
    yield "empty chat", walk
    walk.box.fill("my card is 4111 1111 1111 1111")
    yield "hint", walk
    turn = walk.ask(HELLO)
    turn.locator(".hidden-details summary").click()
    turn.locator(".cite").first.click()
    turn.get_by_role("button", name="Good answer").click()
    expect(turn.get_by_role("textbox")).to_be_visible()
    yield "reply", walk
    walk.page.route("**/messages", lambda route: route.fulfill(status=429, headers={"Retry-After": "60"}), times=1)
    expect(walk.say("again").get_by_role("alert")).to_be_visible()
    yield "problem", walk
    walk.press("Talk to a person")
    yield "handoff", walk
    walk.press("Back to the chat")
    walk.press("Privacy")
    expect(walk.page.get_by_role("switch").first).to_be_visible()
    yield "privacy", walk
    walk.press("End and forget")
    yield "forget", walk
    walk.press("Yes, erase it")
    expect(walk.page.get_by_role("heading", name="Everything is erased")).to_be_visible()
    yield "erased", walk
    walk.press("Start a new chat")
    walk.answer_age(CHILD).choose()
    yield "guardian", walk


def test_axe_finds_nothing_in_any_state(visit, axe):
    """WCAG 2.2 A and AA and best practices, over the page and the widget together."""
    found = {name: axe(walk) for name, walk in states(visit(reduced_motion="reduce"))}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_dark_colours_have_contrast_in_every_state(visit, axe):
    """The same states for those who asked for dark colours; only the colours differ."""
    walk = visit(color_scheme="dark", reduced_motion="reduce")
    found = {name: axe(each, ["color-contrast", "link-in-text-block"]) for name, each in states(walk)}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("path", ["/privacy", "/acceptable-use"])
def test_axe_finds_nothing_on_the_policy_pages(visit, axe, path):
    """The policies as the service renders them."""
    assert axe(visit().arrive(path)) == []


def test_nothing_scrolls_sideways_at_320_pixels_and_every_target_is_large_enough(visit):
    """Narrow screens, which is also a page zoomed to 400 %; targets of 24 pixels or more (WCAG 2.5.8)."""
    for name, walk in states(visit(**NARROW, reduced_motion="reduce")):
        wide, small = walk.page.evaluate(MEASURE)
        assert not wide, f"{name}: wider than the screen"
        assert small == [], name


MEASURE = """() => {
    const root = document.querySelector('rousora-chat').shadowRoot;
    const boxes = [document.documentElement, ...root.querySelectorAll('.page, .log, .sheet-body, dialog')];
    const wide = boxes.some((box) => box.scrollWidth > box.clientWidth + 1);
    const targets = [...root.querySelectorAll('button, select, input, summary, textarea')];
    const seen = targets.filter((n) => n.checkVisibility());
    const size = (n) => n.getBoundingClientRect();
    const small = seen.filter((n) => size(n).width < 24 || size(n).height < 24).map((n) => n.outerHTML.slice(0, 80));
    return [wide, small];
}"""


def test_the_keyboard_alone_is_enough(visit):
    """From the launcher to a reply and its source, and out again with Escape."""
    walk = visit().arrive()
    press = walk.page.keyboard.press
    expect(walk.page.locator("#cc-main .cm")).to_be_visible()  # its coming may move the focus
    walk.page.locator("rousora-chat .launcher").focus()
    press("Enter")
    expect(walk.page.get_by_role("heading", name="Before we start")).to_be_focused()
    press("Tab")
    walk.page.keyboard.type("South Afr")
    press("Tab")
    walk.page.keyboard.type("July")
    press("Tab")
    walk.page.keyboard.type("1985")
    press("Enter")
    expect(walk.page.get_by_role("heading", name="What may we do?")).to_be_focused()
    press("Tab")
    press("Space")
    expect(walk.page.locator("#purpose-store")).to_be_checked()
    while not walk.page.get_by_role("button", name="Save my choices").evaluate("n => n.matches(':focus')"):
        press("Tab")
    press("Enter")
    expect(walk.box).to_be_focused()
    walk.page.keyboard.type("What does Rousora do?")
    press("Shift+Enter")
    press("Enter")
    expect(walk.turns.last).to_have_attribute("data-status", "complete", timeout=10000)
    expect(walk.box).to_be_focused()
    walk.turns.last.locator(".cite").first.focus()
    press("Enter")
    expect(walk.turns.last.locator("details[open] summary")).to_be_focused()
    press("Escape")
    expect(walk.panel).to_be_hidden()
    expect(walk.page.locator("rousora-chat .launcher")).to_be_focused()


def test_escape_closes_a_sheet_first_and_gives_the_focus_back(visit):
    """What lies below a sheet is out of reach meanwhile."""
    walk = visit().enter()
    walk.press("Privacy")
    expect(walk.page.locator(".chat")).to_have_js_property("inert", True)  # noqa: FBT003 — playwright's own order
    walk.page.keyboard.press("Escape")
    expect(walk.page.get_by_role("button", name="Privacy")).to_be_focused()
    expect(walk.panel).to_be_visible()


def test_a_narrow_panel_keeps_the_focus_inside(visit):
    """Full screen means modal: the page behind it cannot be reached."""
    walk = visit(**NARROW).arrive().open()
    expect(walk.page.locator("rousora-chat dialog:modal")).to_be_visible()
    walk.page.keyboard.press("Escape")
    expect(walk.panel).to_be_hidden()


def test_a_screen_reader_hears_the_reply_once_and_whole(visit):
    """The transcript is silent while words arrive; the finished reply is announced politely."""
    walk = visit().enter()
    walk.press("What does Rousora do?")
    expect(walk.page.get_by_role("log")).to_be_focused()
    turn = walk.turns.last
    expect(turn).to_have_attribute("data-status", "complete", timeout=15000)
    live = walk.page.locator("rousora-chat [aria-live=polite][role=status]").last
    expect(live).to_contain_text("Answer: ")
    heard = live.inner_text().removeprefix("Answer: ")
    assert heard[:40] in " ".join(turn.locator(".prose").inner_text().split())
    assert not any(mark in heard for mark in ("**", "[1]", "`"))


WORDS = {
    "en": ("Before we start", "Continue", "What may we do?"),
    "af": ("Voordat ons begin", "Gaan voort", "Wat mag ons doen?"),
    "de": ("Bevor wir anfangen", "Weiter", "Was dürfen wir tun?"),
}


@pytest.mark.parametrize("language", WORDS)
def test_every_word_comes_in_three_languages(visit, language):
    """The switch changes every word and keeps what was answered; screen readers learn the language."""
    welcome, go_on, choices = WORDS[language]
    walk = visit().arrive().open()
    walk.page.locator("#field-year").fill("1985")
    walk.page.locator("select.language").select_option(language)
    expect(walk.page.get_by_role("heading", name=welcome)).to_be_visible()
    expect(walk.page.locator("#field-year")).to_have_value("1985")
    expect(walk.panel).to_have_attribute("lang", language)
    walk.page.locator("#field-country").select_option("DE")
    walk.page.locator("#field-month").select_option("07")
    walk.press(go_on)
    expect(walk.page.get_by_role("heading", name=choices)).to_be_visible()
    walk.choose()
    walk.ask("ERP?")
    assert "_" not in walk.panel.inner_text()


def test_nothing_moves_for_those_who_asked_for_less_motion(visit):
    """No animation or transition runs while the panel opens and a reply is awaited."""
    walk = visit(reduced_motion="reduce").enter()
    walk.say("What does Rousora do?")
    assert walk.page.evaluate("document.getAnimations().length") == 0
