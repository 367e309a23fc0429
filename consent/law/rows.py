"""What every dated fact has in common: a place, a first day, a source, and the day somebody compared it."""

from collections.abc import Hashable, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Generic, Self, TypeVar

from pydantic import Field, model_validator

from consent.data import Row, check, parse, read

ANYWHERE = "ZZ"
Place = Annotated[str, Field(pattern=r"^[A-Z]{2,3}$")]
_FOLDER = Path(__file__).parent
_R = TypeVar("_R", bound="Dated")


class Dated(Row):
    """One fact of one country or region (``EEA``); it holds until the next row of the same key begins.

    ``read`` is false for general knowledge that nobody has looked up yet.
    """

    country: Place
    since: date = Field(alias="from")
    source: str = Field(min_length=2)
    read: bool
    checked_on: date

    @property
    def key(self) -> Hashable:
        """What the fact is about: its country, and in some tables something more."""
        return self.country


class Table(Row, Generic[_R]):
    """A file of dated facts in which no two rows say something about the same thing from the same day."""

    rows: tuple[_R, ...]

    @model_validator(mode="after")
    def _unambiguous(self) -> Self:
        if twice := doubled(self.rows):
            raise ValueError(f"two rows from the same day: {', '.join(twice)}")
        return self

    def on(self, as_of: date) -> dict[Hashable, _R]:
        """Return what holds on a day, by key."""
        return in_force(self.rows, as_of)


class RegionFile(Row):
    """``regions.yaml``: which countries a rule of a region reaches."""

    regions: dict[Place, tuple[Place, ...]]


def in_force(rows: Iterable[_R], as_of: date) -> dict[Hashable, _R]:
    """Return for each key the latest row that has begun by the day."""
    return {row.key: row for row in sorted(rows, key=lambda row: row.since) if row.since <= as_of}


def doubled(rows: Iterable[Dated]) -> list[str]:
    """Return the places that have two rows for one key on one day, which would make the law ambiguous."""
    marks = [(row.key, row.since) for row in rows]
    return sorted({row.country for row in rows if marks.count((row.key, row.since)) > 1})


def table(name: str, row: type[_R]) -> Table[_R]:
    """Read a table of this folder; raise ``DataError`` that names the wrong row."""
    model = Table[row]  # type: ignore[valid-type]
    checked: Table[_R] = check(parse(_FOLDER / name), model, name)
    return checked


@cache
def regions() -> dict[str, tuple[str, ...]]:
    """Return the members of each region."""
    return read(_FOLDER / "regions.yaml", RegionFile).regions


def reach(country: str) -> tuple[str, ...]:
    """Return the places whose rules reach a country, nearest first: itself, its regions, anywhere."""
    return (country, *(region for region, members in regions().items() if country in members), ANYWHERE)
