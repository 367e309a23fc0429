"""Decisions, holds and messages mean the same on both kinds of database: locks, leases and moved rows."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select
from support.http_sink import http_sink, operator
from support.visitors import Visitor

from chatbot.consents import auditing
from chatbot.conversation import children
from chatbot.conversation.erasing import remove
from chatbot.decisions import holds
from chatbot.decisions.downstream import Downstream
from chatbot.decisions.incidents import STREAM
from chatbot.errors import NotFound
from chatbot.guardians import duties
from chatbot.storage.tables import ChatSession, Subject, Turn, VaultRow
from chatbot.storage.tables.decisions import LegalHold, Outgoing
from chatbot.storage.tables.guardians import ChildHold, Incident
from consent.audit import check
from consent.operators import Register


@pytest.fixture
def settings(make_settings, database_url):
    """Settings on an empty database."""
    return make_settings(database_url=database_url, secret="s" * 32)


@pytest.mark.commitment("D10", "L5")
async def test_held_reviewed_reversed_and_then_under_a_hold_to_its_end(person, visitor, services, officer, every):
    """The whole way, with the officer at the command line."""
    identity = (await person.held(store=True))["decision"]
    assert (await person.review(identity)).status_code == 202
    await officer("decisions", "reverse", identity, "--officer", "officer-1", "--reason", "not_a_child")
    await visitor.say("my mail is jane@mail.example. What is an ERP?")
    now = datetime.now(UTC)
    order = holds.Order("legal-claims", "CASE-1", "officer-1", now.date() + timedelta(days=9))
    async with services.database.transaction() as session:
        await holds.place(session, visitor.id, order, now)
    told = await visitor.client.delete("/v1/me", headers=visitor.headers)
    assert told.json()["held"]["until"] == order.until.isoformat()
    assert [len(await every(table)) for table in (ChatSession, Turn, VaultRow)] == [1, 1, 1]
    await duties.sweep(services, now + timedelta(days=11))
    assert [len(await every(table)) for table in (ChatSession, Turn, VaultRow)] == [0, 0, 0]


async def test_many_holds_at_once_are_one_each_and_one_chain(client, services, every):
    """Two at a time for each of three sessions: nobody is let off because somebody else was quicker."""
    visitors = [Visitor(client) for _ in range(3)]
    for each in visitors:
        await each.begin({"store": True})
    found = children.Found("agent", "agent")
    made = await asyncio.gather(*(children.hold(services, each.id, found) for each in visitors * 2))
    assert len(set(made)) == 3
    assert {row.session_id for row in await every(ChildHold)} == {each.id for each in visitors}
    assert len(await every(Incident)) == 3
    async with services.database.reading() as session:
        check(await auditing.read(session, STREAM))


async def test_two_workers_deliver_a_message_once(services, every):
    """Whoever claims it first has it for a while."""
    async with http_sink() as sink:
        told = operator("crm", notify=f"http://127.0.0.1:{sink.port}/told")
        register = Register.model_validate({"operators": [told]})
        workers = [Downstream(services.database, register, b"s" * 32) for _ in range(2)]
        async with services.database.transaction() as session:
            for number in range(5):
                workers[0].tell(session, "erase", f"{number}" * 32)
        now = datetime.now(UTC) + timedelta(seconds=1)
        assert sum(await asyncio.gather(*(each.deliver(now) for each in workers))) == 5
        assert sorted(each.body["subject"] for each in sink.told) == [f"{number}" * 32 for number in range(5)]
    assert all(row.delivered_at for row in await every(Outgoing))


async def test_a_hold_placed_while_its_conversation_is_erased_is_refused(visitor, services, every):
    """Whoever comes second sees what the first has done: no hold stands on what is gone."""
    await visitor.begin({"store": True})
    await visitor.say("What is an ERP?")
    now = datetime.now(UTC)
    order = holds.Order("legal-claims", "CASE-1", "officer-1", now.date() + timedelta(days=9))

    async def place():
        async with services.database.transaction() as session:
            await holds.place(session, visitor.id, order, now)

    async with services.database.transaction() as session:
        await remove(session, services, visitor.id, role="visitor")
        placing = asyncio.create_task(place())
        await asyncio.sleep(0.3)
    with pytest.raises(NotFound):
        await placing
    assert await every(LegalHold) == []


async def test_erasing_a_childs_conversation_locks_it_before_its_subject(person, visitor, services, every):
    """As a visitor does who erases at the same moment: in two orders, each would wait for the other."""
    await person.held(store=True)
    (kept,) = await every(ChatSession)
    async with services.database.transaction() as session:
        await session.get(ChatSession, kept.id, with_for_update=True)
        erasing = asyncio.create_task(duties.sweep(services, datetime.now(UTC) + timedelta(hours=25)))
        await asyncio.sleep(0.3)
        free = select(Subject.id).where(Subject.id == kept.subject_id).with_for_update(nowait=True)
        assert (await session.exec(free)).one() == kept.subject_id
    assert (await erasing)["erased"] == 1


async def test_an_id_that_no_database_takes_is_just_unknown(person, visitor):
    """A zero byte in the address is refused like any other wrong id, not as a fault of ours."""
    await visitor.begin({"store": True})
    assert (await person.review("%00")).status_code == 404
