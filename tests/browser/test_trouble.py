"""When something goes wrong: plain words, a way on, and no text lost."""

import json
import uuid

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_dropped_stream_is_resumed_without_a_gap(visit, slow_service):
    """The line breaks in the middle of a reply; what arrives is the whole reply, once."""
    walk = visit(slow_service).enter("store")
    breaks_once(walk.page)
    turn = walk.ask("What does Rousora do?")
    text = turn.locator(".prose").inner_text()
    assert text.count("We look at how you work") == 2
    assert text.count("any time") == 2
    assert walk.page.evaluate("window.resumed") > 0


def breaks_once(page) -> None:
    """Let the first reply's connection end after a few events, as a lost network does."""
    page.evaluate("""() => {
        const real = window.fetch;
        window.resumed = 0;
        window.fetch = async (url, options) => {
            const response = await real(url, options);
            if (String(url).endsWith("/events")) window.resumed += 1;
            if (!String(url).endsWith("/messages")) return response;
            let seen = 0;
            const cut = new TransformStream({transform(chunk, out) {
                seen += 1;
                if (seen > 8) out.error(new TypeError("network")); else out.enqueue(chunk);
            }});
            return new Response(response.body.pipeThrough(cut), response);
        };
    }""")


def problem(route, status: int, code: str, **headers: str) -> None:
    body = json.dumps({"type": f"urn:x:{code}", "title": code, "status": status, "code": code})
    route.fulfill(status=status, content_type="application/problem+json", body=body, headers=headers)


def test_a_message_waits_for_a_new_answer_when_the_notice_changed(visit):
    """409 consent_stale: the choices are asked again, unticked, and then the message goes out."""
    walk = visit().enter("store")
    walk.page.route("**/messages", lambda route: problem(route, 409, "consent_stale"), times=1)
    walk.box.fill("What is an ERP?")
    walk.box.press("Enter")
    expect(walk.page.get_by_text("Our notice has changed.")).to_be_visible()
    assert walk.page.locator("[role=switch]:checked").count() == 0
    walk.choose("store")
    expect(walk.turns.last.locator(".mine")).to_contain_text("What is an ERP?")
    expect(walk.turns.last).to_have_attribute("data-status", "complete", timeout=10000)


def test_a_message_waits_for_a_new_session_when_the_old_one_ended(visit):
    """401: the visitor answers again, and then the message goes out."""
    walk = visit().enter("store")
    walk.page.route("**/messages", lambda route: problem(route, 401, "unauthorized"), times=1)
    walk.box.fill("What is an ERP?")
    walk.box.press("Enter")
    expect(walk.page.get_by_text("Your session has ended.")).to_be_visible()
    walk.answer_age().choose()
    expect(walk.turns.last.locator(".mine")).to_contain_text("What is an ERP?")
    expect(walk.turns.last).to_have_attribute("data-status", "complete", timeout=10000)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (429, "rate_limited", "That was a lot at once."),
        (503, "redaction_unavailable", "We could not hide personal details just now"),
        (500, "internal", "Something went wrong on our side."),
    ],
)
def test_a_problem_is_said_in_plain_words_and_can_be_tried_again(visit, status, code, words):
    """The same message with the same key goes out on retry, after the wait that was asked for."""
    walk = visit().enter()
    sent = []
    walk.page.on("request", lambda request: sent.append(request))  # noqa: PLW0108 — playwright marks its listeners
    walk.page.route("**/messages", lambda route: problem(route, status, code, **{"Retry-After": "1"}), times=1)
    turn = walk.say("What is an ERP?")
    expect(turn.get_by_role("alert")).to_contain_text(words)
    retry = turn.get_by_role("button", name="Try again", exact=True)
    retry.click()
    expect(turn).to_have_attribute("data-status", "complete", timeout=10000)
    keys = [each.headers["idempotency-key"] for each in sent if each.url.endswith("/messages")]
    assert len(keys) == 2
    assert keys[0] == keys[1] == str(uuid.UUID(keys[0]))


def test_a_message_that_can_never_be_sent_can_be_changed(visit):
    """No endless retry: the text comes back into the box."""
    walk = visit().enter()
    walk.page.route("**/messages", lambda route: problem(route, 400, "invalid_request"), times=1)
    walk.say("What is an ERP?")
    walk.press("Change the message")
    expect(walk.box).to_have_value("What is an ERP?")


def test_offline_keeps_what_is_written(visit):
    """The visitor is told, nothing is sent, and the text stays."""
    walk = visit().enter()
    walk.page.context.set_offline(True)
    walk.box.fill("What is an ERP?")
    walk.box.press("Enter")
    expect(walk.page.get_by_text("You are offline.")).to_be_visible()
    expect(walk.box).to_have_value("What is an ERP?")
    walk.page.context.set_offline(False)
    walk.box.press("Enter")
    expect(walk.turns.last).to_have_attribute("data-status", "complete", timeout=10000)


def test_a_message_that_is_too_long_is_not_sent(visit):
    """The counter says by how much; nothing is cut off."""
    walk = visit().enter()
    walk.box.fill("word " * 801)
    walk.box.press("Enter")
    expect(walk.page.get_by_text("please shorten the message")).to_be_visible()
    assert walk.turns.count() == 0


def test_the_page_says_so_when_the_service_cannot_be_reached(visit):
    """The first request fails; trying again works."""
    walk = visit().arrive()
    walk.page.route("**/v1/notice*", lambda route: route.abort(), times=1)
    walk.page.locator("rousora-chat .launcher").click()
    expect(walk.page.get_by_role("alert")).to_contain_text("We cannot reach the service.")
    walk.press("Try again")
    expect(walk.page.get_by_role("heading", name="Before we start")).to_be_visible()
