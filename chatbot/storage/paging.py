"""Long lists, page by page: a cursor says where the next page begins, however much is written meanwhile.

A cursor is the moment and the id of the last row that was given. The moment is a column with an index, so a page
costs what is on it, not what lies before it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from sqlalchemy import tuple_
from sqlmodel import col

from chatbot.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession
    from sqlmodel.sql.expression import SelectOfScalar

Row = TypeVar("Row")
MOST = 1000
"""Rows on a page, whoever asks."""


class Asked(NamedTuple):
    """Which page: the cursor of the page before (None: the first one), and how many rows."""

    after: str | None = None
    limit: int = 50


class Page(NamedTuple, Generic[Row]):
    """The rows of a page, and the cursor of the next; None at the end."""

    rows: Sequence[Row]
    next: str | None


async def page(
    session: AsyncSession, query: SelectOfScalar[Row], moment: Any, asked: Asked, *, newest: bool = False
) -> Page[Row]:
    """Give a page of a query's rows by one of their moments, oldest first unless `newest`; ids break ties."""
    order = col(moment), col(moment.class_.id)
    if asked.after is not None:
        place, given = tuple_(*order), _place(asked.after)
        query = query.where(place < given if newest else place > given)
    by = [each.desc() for each in order] if newest else order
    rows = (await session.exec(query.order_by(*by).limit(asked.limit + 1))).all()
    given_now = rows[: asked.limit]
    return Page(given_now, _cursor(given_now[-1], moment.key) if len(rows) > asked.limit else None)


def _cursor(row: Any, moment: str) -> str:
    return f"{getattr(row, moment).astimezone(UTC).isoformat()}_{row.id}"


def _place(cursor: str) -> tuple[datetime, str]:
    moment, _, identity = cursor.partition("_")
    try:
        return datetime.fromisoformat(moment).astimezone(UTC), identity
    except (ValueError, OverflowError):
        raise InvalidRequest("This is no place in the list: take `next` of the page before.") from None
