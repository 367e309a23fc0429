"""The engine and the one place that commits.

    async with database.transaction() as session: ...     commits at the end, rolls back on any error

Nobody else calls commit. Errors of the database never carry values (`hide_parameters`).
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from chatbot.storage import sqlite
from chatbot.storage.door import guarded
from consent.sources import own_channels

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from consent.sources import Door

READING = "chatbot_reading"

# WAL lets readers and one writer work together; secure_delete overwrites what is erased.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA secure_delete=ON",
)


class Database:
    """Connections to the service's database; SQLite and PostgreSQL alike. Every new record passes the `door`."""

    def __init__(self, url: str, door: Door = own_channels) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite and parsed.database:
            Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        quick = {"connect_args": {"async_creator_fn": sqlite.connect}}
        options: dict[str, Any] = quick if self.is_sqlite else {"pool_pre_ping": True}
        self.engine = create_async_engine(url, hide_parameters=True, **options)
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
        self._sessions = async_sessionmaker(
            self.engine, class_=AsyncSession, sync_session_class=guarded(door), expire_on_commit=False
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a short transaction that ends with the block."""
        async with self._sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that only reads, and so never waits for a writer."""
        async with self._sessions() as session, session.begin():
            await session.connection(execution_options={READING: True})
            yield session

    async def checkpoint(self) -> None:
        """Fold SQLite's write-ahead log into the file, so that erased text is gone from the log as well."""
        if self.is_sqlite:
            async with self.engine.connect() as connection:
                raw = await connection.get_raw_connection()
                await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # Taking the write lock at the start makes a second writer wait instead of failing half-way.
    reading = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
