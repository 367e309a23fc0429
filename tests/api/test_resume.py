"""A reply can be resumed from any event, and a repeated request is one turn."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import update

from chatbot.storage.tables import Turn

LONG = "My name is Thandi Nkosi. How long do you keep my data, and how do I delete it?"


@pytest.mark.parametrize("store", [True, False])
async def test_a_reply_resumes_after_every_event_without_gap_or_repeat(visitor, services, store):
    await visitor.begin({"store": store})
    whole = await visitor.say(LONG)
    if store:
        services.replies.forget(visitor.id)  # as on another worker: only what is kept is there
    for position, last in enumerate(whole.ids):
        rest = await visitor.resume(last)
        seen = "".join(data["text"] for _, kind, data in whole.events[: position + 1] if kind == "token")
        assert seen + rest.text == whole.text
        assert all(tuple(map(int, id_.split("-"))) > tuple(map(int, last.split("-"))) for id_ in rest.ids)
        if position < len(whole.ids) - 1:
            assert rest.events[-1][1] == "done"


async def test_a_position_inside_a_restored_value_resumes_at_that_character(visitor, services):
    await visitor.begin({"store": True})
    await visitor.say("my e-mail is thandi@mail.example")
    whole = await visitor.say("what is my e-mail?")
    inside = whole.text.index("thandi@") + 3
    services.replies.forget(visitor.id)
    assert (await visitor.resume(f"2-3-{inside}")).text == whole.text[inside:]


async def test_the_same_key_is_one_turn_and_the_same_reply(visitor, services):
    await visitor.begin({"store": True})
    key = str(uuid.uuid4())
    first = await visitor.say(LONG, key=key)
    for forget in (False, True):
        if forget:
            services.replies.forget(visitor.id)
        again = await visitor.say(LONG, key=key)
        assert again.text == first.text
    turns = (await visitor.client.get(f"/v1/sessions/{visitor.id}/turns", headers=visitor.headers)).json()["turns"]
    assert len(turns) == 1


@pytest.mark.parametrize("store", [True, False])
async def test_the_same_key_with_another_message_is_a_conflict(visitor, store):
    await visitor.begin({"store": store})
    key = str(uuid.uuid4())
    await visitor.say("hello", key=key)
    assert (await visitor.say("something else", key=key)).problem["code"] == "idempotency_conflict"


async def test_a_session_request_that_is_repeated_at_once_finds_its_own_session(visitor, client):
    version = (await client.get("/v1/notice")).json()["version"]
    body = {"country": "DE", "born": "1990-05", "consents": {"store": True}, "notice_version": version}
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = [(await client.post("/v1/sessions", json=body, headers=headers)).json() for _ in range(2)]
    assert first["id"] == second["id"]
    visitor.id, visitor.token = first["id"], second["token"]
    assert (await visitor.say("hello")).status == 200
    third = await client.post("/v1/sessions", json=body, headers=headers)
    assert third.json()["code"] == "idempotency_conflict"


async def test_two_messages_at_once_in_one_session_do_not_mix(visitor, services):
    await visitor.begin({"store": True})
    answers = await asyncio.gather(*(visitor.say(f"question {number}") for number in range(5)))
    assert sorted({answer.status for answer in answers}) == [200, 409]
    assert {answer.problem["code"] for answer in answers if answer.problem} == {"turn_in_progress"}


async def test_without_a_last_event_id_the_latest_reply_is_told_from_its_beginning(visitor, services):
    await visitor.begin({"store": True})
    whole = await visitor.say(LONG)
    services.replies.forget(visitor.id)
    again = await visitor.resume()
    assert again.text == whole.text
    assert again.events[0][1] == "disclosure"


@pytest.mark.parametrize("ahead", [timedelta(seconds=-1), timedelta(hours=1)], ids=["over", "clock-set-back"])
async def test_a_turn_left_by_a_dead_worker_is_told_as_interrupted_and_can_be_asked_again(visitor, services, ahead):
    """Also when the clock has since been set back: nobody waits an hour for a lease of ten seconds."""
    await visitor.begin({"store": True})
    key = str(uuid.uuid4())
    await visitor.say(LONG, key=key)
    services.replies.forget(visitor.id)
    async with services.database.transaction() as session:
        await session.exec(update(Turn).values(status="running", answer=None, lease_until=datetime.now(UTC) + ahead))
    told = await visitor.resume("1-1-0")
    assert told.of("error")[0]["code"] == "interrupted"
    assert told.of("error")[0]["retryable"] is True
    again = await visitor.say(LONG, key=key)
    assert again.done["status"] == "complete"
    turns = (await visitor.client.get(f"/v1/sessions/{visitor.id}/turns", headers=visitor.headers)).json()["turns"]
    assert [turn["question"] for turn in turns] == [LONG]
