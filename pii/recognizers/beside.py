"""Values that only their cue gives away: "my PIN is 3941", "IAS12HDK2 is my account id"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from pii.recognizers.base import Recognizer
from pii.recognizers.words import any_of, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pii.recognizers.scan import Scan
    from pii.recognizers.words import Cue
    from pii.spans import Span

_REACH = 48  # characters before a cue in which "VALUE is my" may stand
_IS_MY = re.compile(
    r"[\"'\u201d)]?\s{0,2}(?:\s(?:is|was|as|ist|war|are)\s|\s?[,=(\-]\s?)\s{0,2}"
    r"(?:my|the|our|your|for my|die|meine?|is my)?\s{0,2}$"
)
_LINK = re.compile(
    r"[:=#]|\s-\s|\b(?:is|was|are|it's|its|ist|lautet|est|es|é|è|era|set|be|as|ngu|yi|ke|reads|says)\b"
)
_TO = re.compile(r"(?<!\w)(?:to|no|as|under|nr|na|auf)(?!\w)")
_JOIN = re.compile(r"\W{0,4}(?:(?:changed|updated|set|switched)?\s?(?:to|no|nr|under|as)?\W{0,3})")
_ENDS = re.compile(r"\s{0,2}(?:$|[.,!?;\n]|(?:please|thanks|thank you|pls|asseblief|asb|bitte|danke|dankie)(?!\w))")
_OPENS = re.compile(
    r"(?:^|[,;:.!?/\n(]|(?<!\w)(?:and|with|en|und|met|mit|et|y|e))\s{0,2}"
    r"(?:(?:my|the|our|new|old|ons|nuwe|ou|die|das|mein|neues|altes|mijn|het|mon|le|la|mia|mi|a|minha)\s{1,2}){0,2}$"
)
_RIGHT_BEHIND = re.compile(r"[\s\"'\u201c(>]*")
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th)")
_UNIT = re.compile(r"\s?%|\s{1,2}" + any_of(load("words")["units"]) + r"(?!\w)")
_PREDICATES = frozenset(load("words")["predicates"])
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)?")


class Row(NamedTuple):
    """A kind, the cue families that announce it, the shape of its value.

    linked: "is", ":" or the like must stand between cue and value, unless the value holds a digit or a sign.
    words: the value is made of words, so that it must not begin as a sentence would.
    open_end: at the end of the message a link is not needed.
    alone: nor is it at the end of a statement that the cue itself begins, right behind it: "wifi password letmein",
        but not "reset my password tomorrow".
    """

    kind: str
    cues: frozenset[str]
    value: re.Pattern[str]
    score: float = 0.85
    linked: bool = False
    words: bool = False
    open_end: bool = False
    alone: bool = False


def beside(kind: str, cues: str, value: str, **rest: object) -> Row:
    """Make a row; the value gets word boundaries."""
    pattern = re.compile(rf"(?<!\w)(?:{value})(?![\w])")
    return Row(kind, frozenset(cues.split()), pattern, **rest)  # type: ignore[arg-type]


class BesideRecognizer(Recognizer):
    """A recogniser that is a table of `Row`s."""

    rows: ClassVar[tuple[Row, ...]]

    def __init_subclass__(cls) -> None:
        """Read the kinds from the table."""
        cls.kinds = tuple(dict.fromkeys(row.kind for row in cls.rows))

    def ready(self, scan: Scan) -> bool:
        """One of the cues is there, and a digit where every value needs one."""
        return any(row.words or scan.digits for row in self.rows) and bool(scan.cues)

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Values after their cue, then values before it."""
        for row in self.rows:
            if row.cues.isdisjoint(scan.families) or not (scan.digits or row.words):
                continue
            for cue, start in scan.after(row.cues):
                found = self._after(row, cue, start, scan) or self._before(row, cue, scan)
                if found:
                    yield self.span(*found, row.kind, row.score)

    @staticmethod
    def _after(row: Row, cue: Cue, start: int, scan: Scan) -> tuple[int, int] | None:
        match = row.value.match(scan.text, start)
        if not match or not match.group() or _UNIT.match(scan.lower, match.end()):
            return None
        between = scan.lower[cue.end : start]
        if row.words and _is_sentence(match.group()):
            return None
        ends = _ENDS.match(scan.lower, match.end()) is not None
        linked = not row.linked or _linked(row, match.group(), between, ends=ends)
        alone = row.alone and ends and _RIGHT_BEHIND.fullmatch(between) and _states(scan, cue.start, match.end())
        return match.span() if linked or alone else None

    @staticmethod
    def _before(row: Row, cue: Cue, scan: Scan) -> tuple[int, int] | None:
        left = max(0, cue.start - _REACH)
        link = _IS_MY.search(scan.lower, left, cue.start)
        if not link:
            return None
        matches = [m for m in row.value.finditer(scan.text, left, link.start()) if m.end() == link.start()]
        if not matches or (row.words and not (_coded(matches[-1].group()) and row.linked)):
            return None
        return matches[-1].span()


def _coded(value: str) -> bool:
    """Judge whether a digit or a sign stands in it that words do not have; "12th" is a word."""
    return any(c.isdigit() or c in "_@#$!*&^%" for c in value) and not _ORDINAL.fullmatch(value)


def _is_sentence(value: str) -> bool:
    """Judge whether the value begins as a sentence about the thing would."""
    first = _WORD.match(value)
    whole = first is not None and first.end() == len(value.split(maxsplit=1)[0].rstrip(".,;!?"))
    return first is not None and whole and first.group().lower() in _PREDICATES


def _states(scan: Scan, start: int, end: int) -> bool:
    """Judge whether a statement begins with what stands here, and does not ask."""
    asks = "?" in scan.text[end - 1 : end + 1]
    return not asks and _OPENS.search(scan.lower, max(0, start - _REACH), start) is not None


def _linked(row: Row, value: str, between: str, *, ends: bool) -> bool:
    """Judge what stands between cue and value: "is", a colon, "changed to"; less for codes and for last words."""
    if _LINK.search(between) or (row.open_end and ends):
        return True
    return (ends and _TO.search(between) is not None) or (_coded(value) and _JOIN.fullmatch(between) is not None)
