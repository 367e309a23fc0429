"""How long a law may keep what was to be erased: a hold names a row of ``law/holds.yaml`` and never outlasts it."""

from collections.abc import Hashable
from datetime import date, timedelta
from functools import cache
from typing import Annotated

from pydantic import Field

from consent.law.rows import Dated, Table, table


class HoldError(ValueError):
    """No law allows this hold; the message says what is allowed."""


class HoldLaw(Dated):
    """A ground for keeping what was to be erased, and for how many days at most."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
    days: Annotated[int, Field(ge=1, le=3650)]
    law: Annotated[str, Field(min_length=2)]

    @property
    def key(self) -> Hashable:
        """A ground is known by its id."""
        return self.id


def ground(name: str, on: date) -> HoldLaw:
    """Return a ground in force on a day; raise ``HoldError`` that lists those there are."""
    rows = _table().on(on)
    if name not in rows:
        raise HoldError(f"no such ground is in force; choose one of {', '.join(sorted(map(str, rows)))}")
    return rows[name]


def allow(name: str, placed: date, until: date) -> HoldLaw:
    """Return the ground of a hold; raise ``HoldError`` when it is over already, or longer than the law allows."""
    row = ground(name, placed)
    if until <= placed:
        raise HoldError("the last day must be in the future")
    if until > (last := placed + timedelta(days=row.days)):
        raise HoldError(f"{row.law} allows {row.days} days, so {last} is the last day")
    return row


@cache
def _table() -> Table[HoldLaw]:
    return table("holds.yaml", HoldLaw)
