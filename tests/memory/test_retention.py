"""What memory keeps ends with its time: after silence, at a hard limit, and when the yes runs out."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from chatbot.conversation.retention import sweep
from chatbot.memory import recall

YES = {"store": True, "personalise": True}
DAYS, LIMIT = 180, 365


@pytest.fixture
async def remembered(visitor, site):
    """A visitor with a preference."""
    await visitor.begin(YES)
    await visitor.say("What is an ERP?")
    await site.memory(visitor, "PUT", "short")
    return visitor


async def let_pass(services, table, column, days):
    """Move a moment of every row of a table into the past."""
    then = (datetime.now(UTC) - timedelta(days=days)).replace(tzinfo=None)
    async with services.database.transaction() as session:
        connection = await session.connection()
        await connection.execute(text(f"UPDATE {table} SET {column} = :then").bindparams(then=then))


def test_the_days_are_those_of_the_register_which_the_notice_shows(services):
    """What a visitor reads is what is swept."""
    row = services.gate.purpose("personalise")
    assert (row.retention_days, row.hard_limit_days) == (DAYS, LIMIT)


@pytest.mark.commitment("R7")
@pytest.mark.parametrize(("silent", "left"), [(DAYS - 1, 1), (DAYS + 1, 0)])
async def test_memory_goes_after_its_days_of_silence(services, remembered, site, silent, left):
    """The register's days count from the visitor's last message."""
    await let_pass(services, "chat_session", "last_seen_at", silent)
    await sweep(services, datetime.now(UTC))
    assert len((await site.kept())[1]) == left


@pytest.mark.commitment("R7")
@pytest.mark.parametrize(("old", "left"), [(LIMIT - 1, 1), (LIMIT + 1, 0)])
async def test_memory_goes_at_the_hard_limit_whatever_happens(services, remembered, site, old, left):
    """Also of somebody who writes every day."""
    await let_pass(services, "memory", "created_at", old)
    await sweep(services, datetime.now(UTC))
    sessions, rows = await site.kept()
    assert (len(sessions), len(rows)) == (1, left)


async def test_memory_goes_when_the_yes_has_run_out(services, remembered, site):
    """In Germany a yes holds for half a year; silence is a no."""
    assert len((await site.kept())[1]) == 1
    await let_pass(services, "chat_session", "last_seen_at", -200)
    await sweep(services, datetime.now(UTC) + timedelta(days=200))
    assert (await site.kept())[1] == {}


async def test_memory_goes_with_the_last_conversation(services, remembered, site):
    """A sweep that erases the conversations leaves no row behind."""
    await sweep(services, datetime.now(UTC) + timedelta(days=400))
    assert await site.kept() == ({}, {})


@pytest.mark.parametrize(("days", "topics"), [(DAYS - 1, True), (DAYS + 1, False)])
def test_nothing_older_than_the_registers_days_is_looked_at(days, topics):
    """The moment from which on conversations are read moves with the clock."""
    now = datetime(2026, 11, 21, tzinfo=UTC)
    said = now - timedelta(days=days)
    assert (said > recall.oldest(now, DAYS)) is topics


async def test_an_earlier_question_is_forgotten_when_its_days_are_over(services, remembered, site):
    """Read from the database: the question of half a year ago is not remembered, though it is still kept."""
    later = await site.come_back(remembered.token)
    assert (await site.memory(later)).json()["topics"]
    await let_pass(services, "turn", "created_at", DAYS + 1)
    assert (await site.memory(later)).json()["topics"] == []
