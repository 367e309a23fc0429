"""A visitor's whole way through the widget, against the real service."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HELLO = "Hi, I am Thandi Nkosi, thandi.nkosi@example.com. What does Rousora do?"
UNKNOWN = "Which cheese won the festival in Paris last year?"


def test_a_visitor_chats_sees_what_was_hidden_and_leaves_no_trace(visit):
    """Notice, age, choices, reply, chips, source, rating, a person, choices again, end and forget."""
    walk = visit().enter("store")
    turn = walk.ask(HELLO)
    expect(turn.locator(".prose")).not_to_be_empty()
    hides_and_shows(turn)
    cites(turn)
    rates(walk, turn)
    fetches_a_person(walk)
    forgets(walk)


def hides_and_shows(turn) -> None:
    chips = turn.locator(".hidden-details")
    expect(chips.locator(".chip", has_text="E-mail address")).to_be_visible()
    chips.locator("summary").click()
    expect(chips.locator("mark", has_text="<EMAIL_ADDRESS_1>")).to_be_visible()
    expect(chips.locator(".saw")).not_to_contain_text("example.com")


def cites(turn) -> None:
    turn.locator(".cite").first.click()
    source = turn.locator(".sources details[open]")
    expect(source.locator("p")).to_be_visible()
    expect(source.locator("summary")).to_be_focused()


def rates(walk, turn) -> None:
    turn.get_by_role("button", name="Poor answer").click()
    expect(turn.get_by_role("button", name="Poor answer")).to_have_attribute("aria-pressed", "true")
    turn.get_by_role("textbox").fill("It could be shorter.")
    walk.press("Send comment")
    expect(turn.get_by_text("Thank you for telling us.")).to_be_focused()


def fetches_a_person(walk) -> None:
    walk.press("Talk to a person")
    walk.press("Send to the team")
    expect(walk.page.get_by_text("Write a few words first.")).to_be_visible()
    walk.page.locator("#handoff-message").fill("Please call me about Odoo.")
    walk.press("Send to the team")
    expect(walk.page.locator(".reference code")).not_to_be_empty()
    walk.press("Back to the chat")
    expect(walk.page.locator(".chat-foot button").first).to_be_focused()


def forgets(walk) -> None:
    walk.press("Privacy")
    walk.page.locator("#purpose-improve").check()
    expect(walk.page.get_by_text("Saved. This conversation is stored.")).to_be_visible()
    walk.press("End and forget")
    walk.press("Yes, erase it")
    expect(walk.page.get_by_role("heading", name="Everything is erased")).to_be_visible()
    assert walk.kept()["session"] == {}


def test_a_button_of_the_page_opens_the_chat_and_gets_the_focus_back(visit):
    """Any element with data-rousora-open; until it is wanted, the page loads the launcher alone."""
    walk = visit()
    loaded = []
    walk.page.on("request", lambda request: loaded.append(request.url))
    walk.arrive()
    assert not any(part in url for url in loaded for part in ("panel.js", "app.js", "/v1/notice"))
    opener = walk.page.locator("[data-rousora-open]").first
    opener.click()
    expect(walk.page.get_by_role("heading", name="Before we start")).to_be_focused()
    walk.press("Close chat")
    expect(opener).to_be_focused()


def test_one_script_tag_is_enough_on_another_site(visit, service, other_site):
    """The widget speaks the page's language, and its links lead to the service."""
    walk = visit().arrive(f"{other_site}/?{service.url}").open().answer_age().choose()
    turn = walk.ask("Was macht Rousora?")
    expect(turn.locator(".sources a").first).to_have_attribute("href", re.compile(f"^{service.url}/"))
    expect(walk.panel).to_have_attribute("lang", "de")


