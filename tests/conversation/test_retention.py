"""What is stored ends with its time: after silence, and at a hard limit whatever happens."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from chatbot.conversation.retention import sweep


async def sessions(services):
    async with services.database.reading() as session:
        return (await (await session.connection()).execute(text("SELECT count(*) FROM chat_session"))).scalar()


async def age(services, **columns):
    """Make the session as old as told, in days."""
    async with services.database.transaction() as session:
        for column, days in columns.items():
            at = (datetime.now(UTC) - timedelta(days=days)).replace(tzinfo=None)
            await (await session.connection()).execute(text(f"UPDATE chat_session SET {column} = :at"), {"at": at})


@pytest.mark.commitment("R5")
@pytest.mark.parametrize(("days", "left"), [(0, 1), (179, 1), (181, 0)])
async def test_a_conversation_ends_half_a_year_after_its_last_message(visitor, services, days, left):
    await visitor.begin({"store": True})
    await visitor.say("My e-mail is jo@mail.example")
    erased = await sweep(services, datetime.now(UTC) + timedelta(days=days))
    assert erased == 1 - left
    assert await sessions(services) == left


@pytest.mark.commitment("R7")
async def test_a_conversation_that_goes_on_for_ever_ends_at_the_hard_limit(visitor, services):
    await visitor.begin({"store": True})
    await visitor.say("hello")
    await age(services, created_at=366)
    await visitor.say("hello again")
    assert await sweep(services, datetime.now(UTC)) == 1
    assert await sessions(services) == 0


async def test_sweeping_twice_erases_nothing_more(visitor, services):
    await visitor.begin({"store": True})
    later = datetime.now(UTC) + timedelta(days=400)
    assert [await sweep(services, later) for _ in range(2)] == [1, 0]
