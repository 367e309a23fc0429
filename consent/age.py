"""May this visitor answer alone? The month of birth is judged against dated law and dropped at once.

Only a month is asked, so it is read in the visitor's youngest possible way: the whole month in which somebody
comes of age still counts as under age. What remains is an outcome, the version of the rule, and the day.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Self

from consent import law

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_OLDEST_YEARS = 120


class BirthError(ValueError):
    """The month of birth cannot be used; the message says how to write it and never repeats it."""


class Birth:
    """A month of birth on its way to a judgement: it shows nothing of itself and is not kept."""

    __slots__ = ("_months",)

    def __init__(self, months: int) -> None:
        self._months = months

    @classmethod
    def parse(cls, text: str, on: date | None = None) -> Self:
        """Read ``YYYY-MM``; raise ``BirthError`` when it is no month, to come, or over 120 years ago."""
        match = _MONTH.fullmatch(text)
        if match is None:
            raise BirthError("Give the month of birth as year and month, for example 1990-07.")
        birth = cls(_months(int(match[1]), int(match[2])))
        passed = birth.months_until(on or datetime.now(UTC).date())
        if passed < 0:
            raise BirthError("The month of birth is still to come; check the year.")
        if passed > _OLDEST_YEARS * 12:
            raise BirthError(f"The month of birth is more than {_OLDEST_YEARS} years ago; check the year.")
        return birth

    def months_until(self, on: date) -> int:
        """Return the months from the month of birth to that of ``on``; negative when it is to come."""
        return _months(on.year, on.month) - self._months

    def __repr__(self) -> str:
        return "<Birth>"

    def __reduce__(self) -> str:
        raise TypeError("a month of birth is judged and dropped, never stored")


@dataclass(frozen=True)
class AgeOutcome:
    """What remains of the age question.

    ``adult``: may answer alone under the rule; otherwise a guardian is required. ``minor``: under 18, so never
    profiled or marketed to, even where the law lets them answer alone. ``effective_age`` is never shown.
    """

    adult: bool
    minor: bool
    rule_version: str
    judged_on: date
    effective_age: int = field(repr=False)

    @property
    def guardian_required(self) -> bool:
        """The opposite of ``adult``, for reading aloud."""
        return not self.adult


def judge(country: str, born: Birth, on: date) -> AgeOutcome:
    """Judge a month of birth by the law of a country on a day; an unknown country gets the strictest age."""
    code, rules = law.country_or_elsewhere(country), law.ages(on)
    threshold = rules.effective(code)
    return AgeOutcome(
        adult=born.months_until(on) > threshold * 12,
        minor=born.months_until(on) <= rules.majority * 12,
        rule_version=f"ages-{rules.version}/{code}/{on.isoformat()}",
        judged_on=on,
        effective_age=threshold,
    )


def _months(year: int, month: int) -> int:
    return year * 12 + month - 1
