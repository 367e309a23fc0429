"""What else a visitor decides in the preference centre: objections, memory, and decisions that a person checks."""

import json
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

OPTIONS = [{}, {"color_scheme": "dark"}, {"viewport": {"width": 320, "height": 568}}]
NAMES = ["light", "dark", "narrow"]


def objecting(walk, purpose, *, wanted):
    """Press the button of a purpose and wait until the service has answered."""
    press = walk.page.locator(f"#object-{purpose}")
    expect(press).to_have_text("I object" if wanted else "I no longer object")
    with walk.page.expect_response("**/v1/me/objections"):
        press.click()
    expect(press).to_have_text("I no longer object" if wanted else "I object")


@pytest.mark.parametrize("purposes", [("store",), ()], ids=["stored", "ephemeral"])
def test_an_objection_takes_one_press_and_so_does_its_end(visit, purposes):
    """One that holds at once says so, one that a person decides says that; the chat goes on with the new token."""
    walk = visit().enter(*purposes)
    walk.press("Privacy")
    objecting(walk, "statistics", wanted=True)
    expect(walk.panel.get_by_text("You object, so we have stopped.")).to_be_visible()
    objecting(walk, "security", wanted=True)
    expect(walk.panel.get_by_text("A person decides whether we have to stop.")).to_be_visible()
    objecting(walk, "statistics", wanted=False)
    walk.press("Show my answers")
    expect(walk.page.locator("rousora-chat .history")).to_contain_text("You objected to “Keeping the service safe”.")
    walk.press("Back to the chat")
    expect(walk.ask("What is an ERP?").locator(".prose")).not_to_be_empty()


def test_memory_is_shown_adjusted_carried_on_and_forgotten(visit):
    """Only with the yes to it; a new chat remembers the topics of the one before, until they are forgotten."""
    walk = visit().enter("store", "personalise")
    walk.ask("What is an ERP?")
    walk.press("Privacy")
    with walk.page.expect_response(lambda got: got.url.endswith("/v1/me/memory") and got.request.method == "PUT"):
        walk.panel.get_by_label("Short").check()
    expect(walk.panel.get_by_text("No topic is remembered.")).to_be_visible()
    walk.press("Start a new chat that remembers this")
    walk.answer_age().choose("store", "personalise")
    expect(walk.turns).to_have_count(0)
    walk.press("Privacy")
    expect(walk.panel.get_by_label("Short")).to_be_checked()
    expect(walk.page.locator("rousora-chat .topics li").first).not_to_be_empty()
    walk.press("Forget all of this")
    expect(walk.panel.get_by_text("It is forgotten.")).to_be_visible()
    expect(walk.page.locator("#memory-forget")).to_be_focused()
    expect(walk.page.locator("rousora-chat .topics")).to_have_count(0)
    walk.page.locator("#purpose-personalise").uncheck()
    expect(walk.panel.get_by_role("heading", name="What answers are adapted to")).to_have_count(0)


def held(walk):
    """Say something by which the chat stops; gives the card."""
    walk.say("I am 11 years old")
    card = walk.page.locator("rousora-chat .held")
    expect(card).to_contain_text("It seems that a child is writing")
    return card


@pytest.mark.parametrize("purposes", [("store",), ()], ids=["stored", "ephemeral"])
def test_a_chat_that_was_stopped_says_why_and_a_person_checks_it(visit, purposes):
    """Kindly, with its number, when it goes if it is kept, and one press for a review; nothing invites to write."""
    walk = visit().enter(*purposes)
    card = held(walk)
    expect(card.locator("code")).to_have_text(re.compile(r"^[0-9a-f]{32}$"))
    assert ("is erased on" in card.inner_text()) == bool(purposes)
    expect(card).to_be_focused()
    expect(walk.box).to_be_hidden()
    walk.press("Ask a person to check")
    expect(card.get_by_role("status")).to_have_text(re.compile(r"^You asked on .*\. A person will look at it\.$"))
    expect(card.get_by_role("status")).to_be_focused()
    expect(card).not_to_contain_text("is erased on")
    walk.press("Privacy")
    expect(walk.panel.get_by_text("it seemed that a child was writing")).to_be_visible()
    walk.panel.get_by_text("What it was based on").click()
    expect(walk.panel.get_by_text("The rule looks for signs that a child is writing")).to_be_visible()
    expect(walk.panel.get_by_text("How sure the rule was: 95%.")).to_be_visible()
    expect(walk.panel.get_by_text("A person will look at it.").last).to_be_visible()
    walk.press("Back to the chat")
    walk.page.locator("select.language").select_option("de")
    expect(card).to_contain_text("Anscheinend schreibt ein Kind")
    expect(card.get_by_role("status")).to_contain_text("Ein Mensch sieht es sich an.")
    expect(card).not_to_contain_text("gelöscht")
    expect(walk.box).to_be_hidden()


