"""The purpose wall on each database: what the register does not list is refused, the rest needs a yes that stands."""

import itertools
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

import pytest
from sqlalchemy import update

from chatbot.consents import auditing, readable
from chatbot.consents.editions import Editions
from chatbot.consents.wall import STREAM, Reader, Wall
from chatbot.conversation.sessions import SESSION_CONTROL
from chatbot.errors import NotFound, PurposeDenied
from chatbot.settings import Settings
from chatbot.start import read_data
from chatbot.storage.database import Database
from chatbot.storage.migrate import upgrade
from chatbot.storage.tables import ChatSession, Feedback, Handoff, Subject, Turn
from chatbot.storage.tables.guardians import ChildHold, Incident
from consent import audit, ledger, objections
from consent.audit import Verb
from consent.purposes import RECIPIENTS, Basis
from consent.tables import new_id
from pii.text import from_storage

NOTICES = read_data(Settings(_env_file=None)).notices
REGISTER = NOTICES.best("en").purposes
LISTED = {
    (row.id, data, recipient)
    for row in REGISTER.purposes if row.active
    for data, recipients in row.uses.items() for recipient in recipients
}  # fmt: skip
DATA = sorted({data for _, data, _ in LISTED} | {"birth", "raw_text"})
PAIRS = list(
    itertools.product([*(row.id for row in REGISTER.purposes), "training", "sale"], DATA, sorted(RECIPIENTS))
)
YES = {"store": True, "improve": True}
IMPROVE = Reader("improve", "release_gate", "scientist", "d-7")
"""A reader whom the register lets read for improving."""


@pytest.fixture
async def database(database_url):
    made = Database(database_url)
    await upgrade(made)
    yield made
    await made.close()


@pytest.fixture
def wall(database):
    return Wall(database, Editions(NOTICES))


@pytest.fixture
def keep(database):
    """Keep a conversation of a new subject, with the answers that it gave."""

    async def run(choices, *, minor=False, answered_days_ago=0, turns=1, words="a question"):
        now = datetime.now(UTC)
        async with database.transaction() as session:
            session.add(subject := Subject(created_at=now))
            await session.flush()
            kept = ChatSession(
                id=new_id(), subject_id=subject.id, token_lookup=secrets.token_bytes(32), language="en", country="DE",
                age_rule="rule", minor=minor, created_at=now, last_seen_at=now,
            )  # fmt: skip
            session.add(kept)
            await session.flush()
            session.add_all(a_turn(kept.id, number, f"{words} {number}") for number in range(1, turns + 1))
            session.add(Feedback(session_id=kept.id, turn_number=1, rating="up", created_at=now))
            session.add(
                Handoff(
                    id=new_id(), session_id=kept.id, idempotency_key=secrets.token_bytes(32),
                    message=from_storage("please call"), created_at=now,
                )
            )  # fmt: skip
        await answer(database, kept, choices, days=answered_days_ago)
        return kept

    return run


def a_turn(session_id, number, question):
    return Turn(
        session_id=session_id, number=number, idempotency_key=secrets.token_bytes(32),
        fingerprint=secrets.token_bytes(32), question=from_storage(question), answer=from_storage("an answer"),
        status="complete", findings=[], citations=[], created_at=datetime.now(UTC),
    )  # fmt: skip


class Forgotten(NamedTuple):
    """A notice that nobody knows any more."""

    version: str = "0" * 32
    language: str = "en"
    valid_days: Mapping[str, int] = MappingProxyType({})

    def text_sha256(self, purpose):
        return f"{purpose:0>64}"


async def answer(database, kept, choices, *, days=0, shown=None):
    how = ledger.Circumstances(shown or NOTICES.best("en"), "DE", SESSION_CONTROL)
    async with database.transaction() as session:
        then = datetime.now(UTC) - timedelta(days=days)
        await ledger.record(session, kept.subject_id, choices, how, now=then)


async def read(wall, reader=IMPROVE, data_class="message", **more):
    return [kept async for kept in wall.read(reader, data_class, **more)]


async def events(database, stream=STREAM):
    async with database.reading() as session:
        entries = await auditing.read(session, stream)
    audit.check(entries)
    return [(entry.fact.verb, entry.fact.data_class, entry.fact.reason) for entry in entries]