def test_a_stored_conversation_goes_on_after_a_reload(visit):
    """The tab keeps the session; nothing else is asked again."""
    walk = visit().enter("store")
    walk.ask(HELLO)
    reply = walk.turns.last.locator(".prose").inner_text()
    walk.page.reload()
    walk.open()
    expect(walk.turns).to_have_count(1)
    expect(walk.turns.first.locator(".mine")).to_contain_text("thandi.nkosi@example.com")
    assert walk.turns.first.locator(".prose").inner_text() == reply
    expect(walk.turns.first.locator(".chip").first).to_be_visible()
    walk.ask("And ERP?")
    expect(walk.turns).to_have_count(2)


def test_a_conversation_that_is_not_stored_still_remembers_and_ends_with_the_page(visit):
    """The sealed conversation travels with each message; a reload begins anew."""
    walk = visit().enter()
    walk.ask(HELLO)
    with walk.page.expect_request("**/messages") as sent:
        walk.ask("And ERP?")
    assert sent.value.post_data_json["state"]
    walk.page.reload()
    walk.open()
    expect(walk.page.get_by_role("heading", name="Before we start")).to_be_visible()


def test_an_ephemeral_conversation_may_be_stored_later_and_back(visit):
    """Changing the choice moves the conversation; the tab keeps it only while it is stored."""
    walk = visit().enter()
    walk.ask(HELLO)
    for storing in (True, False):
        walk.press("Privacy")
        walk.page.locator("#purpose-store").set_checked(storing)
        expect(walk.page.get_by_text(re.compile("^Saved"))).to_be_visible()
        walk.press("Back to the chat")
        assert bool(walk.kept()["session"]) is storing
        expect(walk.page.locator(".intro .quiet")).to_contain_text("is stored" if storing else "is not stored")
        walk.ask("What about CRM?")
    expect(walk.turns).to_have_count(3)


def test_an_unanswered_question_offers_a_person(visit):
    """The offer opens the form with the question in it."""
    walk = visit().enter()
    turn = walk.ask(UNKNOWN)
    turn.locator(".offer button").click()
    expect(walk.page.locator("#handoff-message")).to_have_value(UNKNOWN)


def test_stop_ends_the_reply_and_keeps_what_was_said(visit, slow_service):
    """The first words show before the last exist; stopping also stops the model."""
    walk = visit(slow_service).enter("store")
    turn = walk.say("What does Rousora do?")
    expect(turn.locator(".prose strong")).to_have_text("CRM and ERP")
    expect(turn).to_have_attribute("data-status", "streaming")
    walk.press("Stop the answer")
    expect(turn).to_have_attribute("data-status", "stopped")
    expect(turn.get_by_text("You stopped this answer.")).to_be_visible()
    expect(walk.page.get_by_role("button", name="Send", exact=True)).to_be_visible()


def test_the_language_changes_at_once_while_a_reply_is_written(visit, slow_service):
    """The page speaks it, the reply goes on where it was, and the next message is answered in it."""
    walk = visit(slow_service).enter()
    turn = walk.say("What does Rousora do?")
    expect(turn.locator(".prose strong")).to_have_text("CRM and ERP")
    walk.page.locator("select.language").select_option("de")
    expect(walk.page.get_by_placeholder("Nachricht schreiben")).to_be_visible()
    expect(turn).to_have_attribute("data-status", "streaming")
    expect(turn.locator("li").nth(2)).to_have_text("We stay in touch")
    assert turn.locator(".prose").inner_text().count("CRM and ERP") == 1
    walk.press("Antwort anhalten")
    expect(turn).to_have_attribute("data-status", "stopped")
    with walk.page.expect_request("**/messages") as sent:
        again = walk.say("Und CRM?")
    assert sent.value.post_data_json["state"]
    expect(again.locator(".who")).to_have_text("Von KI erzeugt")


def test_what_a_model_writes_is_never_run(visit, slow_service):
    """Markup and script addresses in a reply stay text."""
    walk = visit(slow_service).enter()
    turn = walk.ask("What does Rousora do?")
    expect(turn.locator(".prose")).to_contain_text("<script>alert(1)</script>")
    assert turn.locator(".prose a").count() == 0
    assert turn.locator("script").count() == 0