def test_what_the_widget_has_no_words_for_is_told_without_a_raw_key(visit):
    """A newer service's decision and entries, of two pages: neutral sentences, and the focus on what is new."""
    walk = visit().enter("store")
    new = {"verb": "new_verb", "role": "new_role", "data_class": "new_data", "purpose": "new_purpose"}
    entry = new | {"at": "2026-11-22T08:00:00Z", "recipient": "new_to", "reason": "new_why"}
    pages = {True: {"entries": [entry], "next": None}, False: {"entries": [entry], "next": "3.1"}}
    decision = {"id": "1", "kind": "new_kind", "at": "2026-11-22T08:00:00Z", "rule": "new_rule", "version": "7"}
    decision |= {"inputs": {"new_input": 0.5, "new_other": "new_value"}, "reviewable": False, "review": None}
    walk.page.route("**/access-log*", lambda route: route.fulfill(json=pages["after=3.1" in route.request.url]))
    walk.page.route("**/v1/me/decisions", lambda route: route.fulfill(json={"decisions": [decision]}))
    walk.press("Privacy")
    walk.panel.get_by_text("What it was based on").click()
    expect(walk.panel.get_by_text("A technical detail played a part too.")).to_have_count(1)
    walk.press("Show who looked")
    walk.press("Show earlier entries")
    listed = walk.page.locator("rousora-chat .history li")
    expect(listed).to_have_count(2)
    expect(listed.last).to_be_focused()
    expect(listed.last).to_contain_text("Something was done with this: a part of what we keep.")
    expect(walk.panel.get_by_role("button", name="Show earlier entries")).to_have_count(0)
    assert "new_" not in walk.panel.inner_text()


@pytest.mark.parametrize("options", OPTIONS, ids=NAMES)
def test_axe_finds_nothing_in_memory_objections_and_a_stopped_chat(visit, axe, options):
    """Every new state, on wide and narrow screens."""
    walk = visit(reduced_motion="reduce", **options).enter("store", "personalise")
    walk.ask("What is an ERP?")
    walk.press("Privacy")
    expect(walk.panel.get_by_label("Short")).to_be_visible()
    objecting(walk, "security", wanted=True)
    found = {"centre": axe(walk)}
    walk.press("Back to the chat")
    held(walk)
    found["held"] = axe(walk)
    walk.press("Ask a person to check")
    walk.press("Privacy")
    walk.panel.get_by_text("What it was based on").click()
    found["decision"] = axe(walk)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert walk.page.locator("rousora-chat .sheet-body").evaluate("n => n.scrollWidth <= n.clientWidth")


def test_an_answer_that_was_held_back_says_so_in_its_place(visit):
    """What came before stands, a kind sentence follows it, and no error is shown."""
    walk = visit().enter()
    said = "I stop here: the rest of this answer broke our rules."
    events = [
        ("disclosure", {"turn": 1, "ai_generated": True, "label": "AI-generated"}),
        ("token", {"text": "The first sentence.", "offset": 0}),
        ("notice", {"code": "reply_blocked", "message": said}),
        ("done", {"turn": 1, "status": "complete"}),
    ]
    body = "".join(
        f"id: 1-1-{n}\nevent: {name}\ndata: {json.dumps(data)}\n\n" for n, (name, data) in enumerate(events)
    )
    walk.page.route("**/messages", lambda route: route.fulfill(content_type="text/event-stream", body=body), times=1)
    turn = walk.ask("What is an ERP?")
    expect(turn.locator(".prose")).to_have_text("The first sentence.")
    expect(turn.locator(".note")).to_have_text(said)
    expect(turn.get_by_role("alert")).to_have_count(0)


def test_a_service_without_these_parts_shows_the_rest(visit):
    """An older service: what is missing stays away, and nothing breaks."""
    walk = visit().enter("store", "personalise")
    for path in ("memory", "decisions"):
        walk.page.route(f"**/v1/me/{path}", lambda route: route.fulfill(status=404))
    walk.page.route("**/v1/rights*", lambda route: route.fulfill(status=404))
    walk.press("Privacy")
    expect(walk.page.locator("#state-store")).to_contain_text("Yes, until")
    walk.page.wait_for_load_state("networkidle")
    expect(walk.panel.get_by_role("heading", name="What answers are adapted to")).to_have_count(0)
    expect(walk.panel.get_by_role("alert")).to_have_count(0)


def test_what_a_law_keeps_is_said_when_the_rest_is_erased(visit):
    """Nobody reads that everything is gone while a law keeps something."""
    walk = visit().enter("store")
    said = "The law (LRA s.1) obliges us to keep what was said, closed, until 2027-01-01."
    kept = {"erased": True, "at": "2026-11-22T00:00:00Z", "reference": "abc", "held": {"message": said}}
    walk.press("Privacy")
    walk.page.route("**/v1/me", lambda route: route.fulfill(json=kept), times=1)
    walk.press("End and forget")
    walk.press("Yes, erase it")
    expect(walk.panel.get_by_text(said)).to_be_visible()
    expect(walk.page.get_by_role("heading", name="Everything is erased")).to_have_count(0)
