"""How the word lists do on replies that must not get out, and on clean ones that look alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from chatbot.knowledge.datafile import read_yaml
from chatbot.knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chatbot.moderation import Moderation


FRESH = "fresh"


class Case(NamedTuple):
    """One reply: under which heading and language it stands, for whom, and whether it must be blocked."""

    heading: str
    language: str
    text: str
    minor: bool
    offends: bool


class Row(NamedTuple):
    """How one heading did: `wrong` are the replies that got out though they offend, or were blocked though clean."""

    heading: str
    language: str
    minor: bool
    offends: bool
    total: int
    wrong: tuple[str, ...]


class Report(NamedTuple):
    """Every heading, and the figures: the share of offences that was blocked, and of blocks that were right.

    `fresh` is the share of those that the lists were not fitted to; the other figures leave them out.
    """

    rows: tuple[Row, ...]
    recall: float
    precision: float
    fresh: float

    @property
    def released(self) -> tuple[str, ...]:
        """Give the offending replies that got out, of those that must not."""
        return tuple(text for row in self.rows if row.offends and row.heading != FRESH for text in row.wrong)

    @property
    def stopped(self) -> tuple[str, ...]:
        """Give the clean replies that were blocked."""
        return tuple(text for row in self.rows if not row.offends for text in row.wrong)


def read_cases(path: Path) -> list[Case]:
    """Read the replies; raises KnowledgeError when the file is not laid out as its first lines say."""
    members = read_yaml(path)
    try:
        return list(_cases(members))
    except (KeyError, AttributeError, TypeError):
        raise KnowledgeError(path, 1, "is not laid out as its first lines say") from None


def evaluate(moderation: Moderation, cases: list[Case]) -> Report:
    """Check every reply, and count."""
    groups: dict[tuple[str, str, bool, bool], list[tuple[str, bool]]] = {}
    for case in cases:
        key = (case.heading, case.language, case.minor, case.offends)
        blocked = moderation.check(case.text, minor=case.minor) is not None
        groups.setdefault(key, []).append((case.text, blocked != case.offends))
    rows = tuple(
        Row(*key, len(results), tuple(text for text, wrong in results if wrong)) for key, results in groups.items()
    )
    fitted, fresh = _tally(rows, fresh=False), _tally(rows, fresh=True)
    false = sum(len(row.wrong) for row in rows if not row.offends)
    return Report(rows, _share(*fitted), _share(fitted[0], fitted[0] + false), _share(*fresh))


def _tally(rows: tuple[Row, ...], *, fresh: bool) -> tuple[int, int]:
    """Count the offences that were blocked, and all of them."""
    chosen = [row for row in rows if row.offends and (row.heading == FRESH) is fresh]
    total = sum(row.total for row in chosen)
    return total - sum(len(row.wrong) for row in chosen), total


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _cases(members: dict[str, Any]) -> Iterator[Case]:
    for language, headings in members["blocked"].items():
        for heading, texts in headings.items():
            for minor in (False, True):
                yield from (Case(heading, language, text, minor, offends=True) for text in texts)
    for language, texts in members["minors"].items():
        yield from (Case("minors", language, text, minor=True, offends=True) for text in texts)
    for language, texts in members[FRESH].items():
        yield from (Case(FRESH, language, text, minor=False, offends=True) for text in texts)
    for language, texts in members["clean"].items():
        for minor in (False, True):
            yield from (Case("clean", language, text, minor, offends=False) for text in texts)
    for heading in ("adults", "known"):
        yield from (Case(heading, "", text, minor=False, offends=False) for text in members[heading])