@pytest.mark.commitment("P1", "U1", "L4")
async def test_every_use_that_the_register_does_not_list_is_refused_and_leaves_one_event(wall, database, keep):
    """Over every purpose, data class and recipient: a denied read raises, and exactly one event stays."""
    await keep(dict.fromkeys(("store", "improve", "personalise"), True))
    denied = [pair for pair in PAIRS if pair not in LISTED]
    for purpose, data, recipient in denied:
        with pytest.raises(PurposeDenied) as refused:
            await read(wall, Reader(purpose, recipient, "agent", "a-1"), data)
        assert refused.value.members["reason"] == "not_registered"
    async with database.reading() as session:
        facts = [entry.fact for entry in await auditing.read(session, STREAM)]
    assert [(fact.purpose, fact.data_class, fact.recipient) for fact in facts] == denied
    assert {fact.verb for fact in facts} == {Verb.DENY}


async def test_every_use_that_the_register_lists_is_let_through_or_bound_to_one_session(wall):
    """What is listed is never refused as unlisted; a contract, or a life, reads the one session it serves."""
    for purpose, data, recipient in sorted(LISTED):
        reader = Reader(purpose, recipient, "agent", "a-1")
        if REGISTER.get(purpose).basis in {Basis.CONTRACT, Basis.VITAL_INTERESTS}:
            with pytest.raises(PurposeDenied) as denied:
                await read(wall, reader, data)
            assert denied.value.members["reason"] == "one_session"
        elif data in readable.SOURCES:
            assert await read(wall, reader, data) == []
        else:
            with pytest.raises(LookupError):
                await read(wall, reader, data)


@pytest.mark.commitment("P1", "D11", "L4")
@pytest.mark.parametrize(
    ("choices", "more", "found"),
    [
        ({"store": True}, {}, 0),
        ({"store": True, "improve": False}, {}, 0),
        (YES, {}, 1),
        ({"store": False, "improve": True}, {}, 0),
        (YES, {"minor": True}, 0),
        (YES, {"answered_days_ago": 179}, 1),
        (YES, {"answered_days_ago": 181}, 0),
    ],
)
async def test_a_conversation_is_read_only_while_the_yes_to_that_very_purpose_stands(
    wall, keep, choices, more, found
):
    """Kept for the visitor alone is not kept for us; no minor is profiled, and a yes that ran out is none."""
    await keep(choices, **more)
    for data_class in ("message", "reply", "feedback"):
        assert len(await read(wall, data_class=data_class)) == found
    profiling = Reader("personalise", "memory", "service", "s-1")
    assert await read(wall, profiling) == []
    await keep({("personalise" if each == "improve" else each): yes for each, yes in choices.items()}, **more)
    assert len(await read(wall, profiling)) == found
    assert len(await read(wall)) == found


@pytest.mark.commitment("P1", "L3")
@pytest.mark.commitment("U8", "U9", part="the yes")
async def test_a_yes_opens_the_wall_and_its_withdrawal_shuts_it_on_the_next_page(wall, keep, database):
    """Consent counts at the moment of reading: later given it opens, withdrawn in the middle it ends the stream."""
    kept = await keep({"store": True}, turns=4)
    assert await read(wall) == []
    await answer(database, kept, {"improve": True})
    assert [row.turn for row in await read(wall, size=2)] == [1, 2, 3, 4]
    seen = []
    async for row in wall.read(IMPROVE, "message", size=2):
        seen.append(row.turn)
        if len(seen) == 2:
            await answer(database, kept, {"improve": False})
    assert seen == [1, 2]


async def test_each_page_that_gave_anything_is_one_event_and_names_nobody(wall, keep, database):
    """A read is on record before its first line leaves: one event a page, none for an empty one."""
    await keep(YES, turns=5)
    await read(wall, size=2)
    assert await events(database) == [(Verb.USE, "message", "")] * 3


async def test_what_was_agreed_under_other_words_does_not_count(wall, keep, database):
    """A yes under a notice that nobody knows any more is no yes to today's words."""
    kept = await keep({"store": True})
    await answer(database, kept, {"improve": True}, shown=Forgotten())
    assert await read(wall) == []


