"""What every recogniser is: a name, its kinds, and spans over a scanned message.

Most are tables of `Shape` rows and nothing more; `TableRecognizer` is their one verb.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pii.spans import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pii.recognizers.scan import Scan

LEAST = 0.4  # spans scored lower are not reported
# Looked for at the beginning of a loose number pattern: no date and no IP address begins here.
NOT_DATE = (
    r"(?!(?:\d{1,2}[\-/.]\d{1,2}[\-/.](?:\d{2}|\d{4})|"
    r"\d{4}[\-/.]\d{1,2}[\-/.]\d{1,2}|(?:\d{1,3}\.){3}\d{1,3})(?!\d|[\-/.]\d))"
)
_FADE = 0.003  # what each character between a cue and its value takes off the score
_SEPARATORS = str.maketrans("", "", " -./()\t\n ")


def compact(value: str) -> str:
    """Take the separators out and make it upper case, as checksums want it."""
    return value.translate(_SEPARATORS).upper()


class Shape(NamedTuple):
    """One way to write a kind of value, and how far to believe it.

    bare: score without a cue; cued: with the cue right beside it; failed: with a cue although the check fails.
    digits, longest, mixed, sign, words: what the message must hold for the pattern to run: so many digits, a run of
    so many, a letter beside a digit, this sign, one of these words. lead: what the value begins with, "9" for a
    digit (or + or a bracket), "A" for letters just before digits; the pattern is then tried there and nowhere else.
    """

    kind: str
    pattern: re.Pattern[str]
    cues: frozenset[str] = frozenset()
    bare: float = 0.0
    cued: float = 0.9
    check: Callable[[str], bool] | None = None
    failed: float = 0.0
    digits: int = 1
    longest: int = 0
    mixed: bool = False
    sign: str = ""
    words: frozenset[str] = frozenset()
    lead: str = ""


def shape(kind: str, pattern: str, cues: str = "", flags: int = re.IGNORECASE, **rest: Any) -> Shape:
    """Make a row: the pattern gets word boundaries, and `cues` names families with spaces between."""
    compiled = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", flags)
    return Shape(kind, compiled, frozenset(cues.split()), **rest)


class Recognizer(ABC):
    """Finds some kinds of value; without state, so one instance serves all threads."""

    kinds: ClassVar[tuple[str, ...]]
    country: ClassVar[str | None] = None
    context: ClassVar[tuple[str, ...]] = ()

    @property
    def name(self) -> str:
        """Name in explanations, and in Presidio's registry."""
        return type(self).__name__

    def ready(self, scan: Scan) -> bool:
        """Can anything match in this message? Must be cheap."""
        return scan.digits > 0

    @abstractmethod
    def spans(self, scan: Scan) -> Iterable[Span]:
        """Spans of this recogniser's kinds, possibly overlapping, each with its score."""

    def span(self, start: int, end: int, kind: str, score: float) -> Span:
        """Make a span that names this recogniser as its source."""
        return Span(start, end, kind, round(min(score, 1.0), 3), self.name)


class TableRecognizer(Recognizer):
    """A recogniser that is a table of shapes."""

    shapes: ClassVar[tuple[Shape, ...]]
    least: ClassVar[int]

    def __init_subclass__(cls) -> None:
        """Read the kinds from the table."""
        cls.kinds = tuple(dict.fromkeys(row.kind for row in cls.shapes))
        cls.least = min(row.digits for row in cls.shapes)

    def ready(self, scan: Scan) -> bool:
        """As many digits as the least of the rows needs."""
        return scan.digits >= self.least

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Every row that can match, checked and weighed by the cue nearest to it."""
        for row in self.shapes:
            if (
                scan.digits < row.digits
                or scan.longest < row.longest
                or (not row.bare and row.cues.isdisjoint(scan.families))
                or (row.mixed and not scan.mixed)
                or (row.words and row.words.isdisjoint(scan.words))
                or row.sign not in scan.text
            ):
                continue
            for match in _matches(row, scan):
                score = self.score(row, match, scan)
                if score >= LEAST:
                    yield self.span(match.start(), match.end(), row.kind, score)

    @staticmethod
    def score(row: Shape, match: re.Match[str], scan: Scan) -> float:
        """Belief in one match: its check, then the nearest cue."""
        valid = row.check is None or row.check(compact(match.group()))
        if not valid and not row.failed:
            return 0.0
        gap = scan.near(row.cues, match.start(), match.end()) if row.cues else None
        if gap is None:
            return row.bare if valid else 0.0
        return max(row.bare if valid else 0.0, (row.cued if valid else row.failed) - gap * _FADE)


def _matches(row: Shape, scan: Scan) -> Iterator[re.Match[str]]:
    """Give matches without overlap, tried only where the row's value can begin."""
    if not row.lead:
        yield from row.pattern.finditer(scan.text)
        return
    end = 0
    for start in scan.digit_starts if row.lead == "9" else scan.letter_starts:
        if start >= end and (match := row.pattern.match(scan.text, start)):
            end = match.end()
            yield match
