"""Until when a request must be answered, counted as the law of its place counts (GDPR Art. 12(3), PAIA s.56)."""

from calendar import monthrange
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from consent.data import Row, read
from consent.law.rows import ANYWHERE, Dated, Table, reach, table

_SUNDAY = 7


class Request(StrEnum):
    """What a person may ask for, and what has a clock of its own."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    PORTABILITY = "portability"
    OBJECTION = "objection"
    MARKETING_OBJECTION = "marketing_objection"
    HUMAN_REVIEW = "human_review"


class Unit(StrEnum):
    """What a length is counted in."""

    DAYS = "days"
    MONTHS = "months"


class Counting(StrEnum):
    """Whether a last day on a Sunday or public holiday moves to the next open day."""

    CALENDAR = "calendar"
    OPEN_LAST_DAY = "open_last_day"


class Deadline(Dated):
    """One request's clock in one place; ``extension`` is what may be added once."""

    request: Request
    length: Annotated[int, Field(ge=0, le=365)]
    unit: Unit
    extension: Annotated[int, Field(ge=0, le=365)]
    counting: Counting
    form: str = ""

    @property
    def key(self) -> Hashable:
        """A clock belongs to a place and a kind of request."""
        return self.country, self.request


class Holidays(Row):
    """The public holidays of a country, by fixed day and by distance from Easter Sunday."""

    fixed: tuple[Annotated[str, Field(pattern=r"^\d\d-\d\d$")], ...]
    easter: tuple[int, ...]


class HolidayFile(Row):
    """``holidays.yaml``."""

    holidays: dict[str, Holidays]


@dataclass(frozen=True)
class Due:
    """The last day to answer, the last day after an extension, and the rule that says so."""

    by: date
    extended: date
    rule: Deadline


def due(country: str, request: Request, received: date) -> Due:
    """Return until when a request received on a day must be answered; an unknown country gets the shortest."""
    rules = _table().on(received)
    for place in reach(country):
        if place != ANYWHERE and (rule := rules.get((place, request))):
            return _due(rule, received)
    every = [_due(rule, received) for rule in rules.values() if rule.request is request]
    if not every:
        raise LookupError(f"no deadline for {request} is known on {received}")
    return min(every, key=lambda one: (one.by, one.extended))


def _due(rule: Deadline, received: date) -> Due:
    return Due(
        by=_last_day(rule, received, rule.length),
        extended=_last_day(rule, received, rule.length + rule.extension),
        rule=rule,
    )


def _last_day(rule: Deadline, received: date, length: int) -> date:
    last = received + timedelta(days=length) if rule.unit is Unit.DAYS else _months_later(received, length)
    while rule.counting is Counting.OPEN_LAST_DAY and _is_closed(rule.country, last):
        last += timedelta(days=1)
    return last


def _is_closed(country: str, day: date) -> bool:
    return day.isoweekday() == _SUNDAY or day in _closed(country, day.year)


def _months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@cache
def _closed(country: str, year: int) -> frozenset[date]:
    """Return a country's public holidays in a year, with the Mondays after those on a Sunday."""
    rule = _holidays().get(country)
    if rule is None:
        return frozenset()
    days = {date.fromisoformat(f"{year}-{day}") for day in rule.fixed}
    days |= {easter(year) + timedelta(days=distance) for distance in rule.easter}
    return frozenset(days | {day + timedelta(days=1) for day in days if day.isoweekday() == _SUNDAY})


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the anonymous algorithm of Meeus, Jones and Butcher)."""
    golden, century, rest = year % 19, *divmod(year, 100)
    leaps, leap_rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - moon + 15) % 30
    quarter, quarter_rest = divmod(rest, 4)
    weekday = (32 + 2 * leap_rest + 2 * quarter - epact - quarter_rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def _table() -> Table[Deadline]:
    return table("deadlines.yaml", Deadline)


@cache
def _holidays() -> dict[str, Holidays]:
    return read(Path(__file__).parent / "holidays.yaml", HolidayFile).holidays
