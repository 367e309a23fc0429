"""Any order of answers gives one answer as of any moment, and any tampering breaks the chain."""

import asyncio
import copy
from datetime import timedelta
from functools import cache

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from consent import law, ledger
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


async def replay(given_, days):
    """Record every answer in an empty database and read what stands on each day, and the events."""
    engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
    async with engine.begin() as connection:
        tables = [SQLModel.metadata.tables[name] for name in ("subject", "consent_event")]
        await connection.run_sync(SQLModel.metadata.create_all, tables=tables)
    async with async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)() as session:
        subject = Subject(created_at=NOON)
        session.add(subject)
        await session.flush()
        for when, choices, country in given_:
            how = ledger.Circumstances(NOTICE, country, "widget:choices")
            await ledger.record(session, subject.id, choices, how, now=NOON + timedelta(days=when))
        stood = [dict(await ledger.standing(session, subject.id, NOON + timedelta(days=day))) for day in days]
        events = list(await ledger.history(session, subject.id))
    await engine.dispose()
    return stood, events


@settings(max_examples=40, deadline=None)
@given(answers, st.lists(st.integers(-1, 800), min_size=1, max_size=6))
def test_what_stands_at_any_moment_is_what_a_replay_of_the_answers_says(given_, days):
    given_ = sorted(given_, key=lambda answer: answer[0])
    stood, events = asyncio.run(replay(given_, days))
    assert stood == [expected(given_, day) for day in days]
    ledger.check_chain(events)


@cache
def kept():
    """Return four chained events, made once."""
    days = [(0, {"store": True, "improve": False}, "ZA"), (3, {"improve": True}, "DE"), (9, {"store": False}, "ZA")]
    return tuple(asyncio.run(replay(days, []))[1])


FIELDS = sorted(set(ConsentEvent.model_fields) - {"seq"})


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_changed_field_of_any_event_breaks_the_chain(data):
    events = kept()
    number = data.draw(st.integers(0, len(events) - 1))
    field = data.draw(st.sampled_from(FIELDS))
    changed = [copy.copy(event) for event in events]
    value = getattr(changed[number], field)
    other = {bool: lambda v: not v, str: lambda v: v + "0"}.get(type(value), lambda v: v + timedelta(microseconds=1))
    changed[number] = ConsentEvent(**events[number].model_dump() | {field: other(value)})
    try:
        ledger.check_chain(changed)
    except ledger.LedgerError:
        return
    raise AssertionError(f"a changed {field} was not noticed")


@given(st.permutations(range(4)))
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
