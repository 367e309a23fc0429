"""What the redactor asks of a finder, and which finder a setting names.

`builtin` is our own; `spacy:PACKAGE` any installed spaCy model; `gliner:MODEL` and
`transformers:MODEL` load a model of those libraries that is already on this machine.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol

from pii.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pii.flags import Flag
    from pii.spans import Span

BUILTIN = "builtin"


class Finder(Protocol):
    """Finds names, places and addresses in normalised text; safe for threads."""

    name: str

    def find_batch(self, texts: Sequence[str], questions: Sequence[str | None] | None = None) -> list[list[Span]]:
        """Find in several texts at once, each perhaps the answer to a question."""
        ...


class RuleSet(Protocol):
    """Finds what patterns, checksums and cue words can prove."""

    def find(self, text: str, question: str | None = None) -> list[Span]:
        """Find in normalised text."""
        ...

    def plain(self, text: str) -> list[tuple[int, int]]:
        """Give the places of numbers that are nobody's: prices, times, versions."""
        ...

    def describe(self) -> list[str]:
        """Name the recognisers in use."""
        ...


WINDOW = 5_000
OVERLAP = 200
_BATCH = 16
_LIBRARIES = {
    "spacy": ("pii.finders", "SpacyFinder"),
    "gliner": ("pii.downloaded", "GlinerFinder"),
    "transformers": ("pii.downloaded", "TransformersFinder"),
}


def build_finder(setting: str = BUILTIN) -> Finder:
    """Load the finder that a setting names; DataError when it is unknown or not installed."""
    if setting == BUILTIN:
        return _builtin()
    library, _, model = setting.partition(":")
    if library not in _LIBRARIES or not model:
        known = ", ".join(f"{each}:MODEL" for each in _LIBRARIES)
        raise DataError(f"the finder setting must be {BUILTIN} or one of {known}")
    module, name = _LIBRARIES[library]
    finder: Finder = getattr(importlib.import_module(module), name)(model)
    return finder


def _builtin() -> Finder:
    from pii.model import NameFinder, WeightsError

    try:
        return NameFinder.load()
    except WeightsError as error:
        raise DataError(str(error)) from None


def find_all(finder: Finder, texts: Sequence[str], questions: Sequence[str | None]) -> list[list[Span]]:
    """Find in several texts of any length: long ones in windows, so that time and memory grow in proportion."""
    if all(len(text) <= WINDOW for text in texts):
        return finder.find_batch(texts, questions)
    pieces = [(number, *piece) for number, text in enumerate(texts) for piece in windows(text)]
    found: list[list[Span]] = [[] for _ in texts]
    for batch in (pieces[at : at + _BATCH] for at in range(0, len(pieces), _BATCH)):
        asked = [None if offset else questions[number] for number, offset, _ in batch]
        spans = finder.find_batch([part for *_, part in batch], asked)
        for (number, offset, _), each in zip(batch, spans, strict=True):
            found[number].extend(span._replace(start=span.start + offset, end=span.end + offset) for span in each)
    return found


def windows(text: str, size: int = WINDOW, overlap: int = OVERLAP) -> Iterator[tuple[int, str]]:
    """Cut a long text into overlapping windows with their offsets; a short one is its only window."""
    for start in range(0, max(len(text) - overlap, 1), size - overlap):
        yield start, text[start : start + size]


def load_flags() -> Callable[[str], Iterable[Flag]]:
    """Load the finder of statements that need care: special categories, and being a child."""
    find: Callable[[str], Iterable[Flag]] = importlib.import_module("pii.flags").find
    return find


def build_rules(countries: Sequence[str] | None = None) -> RuleSet:
    """Load the recognisers, all of them or those of some countries."""
    rules: RuleSet = importlib.import_module("pii.recognizers").load(countries)
    return rules
