"""Bring a database to the head of the migrations, and say where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from chatbot.storage.database import Database

MIGRATION_LOCK = 0x63686174  # any number, the same for all replicas
SCRIPTS = Path(__file__).resolve().parents[1] / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Make Alembic's configuration without an ini file."""
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS))
    made.attributes["connection"] = connection
    return made


async def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database up to a revision."""
    async with database.engine.begin() as connection:
        if not database.is_sqlite:
            # Replicas that start at once take turns; the lock ends with the transaction.
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        await connection.run_sync(lambda sync: command.upgrade(config(sync), revision))


async def downgrade(database: Database, revision: str = "base") -> None:
    """Take the database down to a revision."""
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(config(sync), revision))


async def pending(database: Database) -> bool:
    """Tell whether the database is behind the migrations."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    async with database.engine.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision()) != head
