"""The one essential cookie: what the visitor chose, on which day, and for how long it holds.

    1.fa.20778.180.9c1f02ab.3f…      functional and analytics, day 20778, for 180 days, asked in version 9c1f02ab
    1.-.20778.180.-.-                no to everything: the same text for everybody who said no on that day

The last part names the entry in the ledger that proves a yes. A no carries no number of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from chatbot.cookies.registry import OPTIONAL
from consent import law

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAME = "rousora_choices"
EPOCH = date(1970, 1, 1)
SHORT = 8
LAW_ALONE: Mapping[str, int] = MappingProxyType({})
_TEXT = re.compile(r"1\.(-|f?a?m?)\.(\d{1,6})\.(\d{1,3})\.(-|[0-9a-f]{8})\.(-|[0-9a-f]{32})", re.ASCII)
_LETTERS = {category[0]: category for category in OPTIONAL}


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to the cookie question; `reference` is the subject in the ledger, empty after a no."""

    categories: frozenset[str]
    on: date
    days: int
    version: str = ""
    reference: str = ""

    @property
    def until(self) -> date:
        """The day from which the question may be asked again."""
        return self.on + timedelta(days=self.days)

    def allows(self, category: str, version: str) -> bool:
        """Whether a category is agreed to, asked in the version that is asked now."""
        return category in self.categories and self.version == version[:SHORT]

    def text(self) -> str:
        """Write the cookie's value."""
        letters = "".join(letter for letter, category in _LETTERS.items() if category in self.categories)
        day = (self.on - EPOCH).days
        return f"1.{letters or '-'}.{day}.{self.days}.{self.version or '-'}.{self.reference or '-'}"


def chosen(
    categories: Iterable[str], country: str, on: date, version: str, valid_days: Mapping[str, int] = LAW_ALONE
) -> Choice:
    """Make the choice of a day: a yes and a no hold for as long as the country's law and the site's days say."""
    agreed = frozenset(categories) & set(OPTIONAL)
    rule = law.validity(law.country_or_elsewhere(country), on, valid_days)
    return Choice(agreed, on, rule.default_days if agreed else rule.refusal_days, version[:SHORT] if agreed else "")


def parse(text: str, on: date) -> Choice | None:
    """Read a cookie's value; None when it is not one, or is over, or claims to hold longer than any law lets it."""
    match = _TEXT.fullmatch(text)
    if match is None or not match[1]:
        return None
    letters, day, days, version, reference = match.groups()
    made = EPOCH + timedelta(days=int(day))
    longest = law.validity(law.ELSEWHERE, on).max_days
    if made > on + timedelta(days=1) or on >= made + timedelta(days=min(int(days), longest)):
        return None
    categories = frozenset(_LETTERS[letter] for letter in letters if letter != "-")
    return Choice(categories, made, int(days), version.strip("-"), reference.strip("-"))
