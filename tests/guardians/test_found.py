"""A child found out in the chat: held within a second by whoever found it, erased in time, and a way back."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select
from support.visitors import Visitor

from chatbot.conversation import children
from chatbot.errors import NotFound
from chatbot.guardians import duties
from chatbot.storage.tables import ChatSession, Turn
from chatbot.storage.tables.guardians import ChildHold, Incident

AGENT, GUARDIAN = children.Found("agent", "agent"), children.Found("guardian", "reported")
SAYS = "I am 12 years old. What is an ERP?"


async def every(services, table):
    """Give a table's rows."""
    async with services.database.reading() as session:
        return list((await session.exec(select(table))).all())


@pytest.mark.commitment("N16")
@pytest.mark.parametrize("store", [True, False])
@pytest.mark.parametrize("words", [SAYS, "ek is 11 jaar oud", "Ich bin 13 Jahre alt", "I'm in grade 6"])
async def test_a_child_who_says_so_is_held_and_the_message_is_not_kept(visitor, services, store, words):
    await visitor.begin({"store": store})
    refused = await visitor.say(words)
    assert refused.problem["code"] == "guardian_required"
    assert "support@" in refused.problem["detail"]
    assert await every(services, Turn) == []
    assert (await visitor.say("What is an ERP?")).problem["code"] == "guardian_required"
    assert [row.status for row in await every(services, Incident)] == ["open"]


@pytest.mark.parametrize("words", ["My son is 12, can he use it?", "We are 12 people", "Is the age limit 13?"])
async def test_talking_about_a_child_holds_nobody(visitor, services, words):
    await visitor.begin()
    assert (await visitor.say(words)).status == 200
    assert await every(services, ChildHold) == []


async def test_a_child_whose_guardian_agreed_may_say_so(family, visitor, services):
    _, code = await family.agreed("store")
    await family.enter(visitor, code)
    assert (await visitor.say(SAYS)).status == 200


@pytest.mark.commitment("N16")
async def test_a_guardians_report_stops_the_conversation(visitor, client, services):
    await visitor.begin({"store": True})
    await visitor.say("What is an ERP?")
    assert (await client.post("/guardian/report", data={"value": visitor.id})).status_code == 200
    assert (await visitor.say("and a CRM?")).problem["code"] == "guardian_required"
    assert [row.source for row in await every(services, ChildHold)] == ["guardian"]


async def test_a_report_does_not_say_whether_there_is_such_a_conversation(visitor, client):
    await visitor.begin()
    known = await client.post("/guardian/report", data={"value": visitor.id})
    assert known.text == (await client.post("/guardian/report", data={"value": "0" * 32})).text
    assert (await client.post("/guardian/report", data={"value": "me"})).status_code == 400


@pytest.mark.commitment("N16")
async def test_a_held_conversation_is_erased_in_time_and_the_incident_closed(visitor, services, settings):
    await visitor.begin({"store": True})
    await visitor.say("What is an ERP?")
    await children.hold(services, visitor.id, AGENT)
    now = datetime.now(UTC)
    assert (await duties.sweep(services, now + timedelta(hours=23)))["erased"] == 0
    assert (await duties.sweep(services, now + timedelta(hours=25)))["erased"] == 1
    assert await every(services, ChatSession) == []
    assert b"What is an ERP" not in b"".join(path.read_bytes() for path in settings.var_dir.glob("chatbot.db*"))
    assert [row.status for row in await every(services, Incident)] == ["closed"]
    assert (await visitor.say("hello")).problem["code"] == "guardian_required"


async def test_a_false_alarm_is_lifted_by_a_person_on_record(visitor, services):
    await visitor.begin({"store": True})
    refused = await visitor.say(SAYS)
    assert refused.problem["human_review"] is True
    assert refused.problem["reference"] == visitor.id
    async with services.database.transaction() as session:
        await children.lift(session, visitor.id, by="officer-1", reason="not_a_child")
    assert (await visitor.say("What is an ERP?")).status == 200
    (held,) = await every(services, ChildHold)
    assert (held.rule, held.decided_by, held.reason) == ("pii CHILD >= 0.85", "officer-1", "not_a_child")
    assert [row.status for row in await every(services, Incident)] == ["false_alarm"]
    with pytest.raises(NotFound):
        async with services.database.transaction() as session:
            await children.lift(session, visitor.id, by="officer-1", reason="test")


@pytest.mark.parametrize("store", [True, False])
async def test_two_reports_are_one_incident(visitor, services, store):
    await visitor.begin({"store": store})
    for _ in range(2):
        await children.hold(services, visitor.id, GUARDIAN)
    assert len(await every(services, Incident)) == 1


class Slow:
    """The embedded answerer, but it never stops writing."""

    def __init__(self, inner, writing):
        self._inner, self._writing = inner, writing

    def __getattr__(self, name):
        return getattr(self._inner, name)

    async def stream(self, _request):
        while True:
            yield "word "
            self._writing.set()
            await asyncio.sleep(0.02)


@pytest.mark.commitment("N7")
@pytest.mark.parametrize("purposes", [["store"], []])
async def test_taking_back_stops_a_running_reply_within_a_second(family, visitor, services, monkeypatch, purposes):
    writing = asyncio.Event()
    monkeypatch.setattr(type(services), "answerer_for", lambda self, *_, **__: Slow(self.embedded, writing))
    portal, code = await family.agreed(*purposes)
    await family.enter(visitor, code)
    talking = asyncio.create_task(visitor.say("What is an ERP?"))
    await asyncio.wait_for(writing.wait(), 5)
    await family.press(portal, "revoke")
    begun = time.monotonic()
    assert (await asyncio.wait_for(talking, 5)).done["status"] == "stopped"
    assert time.monotonic() - begun < 1.0


@pytest.mark.commitment("N16")
async def test_a_running_reply_stops_within_a_second_whoever_holds_the_session(client, services, monkeypatch):
    """The hold is written by another process: this worker hears of it from the database alone."""
    monkeypatch.setattr(type(services), "answerer_for", lambda self, *_, **__: Slow(self.embedded, writing))
    writing = asyncio.Event()
    elsewhere = type("Elsewhere", (), {"stop_reply": staticmethod(lambda _id: asyncio.sleep(0))})()
    visitor = Visitor(client)
    await visitor.begin({"store": True})
    talking = asyncio.create_task(visitor.say("What is an ERP?"))
    await asyncio.wait_for(writing.wait(), 5)
    begun = time.monotonic()
    await children.hold(replace(services, signals=elsewhere), visitor.id, AGENT)
    assert (await asyncio.wait_for(talking, 5)).done["status"] == "stopped"
    assert time.monotonic() - begun < 1.0


@pytest.mark.commitment("N16")
async def test_a_reply_that_is_kept_nowhere_stops_within_a_second_too(client, services, monkeypatch):
    """A report at the door of the service holds a session of which the database knows nothing."""
    monkeypatch.setattr(type(services), "answerer_for", lambda self, *_, **__: Slow(self.embedded, writing))
    writing = asyncio.Event()
    visitor = Visitor(client)
    await visitor.begin()
    talking = asyncio.create_task(visitor.say("What is an ERP?"))
    await asyncio.wait_for(writing.wait(), 5)
    begun = time.monotonic()
    assert (await client.post("/v1/guardian/reports", json={"session": visitor.id})).status_code == 202
    assert (await asyncio.wait_for(talking, 5)).done["status"] == "stopped"
    assert time.monotonic() - begun < 1.0
