"""Recognisers: one file a family, data first. `load()` gives them all as `Rules`.

text ──► Scan (one look) ──► recognisers that are ready ──► settle: the best span for each place
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from pii.recognizers.base import Recognizer
from pii.recognizers.plain import plain
from pii.recognizers.scan import Scan
from pii.recognizers.settle import settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from presidio_analyzer import EntityRecognizer

    from pii.spans import Span

# The order breaks ties: of equal claims, the first file's wins.
FAMILIES = (
    "contact", "cards_banks", "south_africa", "germany", "europe", "world", "plates", "network", "secrets",
    "accounts", "usernames", "dates", "addresses", "postal", "spoken", "names", "answers",
)  # fmt: skip


class Rules:
    """A set of recognisers, asked together. Without state after construction: safe for threads."""

    def __init__(self, recognizers: Sequence[Recognizer]) -> None:
        """Take the recognisers in the order in which ties are broken."""
        self._recognizers = tuple(recognizers)

    def find(self, text: str, question: str | None = None) -> list[Span]:
        """Disjoint spans in order; `question` is what was asked just before this text."""
        scan = Scan(text, question)
        if scan.quiet:
            return []
        return settle([span for each in self._recognizers if each.ready(scan) for span in each.spans(scan)], text)

    @staticmethod
    def plain(text: str) -> list[tuple[int, int]]:
        """Places of numbers that are never personal (prices, times, versions): a finder's claims inside them fail."""
        return list(plain(text))

    def describe(self) -> list[str]:
        """Name each recogniser in use."""
        return [each.name for each in self._recognizers]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind that these recognisers can report."""
        return tuple(sorted({kind for each in self._recognizers for kind in each.kinds}))

    def as_presidio(self, language: str = "en") -> list[EntityRecognizer]:
        """Give each as a Presidio `LocalRecognizer`; Presidio is imported only here."""
        from pii.recognizers.presidio import PresidioRecognizer

        return [PresidioRecognizer(each, language) for each in self._recognizers]


@cache
def recognizers() -> tuple[Recognizer, ...]:
    """One instance of every recogniser of every family, in the order of the files."""
    found: list[Recognizer] = []
    for family in FAMILIES:
        module = import_module(f"pii.recognizers.{family}")
        classes = (
            each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__
        )
        found += [each() for each in classes if issubclass(each, Recognizer)]
    return tuple(found)


def load(countries: Sequence[str] | None = None) -> Rules:
    """Load the recognisers of no country and of `countries` (two letters); of all countries when None."""
    wanted = None if countries is None else {country.lower() for country in countries}
    return Rules([each for each in recognizers() if wanted is None or each.country is None or each.country in wanted])
