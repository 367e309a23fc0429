"""Any order of answers gives one answer as of any moment, and any tampering breaks the chain."""

import asyncio
import copy
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from consent import law, ledger, objections
from consent.notice import Notices
from consent.party import Party
from consent.purposes import Purposes
from consent.tables import ConsentEvent, Subject
from tests.consent.conftest import DATA, NOON

PURPOSES = ["store", "improve", "marketing"]
NOTICE = Notices.load(
    DATA / "notices",
    Purposes.load(DATA / "registers" / "purposes.yaml"),
    Party.load(DATA / "registers" / "party.yaml"),
).best("en")
answers = st.lists(
    st.tuples(
        st.integers(0, 400),
        st.dictionaries(st.sampled_from(PURPOSES), st.booleans(), min_size=1),
        st.sampled_from(["ZA", "DE", "FR", "ZZ"]),
    ),
    max_size=8,
)


def expected(given_, day):
    """Say what stands on a day by replaying every answer: the plainest model that there is."""
    stands = {}
    for when, choices, country in given_:
        if when <= day:
            days = law.validity(country, (NOON + timedelta(days=when)).date()).default_days
            stands |= {purpose: yes and day < when + days for purpose, yes in choices.items()}
    return stands


@asynccontextmanager
async def empty():
    """Open a ledger in memory, with nobody in it."""
    engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
    async with engine.begin() as connection:
        tables = [SQLModel.metadata.tables[name] for name in ("subject", "consent_event")]
        await connection.run_sync(SQLModel.metadata.create_all, tables=tables)
    async with async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)() as session:
        yield session
    await engine.dispose()


async def stood_on(session, subject, days):
    """Read what stands on each day."""
    return [dict(await ledger.standing(session, subject, NOON + timedelta(days=day))) for day in days]


async def replay(given_, days):
    """Record every answer in an empty database and read what stands on each day, and the events."""
    async with empty() as session:
        subject = Subject(created_at=NOON)
        session.add(subject)
        await session.flush()
        for when, choices, country in given_:
            how = ledger.Circumstances(NOTICE, country, "widget:choices")
            await ledger.record(session, subject.id, choices, how, now=NOON + timedelta(days=when))
        return await stood_on(session, subject.id, days), list(await ledger.history(session, subject.id))


moments = st.lists(st.integers(-1, 800), min_size=1, max_size=6)


@pytest.mark.commitment("G7")
@settings(max_examples=40, deadline=None)
@given(answers, moments)
def test_what_stands_at_any_moment_is_what_a_replay_of_the_answers_says(given_, days):
    """In whatever order answers are written, whatever the clocks of their replicas said: one answer for any day."""
    stood, events = asyncio.run(replay(given_, days))
    assert stood == [expected(given_, day) for day in days]
    ledger.check_chain(events)


@settings(max_examples=25, deadline=None)
@given(answers, moments, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_on_disk_says_nothing(given_, days, chance):
    """A restored or rewritten table holds its rows in any order: what stands, and the chain, are the same."""

    async def shuffled(events):
        rows = [event.model_dump() for event in events]
        chance.shuffle(rows)
        async with empty() as session:
            session.add(Subject(id=rows[0]["subject_id"], created_at=NOON))
            for row in rows:
                session.add(ConsentEvent(**row))
                await session.flush()
            assert await ledger.verify(session, rows[0]["subject_id"]) == len(rows)
            return await stood_on(session, rows[0]["subject_id"], days)

    stood, events = asyncio.run(replay(given_, days))
    assume(events)
    assert asyncio.run(shuffled(events)) == stood


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PURPOSES), st.booleans(), st.integers(-30, 30)), min_size=1))
def test_what_was_written_last_stands_now_whatever_the_clocks_said(given_):
    """Seconds of skew between replicas neither delay a withdrawal nor bring back what was withdrawn."""

    async def written():
        async with empty() as session:
            subject = Subject(created_at=NOON)
            session.add(subject)
            await session.flush()
            for purpose, yes, skew in given_:
                how = ledger.Circumstances(NOTICE, "DE", "widget:choices")
                await ledger.record(session, subject.id, {purpose: yes}, how, now=NOON + timedelta(seconds=skew))
            events = await ledger.history(session, subject.id)
            return dict(await ledger.standing(session, subject.id, NOON, written=True)), events

    stands, events = asyncio.run(written())
    assert stands == {purpose: yes for purpose, yes, _ in given_}
    before = {}
    for event in events:  # a no that ends a yes is called a withdrawal, also when the yes is dated later
        assert (event.event_type == "withdrawn") == (not event.granted and before.get(event.purpose, False))
        before[event.purpose] = event.granted


@cache
def kept():
    """Return six chained events, made once: answers, an objection, and its end."""

    async def made():
        async with empty() as session:
            subject = Subject(created_at=NOON)
            session.add(subject)
            await session.flush()
            how = ledger.Circumstances(NOTICE, "ZA", "widget:choices")
            await ledger.record(session, subject.id, {"store": True, "improve": False}, how, now=NOON)
            for number, objects in enumerate((True, False), 1):
                now = NOON + timedelta(days=number)
                await objections.record(session, subject.id, {"statistics": objects}, how, now=now)
            for number, choices in enumerate(({"improve": True}, {"store": False}), 3):
                await ledger.record(session, subject.id, choices, how, now=NOON + timedelta(days=number))
            return tuple(await ledger.history(session, subject.id))

    return asyncio.run(made())


def other(data, value):
    """Give another value: one letter of a text, at any place, one microsecond of a time, the other yes or no."""
    if isinstance(value, bool):
        return not value
    if value is None:
        return NOON
    if not isinstance(value, str):
        return value + timedelta(microseconds=data.draw(st.sampled_from([-1, 1])))
    place = data.draw(st.integers(0, len(value)))
    letter = data.draw(st.characters(codec="ascii"))
    changed = value[:place] + letter + value[place + data.draw(st.integers(0, 1)) :]
    assume(changed != value)
    return changed


FIELDS = sorted(set(ConsentEvent.model_fields) - {"seq"})


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_changed_field_of_any_event_breaks_the_chain(data):
    events = kept()
    number = data.draw(st.integers(0, len(events) - 1))
    field = data.draw(st.sampled_from(FIELDS))
    changed = [copy.copy(event) for event in events]
    value = getattr(changed[number], field)
    changed[number] = ConsentEvent(**events[number].model_dump() | {field: other(data, value)})
    try:
        ledger.check_chain(changed)
    except ledger.LedgerError:
        return
    raise AssertionError(f"a changed {field} was not noticed")


@given(st.permutations(range(6)))
def test_events_in_another_order_break_the_chain(order):
    assume(list(order) != sorted(order))
    try:
        ledger.check_chain([kept()[place] for place in order])
    except ledger.LedgerError:
        return
    raise AssertionError("another order was not noticed")


def test_a_missing_event_breaks_the_chain():
    for missing in range(len(kept()) - 1):
        try:
            ledger.check_chain([event for place, event in enumerate(kept()) if place != missing])
        except ledger.LedgerError:
            continue
        raise AssertionError(f"the missing event {missing} was not noticed")
