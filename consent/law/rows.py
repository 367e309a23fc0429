"""What every dated fact has in common: a place, a first day, a source, and the day somebody compared it."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import Annotated, TypeVar

from pydantic import Field

from consent.data import Row

Place = Annotated[str, Field(pattern=r"^[A-Z]{2,3}$")]
_R = TypeVar("_R", bound="Dated")


class Dated(Row):
    """One fact of one country or region; it holds until the next row of the same key begins.

    ``read`` is false for general knowledge that nobody has looked up yet.
    """

    country: Place
    since: date = Field(alias="from")
    source: str = Field(min_length=2)
    read: bool
    checked_on: date


def by_country(row: Dated) -> Hashable:
    """Return the usual key of a fact: its country."""
    return row.country


def in_force(rows: Iterable[_R], as_of: date, key: Callable[[_R], Hashable] = by_country) -> dict[Hashable, _R]:
    """Return for each key the latest row that has begun by the day."""
    return {key(row): row for row in sorted(rows, key=lambda row: row.since) if row.since <= as_of}


def doubled(rows: Iterable[_R], key: Callable[[_R], Hashable] = by_country) -> list[str]:
    """Return the places that have two rows for one key on one day, which would make the law ambiguous."""
    seen: set[tuple[Hashable, date]] = set()
    wrong: list[str] = []
    for row in rows:
        mark = (key(row), row.since)
        if mark in seen:
            wrong.append(row.country)
        seen.add(mark)
    return sorted(wrong)
