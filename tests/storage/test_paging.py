"""Long lists come in pages: each row once, in order, whatever is written in between."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from chatbot.errors import InvalidRequest
from chatbot.storage.paging import Asked, page
from chatbot.storage.tables.decisions import Decision

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


async def decide(database, *minutes):
    async with database.transaction() as session:
        at = [NOW + timedelta(minutes=each) for each in minutes]
        session.add_all(Decision(kind="k", at=each, effect="e", rule="r", version="1", inputs={}) for each in at)


async def read(database, after=None, *, newest):
    async with database.reading() as session:
        return await page(session, select(Decision), Decision.at, Asked(after, 2), newest=newest)


@pytest.mark.parametrize("newest", [True, False])
async def test_every_row_comes_once_although_moments_are_equal_and_rows_are_added(database, newest):
    """Three of one moment do not fit on a page; what is written before the cursor's place disturbs nobody."""
    await decide(database, 1, 2, 2, 2, 3)
    found, cursor = await read(database, newest=newest)
    await decide(database, 9 if newest else 0)
    while cursor:
        rows, cursor = await read(database, cursor, newest=newest)
        found = [*found, *rows]
    assert len({row.id for row in found}) == 5
    minutes = [int((row.at - NOW).total_seconds() / 60) for row in found]
    assert minutes == sorted([1, 2, 2, 2, 3], reverse=newest)


@pytest.mark.parametrize("cursor", ["", "x", "2026-13-01_a", "_", "9999-12-31T23:59:59-23:59_x"])
async def test_a_cursor_that_is_none_is_refused_in_plain_words(database, cursor):
    """Mistyped is not the beginning, and not a fault of ours."""
    with pytest.raises(InvalidRequest, match="no place in the list"):
        await read(database, cursor, newest=True)