async def test_a_held_conversation_is_read_by_nobody_until_it_is_let_go(wall, keep, database):
    """A session held because a child seems to write in it stays shut for every purpose, consent or not."""
    kept = await keep(YES)
    now = datetime.now(UTC)
    async with database.transaction() as session:
        session.add(Incident(id="i" * 32, kind="child_found", status="open", opened_at=now))
        await session.flush()
        session.add(
            ChildHold(session_id=kept.id, incident_id="i" * 32, source="chat", rule="r", held_at=now, erase_at=now)
        )
    assert await read(wall) == []
    async with database.transaction() as session:
        await session.exec(update(ChildHold).values(lifted_at=now))
    assert len(await read(wall)) == 1


async def test_pages_follow_each_other_without_loss_or_repeat_over_many_subjects(wall, keep):
    """Keyset paging gives each text once, and only of the subjects who agreed."""
    for number in range(6):
        await keep(YES if number % 2 else {"store": True}, turns=3, words=f"s{number}")
    found = [row.text.text for row in await read(wall, size=2)]
    assert sorted(found) == sorted(f"s{number} {turn}" for number in (1, 3, 5) for turn in (1, 2, 3))
    assert (
        len(await read(wall, Reader("service", "agent", "agent", "a-1"), "handoff", session_id=(await keep(YES)).id))
        == 1
    )


SERVICE = Reader("service", "agent", "agent", "a-1")


async def test_a_contract_reads_the_one_session_it_serves(wall, keep, database):
    """Answering somebody opens their conversation and no other, and its own record says so."""
    mine, other = await keep({"store": True}, words="mine"), await keep({"store": True}, words="other")
    assert [row.text.text for row in await read(wall, SERVICE, session_id=mine.id)] == ["mine 1"]
    assert await events(database, mine.id) == [(Verb.DISCLOSE, "message", "")]
    assert await events(database, other.id) == []


async def test_one_session_that_may_not_be_read_is_refused_in_its_own_record(wall, keep, database):
    """Where storing has run out, reading one session is an error with its reason, not an empty answer."""
    kept = await keep({"store": True}, answered_days_ago=181)
    with pytest.raises(PurposeDenied) as denied:
        await read(wall, SERVICE, session_id=kept.id)
    assert denied.value.members["reason"] == "no_consent"
    assert await events(database, kept.id) == [(Verb.DENY, "message", "no_consent")]
    with pytest.raises(NotFound):
        await read(wall, SERVICE, session_id="0" * 32)


async def test_who_objected_is_not_read_where_a_purpose_rests_on_our_interest(database, keep, monkeypatch):
    """An objection stops a purpose on legitimate interest, at once, by the same single query."""
    row = REGISTER.get("statistics").model_copy(update={"uses": {"message": ("memory",)}})
    rows = tuple(row if each.id == row.id else each for each in REGISTER.purposes)
    with_words = Editions(NOTICES)
    monkeypatch.setattr(with_words.current.gate, "_rows", {each.id: each for each in rows})
    monkeypatch.setattr(with_words.current.gate, "_purposes", REGISTER.model_copy(update={"purposes": rows}))
    monkeypatch.setattr(with_words.current.gate, "_allowed", frozenset({("statistics", "message", "memory")}))
    wall, reader = Wall(database, with_words), Reader("statistics", "memory", "service", "s-1")
    kept, _ = await keep({"store": True}), await keep({"store": True})
    assert len(await read(wall, reader)) == 2
    how = ledger.Circumstances(NOTICES.best("en"), "DE", "objections")
    for objected, found, ahead in ((True, 1, 0), (False, 2, 0), (True, 1, 5)):  # minutes, of another replica's clock
        async with database.transaction() as session:
            wish = {"statistics": objected}
            now = datetime.now(UTC) + timedelta(minutes=ahead)
            await objections.record(session, kept.subject_id, wish, how, now=now)
        assert len(await read(wall, reader)) == found
        if objected:
            with pytest.raises(PurposeDenied) as denied:
                await read(wall, reader, session_id=kept.id)
            assert denied.value.members["reason"] == "objected"
