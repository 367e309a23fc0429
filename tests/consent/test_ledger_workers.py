"""Two workers write answers of one subject at the same time: one chain, one order, one answer as of any moment."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from consent import law, ledger
from consent.tables import Subject
from tests.consent.conftest import NOON

PURPOSES = ["store", "improve", "personalise"]
DAYS = range(-1, 420, 20)
answers = st.lists(
    st.tuples(st.integers(0, 400), st.dictionaries(st.sampled_from(PURPOSES), st.booleans(), min_size=1)),
    min_size=1,
    max_size=4,
)


class Worker:
    """One of the workers: its connections are its own, its clock is its own."""

    def __init__(self, engine, notice):
        self._sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
        self._how = ledger.Circumstances(notice, "ZA", "widget:choices")

    async def answer(self, subject, given_):
        """Write answers one by one; one that met another is written again, as its visitor would."""
        for when, choices in given_:
            while not await self._written(subject, when, choices):
                pass

    async def _written(self, subject, when, choices):
        try:
            async with self._sessions() as session, session.begin():
                await ledger.record(session, subject, choices, self._how, now=NOON + timedelta(days=when))
        except (IntegrityError, OperationalError):  # SQLite without the service's write lock
            return False
        return True


def replayed(events, day):
    """Say what stands on a day by going through the chain: the plainest model that there is."""
    moment, stands = NOON + timedelta(days=day), {}
    for event in events:
        if event.at <= moment:
            days = law.validity("ZA", event.at.date()).default_days
            stands[event.purpose] = event.granted and moment < event.at + timedelta(days=days)
    return stands


@pytest.mark.commitment("G7")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=answers, two=answers)
def test_answers_that_two_workers_write_at_once_make_one_chain_and_one_answer(engine, notices, one, two):
    """Every answer is there once, in one order; what stood on any day is what that order says, on both databases."""

    async def both():
        sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
        async with sessions() as session, session.begin():
            session.add(subject := Subject(created_at=NOON))
        english, german = Worker(engine, notices.best("en")), Worker(engine, notices.best("de"))
        await asyncio.gather(english.answer(subject.id, one), german.answer(subject.id, two))
        async with sessions() as session:
            events = await ledger.history(session, subject.id)
            assert await ledger.verify(session, subject.id) == len(events)
            for day in DAYS:
                stood = await ledger.standing(session, subject.id, NOON + timedelta(days=day))
                assert dict(stood) == replayed(events, day)
        return [(event.language, event.purpose, event.granted, event.at) for event in events]

    written = asyncio.run(both())
    for language, each in (("en", one), ("de", two)):
        mine = [entry[1:] for entry in written if entry[0] == language]
        assert mine == [(name, yes, NOON + timedelta(days=when)) for when, said in each for name, yes in said.items()]
