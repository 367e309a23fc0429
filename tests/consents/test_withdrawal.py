"""Withdrawing: as easy as agreeing, at once, for every token, and for the reply that is being written."""

import time

import msgspec
import pytest

from chatbot.consents import auditing
from chatbot.consents.withdrawn import Withdrawal, Withdrawn, session_key
from chatbot.seals import Claims
from chatbot.storage.tables import ChatSession
from consent import audit

ALL = {"store": True, "improve": True, "personalise": True, "marketing": True}
EPHEMERAL = ALL | {"store": False}


async def choose(visitor, consents, token=None, **more):
    version = (await visitor.client.get("/v1/notice")).json()["version"]
    headers = {"Authorization": f"Bearer {token or visitor.token}"}
    body = {"consents": consents, "notice_version": version} | more
    return await visitor.client.put("/v1/me/consents", json=body, headers=headers)


async def standing(visitor, token=None):
    headers = {"Authorization": f"Bearer {token or visitor.token}"}
    return (await visitor.client.get("/v1/me/consents", headers=headers)).json()["consents"]


@pytest.mark.commitment("L3")
@pytest.mark.parametrize("begun", [ALL, EPHEMERAL], ids=["stored", "ephemeral"])
async def test_an_older_token_does_not_bring_back_what_was_withdrawn(visitor, begun):
    await visitor.begin(begun)
    old = visitor.token
    visitor.token = (await choose(visitor, {"marketing": False})).json()["token"]
    for token in (visitor.token, old):
        assert await standing(visitor, token) == begun | {"marketing": False}


async def test_what_is_agreed_to_again_stands_for_the_new_token_alone(visitor):
    await visitor.begin(EPHEMERAL)
    old = visitor.token
    visitor.token = (await choose(visitor, {"marketing": False})).json()["token"]
    visitor.token = (await choose(visitor, {"marketing": True})).json()["token"]
    assert await standing(visitor) == EPHEMERAL
    assert await standing(visitor, old) == EPHEMERAL | {"marketing": False}


async def test_an_older_token_does_not_bring_back_what_was_stored(visitor):
    await visitor.begin(ALL)
    await visitor.say("Hello, do you set up CRM?")
    old = visitor.token
    assert (await choose(visitor, {"store": False})).json()["state"] == "ephemeral"
    headers = {"Authorization": f"Bearer {old}"}
    turns = await visitor.client.get(f"/v1/sessions/{visitor.id}/turns", headers=headers)
    assert turns.status_code == 404
    assert (await choose(visitor, {"store": True}, old)).status_code == 404


async def test_a_choice_that_is_not_named_keeps_its_answer_and_gets_no_new_entry(visitor):
    await visitor.begin(ALL)
    assert (await choose(visitor, {"improve": False})).json()["consents"] == ALL | {"improve": False}
    history = (await visitor.client.get("/v1/me/consents/history", headers=visitor.headers)).json()["events"]
    assert len(history) == len(ALL) + 1


async def test_allowing_storage_twice_because_an_answer_was_lost_is_allowed_once(visitor):
    await visitor.begin(EPHEMERAL)
    old = visitor.token
    first, again = [await choose(visitor, {"store": True}, old) for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 200)
    visitor.token = again.json()["token"]
    assert (await visitor.say("Do you set up CRM?")).done["status"] == "complete"


async def test_withdrawing_takes_as_many_requests_as_agreeing(visitor):
    await visitor.begin(EPHEMERAL)
    for answer in (True, False):
        changed = await choose(visitor, {"personalise": answer})
        assert changed.json()["consents"]["personalise"] is answer
        visitor.token = changed.json()["token"]


async def test_the_record_of_refusals_is_chained_and_holds_nothing_personal(visitor, services):
    await visitor.begin(ALL)
    await visitor.say("I am Thandi Nkosi. Do you set up CRM?")
    async with services.database.reading() as session:
        subject = (await session.get(ChatSession, visitor.id)).subject_id
    async with services.database.transaction() as session:
        await services.stored._refuse(session, subject)
        await services.stored._refuse(session, subject)
    async with services.database.reading() as session:
        entries = await auditing.read(session, subject)
    audit.check(entries, head=entries[-1].digest)
    assert [(entry.number, entry.fact.verb, entry.fact.reason) for entry in entries] == [
        (1, "deny", "no_consent"),
        (2, "deny", "no_consent"),
    ]


def claims(issued, purposes=("store", "marketing"), session="s" * 32):
    return Claims(
        session_id=session,
        secret=b"k" * 32,
        stored=False,
        language="en",
        country="ZA",
        purposes=purposes,
        minor=False,
        notice_version="v",
        expires=int(time.time()) + 60,
        issued=issued,
    )


def test_the_memory_of_withdrawals_names_no_session_and_forgets_in_time():
    memory = Withdrawn()
    at = time.time()
    memory.note(Withdrawal(session_key("s" * 32), ("marketing",), at, at + 60))
    assert memory.left(claims(at - 1)).purposes == ("store",)
    assert memory.left(claims(at)).purposes == ("store", "marketing")
    assert memory.left(claims(at - 1, session="t" * 32)).purposes == ("store", "marketing")
    assert "s" * 32 not in repr(memory._lost)
    memory.note(Withdrawal(session_key("x"), ("marketing",), at, at - 1))
    memory.note(Withdrawal(session_key("y"), ("marketing",), at, at + 1))
    assert session_key("x") not in memory._lost


def test_withdrawals_in_any_order_leave_the_latest_moment():
    memory, at = Withdrawn(), time.time()
    for moment in (at + 5, at):
        memory.note(Withdrawal(session_key("s" * 32), ("marketing",), moment, at + 60))
    assert memory.left(claims(at + 1)).purposes == ("store",)


def test_a_token_of_before_this_release_still_opens_and_counts_as_old():
    fields = msgspec.msgpack.decode(msgspec.msgpack.encode(claims(1.0)))
    opened = msgspec.msgpack.decode(msgspec.msgpack.encode(fields[:9]), type=Claims)
    assert opened.issued == 0.0
