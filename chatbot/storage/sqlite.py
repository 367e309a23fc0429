"""SQLite at one journey to its thread for each statement, where the driver makes four.

aiosqlite keeps each connection in a thread. SQLAlchemy makes a cursor, executes, fetches and closes there, one after
the other, and each journey costs more than a small query. Here the cursor is made, run, emptied and closed in one.
"""

from __future__ import annotations

import sqlite3
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import aiosqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Done(NamedTuple):
    """What a statement left: its columns, its rows, how many it changed, the last number it gave."""

    description: Any
    rows: list[Any]
    rowcount: int
    lastrowid: int | None


class Connection(aiosqlite.Connection):
    """A connection whose statements are one journey each."""

    async def cursor(self) -> Cursor:  # type: ignore[override] # the driver's own also makes a journey for it
        """Make a cursor, without a journey."""
        return Cursor(self)

    async def run(self, sql: str, parameters: Iterable[Any], *, many: bool) -> Done:
        """Execute a statement and fetch all of its rows."""
        done: Done = await self._execute(_run, self._conn, sql, parameters, many)  # type: ignore[no-untyped-call]
        return done


class Cursor:
    """What SQLAlchemy's adapter asks of a cursor; every row is here already."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: Iterator[Any] = iter(())
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> None:
        """Run one statement."""
        self._take(await self._connection.run(sql, parameters, many=False))

    async def executemany(self, sql: str, parameters: Iterable[Any]) -> None:
        """Run one statement with each set of parameters."""
        self._take(await self._connection.run(sql, parameters, many=True))

    async def fetchone(self) -> Any:
        """Give the next row, or None."""
        return next(self._rows, None)

    async def fetchmany(self, size: int = 1) -> list[Any]:
        """Give the next rows."""
        return list(islice(self._rows, size))

    async def fetchall(self) -> list[Any]:
        """Give the rows that are left."""
        return list(self._rows)

    async def close(self) -> None:
        """Forget the rows; the database's own cursor is closed already."""
        self._rows = iter(())

    def _take(self, done: Done) -> None:
        self.description, rows, self.rowcount, self.lastrowid = done
        self._rows = iter(rows)


def connect(database: str, **options: Any) -> Connection:
    """Make a connection, as `aiosqlite.connect` does."""
    opening: Callable[[], sqlite3.Connection] = lambda: sqlite3.connect(database, **options)  # noqa: E731 — runs later, in the thread
    made = Connection(opening, iter_chunk_size=64)
    made._thread.daemon = True  # noqa: SLF001 — as SQLAlchemy does for the connections it makes itself
    return made


def _run(connection: sqlite3.Connection, sql: str, parameters: Iterable[Any], many: bool) -> Done:
    run = connection.executemany if many else connection.execute
    cursor = run(sql, parameters)  # type: ignore[arg-type] # one set of parameters or many
    try:
        rows = cursor.fetchall() if cursor.description else []
        return Done(cursor.description, rows, cursor.rowcount, cursor.lastrowid)
    finally:
        cursor.close()
