"""Nothing before a yes: what the browser holds, what the gate asks, and the kind no."""

import json
import sqlite3

import pytest
from browser.walk import CHILD, NOTHING
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.commitment("H7", "K2", "K6")
def test_nothing_is_kept_before_the_choice_and_after_a_no(visit, service):
    """No cookie, no storage and no row before the answer; the same after refusing, and answers still come."""
    before = rows(service)
    walk = visit().arrive().open()
    assert walk.kept() == NOTHING
    walk.answer_age()
    assert walk.kept() == NOTHING
    walk.choose()
    walk.ask("What is an ERP?")
    assert walk.kept() == NOTHING
    assert rows(service) == before


def rows(service) -> dict[str, int]:
    """How many rows each table of the service holds."""
    with sqlite3.connect(f"file:{service.var}/chatbot.db?mode=ro", uri=True) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counts = {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    database.close()
    return counts


@pytest.mark.commitment("H1")
def test_the_way_to_the_policy_is_shown_before_anything_can_be_written(visit):
    """Beside the first question, on screen, while there is no box for a message and nothing has been sent."""
    walk = visit().arrive().open()
    link = walk.panel.get_by_role("link", name="Privacy")
    expect(link.first).to_be_visible()
    assert walk.page.evaluate("a => new URL(a.href).pathname", link.first.element_handle()) == "/privacy"
    assert walk.page.locator("textarea").count() == 0
    expect(walk.page.locator("#field-year")).to_have_value("")


def test_after_a_yes_only_one_entry_of_this_tab_is_kept(visit):
    """The session's id and token, in sessionStorage, and nothing else anywhere."""
    walk = visit().enter("store")
    kept = walk.kept()
    assert list(kept.pop("session")) == ["rousora-chat"]
    assert kept == {name: value for name, value in NOTHING.items() if name != "session"}


@pytest.mark.commitment("N1")
def test_the_age_question_is_neutral(visit):
    """It comes before any message box, nothing is chosen beforehand, and no number hints at a threshold."""
    walk = visit().arrive().open()
    assert walk.page.locator("textarea").count() == 0
    for field in ("country", "month", "year"):
        expect(walk.page.locator(f"#field-{field}")).to_have_value("")
    words = walk.panel.inner_text()
    assert not any(hint in words for hint in ("13", "16", "18", "older", "adult", "under"))


def test_an_answer_that_cannot_be_right_is_explained(visit):
    """Every empty or impossible field says how to mend it; the first one gets the focus."""
    walk = visit().arrive().open()
    walk.press("Continue")
    expect(walk.page.locator("#field-country")).to_be_focused()
    expect(walk.page.locator("#field-country")).to_have_attribute("aria-invalid", "true")
    walk.page.locator("#field-year").fill("1850")
    walk.press("Continue")
    expect(walk.page.get_by_text("Write the year with four digits")).to_be_visible()


@pytest.mark.commitment("D1")
def test_a_company_may_say_so_where_its_law_protects_it(visit, tmp_path):
    """Asked in South Africa, not in Germany, never ticked beforehand; the centre and the receipt say it later."""
    walk = visit().arrive().open()
    company = walk.page.locator("#field-company")
    for country, asked in (("DE", False), ("ZA", True)):
        walk.page.locator("#field-country").select_option(country)
        expect(company).to_be_visible(visible=asked)
    expect(company).not_to_be_checked()
    company.check()
    walk.answer_age().choose()
    walk.press("Privacy")
    expect(walk.panel.get_by_text("You write for a company or an association.")).to_be_visible()
    with walk.page.expect_download() as got:
        walk.press("Download a receipt")
    got.value.save_as(tmp_path / "receipt.json")
    receipt = json.loads((tmp_path / "receipt.json").read_text(encoding="utf-8"))
    assert receipt["pii_principal_type"]["type"] == "juristic person"


@pytest.mark.commitment("D6")
def test_the_choices_are_off_and_both_answers_weigh_the_same(visit):
    """No switch is on; both buttons have the same size, colours and number of clicks."""
    walk = visit().arrive().open().answer_age()
    switches = walk.page.get_by_role("switch")
    assert switches.count() == 3
    assert all(not switches.nth(i).is_checked() for i in range(switches.count()))
    look = "n => [n.offsetWidth, n.offsetHeight, getComputedStyle(n).color, getComputedStyle(n).backgroundColor]"
    first, second = (walk.page.locator(".pair .button").nth(i).evaluate(look) for i in range(2))
    assert first == second
    walk.choose()
    expect(walk.ask("What is an ERP?").locator(".prose")).not_to_be_empty()


@pytest.mark.commitment("N2")
def test_a_child_sees_what_happens_next_and_no_message_box(visit, service):
    """Under age: a kind word, no way to write, no way back to another answer, nothing kept."""
    before = rows(service)
    walk = visit().arrive().open().answer_age(CHILD).choose()
    expect(walk.page.get_by_role("heading", name="A guardian needs to agree first")).to_be_focused()
    assert walk.page.locator("textarea").count() == 0
    assert walk.page.get_by_role("button", name="Change my choices").count() == 0
    assert walk.kept() == NOTHING
    assert rows(service) == before


@pytest.mark.commitment("V2")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("my card is 4111 1111 1111 1111", "looks like a card number"),
        ("my id is 8001015009087", "looks like an ID number"),
        ("the password is hunter2", "looks like a password"),
    ],
)
def test_a_visitor_is_warned_before_sharing_something_sensitive(visit, text, words):
    """The hint appears while typing, before anything is sent, and goes when the text does."""
    walk = visit().enter()
    walk.box.fill(text)
    expect(walk.page.locator(".composer-hint")).to_contain_text(words)
    walk.box.fill("my order number is 4111")
    expect(walk.page.locator(".composer-hint")).to_be_hidden()


@pytest.mark.commitment("P6")
def test_it_always_says_that_a_model_answers(visit):
    """On the first page, above the chat, and on every reply, for people and for machines."""
    walk = visit().arrive().open()
    expect(walk.page.get_by_text("AI language model")).to_be_visible()
    walk.answer_age().choose()
    turn = walk.ask("What is an ERP?")
    expect(walk.page.get_by_text("AI model, not a person")).to_be_visible()
    expect(turn.locator("[data-ai-generated=true] .who")).to_have_text("AI-generated")
