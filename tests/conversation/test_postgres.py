"""What waits for a lock sees what was kept meanwhile: on PostgreSQL, where readers do not wait for writers."""

import asyncio

import pytest
from sqlalchemy import text

from chatbot.conversation.rows import locked
from chatbot.storage.tables import VaultRow


@pytest.fixture
def settings(make_settings, postgres_url):
    """Settings on an empty PostgreSQL."""
    from conftest import empty_postgres

    empty_postgres(postgres_url)
    return make_settings(database_url=postgres_url, secret="s" * 32)


async def until_somebody_waits(session):
    """Wait until another transaction waits for a lock."""
    async with asyncio.timeout(10):
        while not (await session.exec(text("SELECT 1 FROM pg_locks WHERE NOT granted"))).all():
            pass


async def test_a_vault_that_was_written_while_a_message_waited_is_not_written_over(visitor, services):
    """Else two values would get the same placeholder."""
    await visitor.begin({"store": True})
    await visitor.say("My e-mail is thandi@mail.example")
    async with services.database.transaction() as session:
        await locked(session, visitor.id)
        waiting = asyncio.create_task(visitor.say("My e-mail is sipho@mail.example"))
        await until_somebody_waits(session)
        row = await session.get(VaultRow, visitor.id)
        row.sealed = kept = row.sealed + b"newer"
    assert (await waiting).problem["code"] == "turn_in_progress"
    async with services.database.reading() as session:
        assert (await session.get(VaultRow, visitor.id)).sealed == kept
