"""SQLite at one journey to its thread for each statement: fewer journeys, the same answers."""

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chatbot.storage.database import Database

MANY = 1000


@pytest.fixture
async def database(tmp_path):
    """A database with one table of numbers."""
    made = Database(f"sqlite+aiosqlite:///{tmp_path}/numbers.db")
    async with made.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE number (id INTEGER PRIMARY KEY, value INTEGER UNIQUE)"))
        rows = [{"value": value} for value in range(MANY)]
        await connection.execute(text("INSERT INTO number (value) VALUES (:value)"), rows)
    yield made
    await made.close()


@pytest.fixture
def journeys(monkeypatch):
    """Count how often something is handed to the thread of a connection."""
    counted, real = [], aiosqlite.Connection._execute

    async def counting(self, function, *args, **kwargs):
        counted.append(function)
        return await real(self, function, *args, **kwargs)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counting)
    return counted


async def test_a_statement_is_one_journey_however_many_rows_it_gives(database, journeys):
    """Making a cursor, running it, reading it and closing it go together."""
    async with database.engine.connect() as connection:
        journeys.clear()
        found = await connection.execute(text("SELECT value FROM number ORDER BY value"))
        assert [value for (value,) in found] == list(range(MANY))
        assert len(journeys) == 2  # the transaction's beginning, and the statement


async def test_rows_that_are_read_in_portions_come_once_each(database):
    """Streams work as they do with the driver's own cursor."""
    async with database.engine.connect() as connection:
        stream = await connection.stream(text("SELECT value FROM number ORDER BY value"))
        assert await stream.fetchone() == (0,)
        portions = [[value for (value,) in portion] async for portion in stream.partitions(300)]
    assert [len(portion) for portion in portions] == [300, 300, 300, 99]
    assert [value for portion in portions for value in portion] == list(range(1, MANY))


async def test_what_a_statement_changed_is_told(database):
    """The number of rows, and the number of a new row, arrive with the same journey."""
    async with database.engine.begin() as connection:
        assert (await connection.execute(text("UPDATE number SET value = -value WHERE value > 500"))).rowcount == 499
        made = await connection.execute(text("INSERT INTO number (value) VALUES (5000)"))
        assert made.lastrowid == MANY + 1


async def test_a_statement_that_fails_says_so_and_the_connection_goes_on(database):
    """An error in the thread is an error here, and takes its transaction along."""
    with pytest.raises(IntegrityError):
        async with database.engine.begin() as connection:
            await connection.execute(text("INSERT INTO number (value) VALUES (-1), (7)"))
    async with database.engine.connect() as connection:
        assert (await connection.execute(text("SELECT min(value), count(*) FROM number"))).one() == (0, MANY)
