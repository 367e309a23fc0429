"""Names that their surroundings give away: "my name is …", titles, initials, farewells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pii.recognizers.base import Recognizer
from pii.recognizers.words import any_of, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pii.recognizers.scan import Scan
    from pii.spans import Span

_LISTS = load("names")
_TITLES = any_of(load("words")["titles"])
_NEVER = frozenset(_LISTS["never"])
_PARTICLES = frozenset(_LISTS["particles"])
_WORD = re.compile(r"[^\W\d_][^\W\d_'’]*(?:[\-'’][^\W\d_]+)*\.?")
_OPENER = re.compile(rf"(?<![\w'’])({any_of(_LISTS['openers'])})[\s:,\"'“]{{0,3}}(?=[^\W\d_])")
_WEAK = re.compile(rf"(?<![\w'’])({any_of(_LISTS['weak'])})\s{{1,2}}(?=[^\W\d_])")
_SPEAKING = re.compile(rf"(?:\s|,\s?){any_of(_LISTS['speaking'])}(?!\w)")
_CLOSING = re.compile(rf"(?<![\w'’])({any_of(_LISTS['closings'])})[\s,!.\-–:]{{1,4}}([^\W\d_][\w'’\-. ]{{1,40}})[\s.!]{{0,3}}$")
_TITLE = re.compile(rf"(?<![\w'’])({_TITLES})\.?\s{{1,2}}(?=[^\W\d_])")
_INITIALS = re.compile(
    r"(?<![\w.&])(?:[A-Z]\.[ \-]?){1,4}(?:(?:van|von|der|de|du|den|la|le|Janse)\s){0,3}[A-Z][^\W\d_A-Z][^\W\d_]{1,24}(?:-[A-Z][^\W\d_]{1,24})?(?!\w)"
)
_NOT_INITIALS = re.compile(r"(?:P\.\s?O|U\.\s?[SK]|E\.\s?U|R\.\s?S\.\s?A|S\.\s?A|I\.\s?[DT]|A\.\s?I|Q|A|I)\.")
_MOST = 4  # words in a name
_NGU = ("ngu", "ngingu", "ndingu")


class CuedNameRecognizer(Recognizer):
    """Persons after openers, before "speaking", after farewells, behind titles and initials."""

    kinds = ("PERSON",)
    context = ("name", "naam", "igama", "mr", "mrs", "dr")

    def ready(self, scan: Scan) -> bool:
        """Any words at all: `quiet` has dropped messages without an opener."""
        return bool(scan.words)

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Each surrounding in turn."""
        cased = scan.text != scan.lower
        for match in _OPENER.finditer(scan.lower):
            yield from self._taken(scan, match.end(), 0.85, capital=False)
        for match in _WEAK.finditer(scan.lower):
            yield from self._weak(scan, match)
        for match in _TITLE.finditer(scan.lower):
            yield from self._taken(scan, match.end(), 0.85, capital=cased, least=2)
        yield from self._closing(scan)
        for match in _INITIALS.finditer(scan.text) if "." in scan.text else ():
            if not _NOT_INITIALS.match(match.group()):
                yield self.span(match.start(), match.end(), "PERSON", 0.7)

    def _taken(self, scan: Scan, start: int, score: float, *, capital: bool, least: int = 2) -> Iterator[Span]:
        end = name_end(scan, start, capital=capital)
        if end - start >= least:
            yield self.span(start, end, "PERSON", score)

    def _weak(self, scan: Scan, match: re.Match[str]) -> Iterator[Span]:
        """ "I'm Thandi", "this is jane speaking": a capital, or somebody who speaks."""
        end = name_end(scan, match.end(), capital=False)
        if end <= match.end():
            return
        spoken = _SPEAKING.match(scan.lower, end)
        capital = name_end(scan, match.end(), capital=True)
        if spoken and not scan.lower.endswith("ing", match.end(), end):
            yield self.span(match.end(), end, "PERSON", 0.85)
        elif capital > match.end() and scan.text[match.end() : capital].upper() != scan.text[match.end() : capital]:
            yield self.span(match.end(), capital, "PERSON", 0.6)

    def _closing(self, scan: Scan) -> Iterator[Span]:
        tail = max(0, len(scan.text) - 80)
        match = _CLOSING.search(scan.lower, tail)
        if match:
            end = name_end(scan, match.start(2), capital=False)
            whole = not scan.text[end:].strip(" .!\n")
            capital = scan.text[match.start(2)].isupper()
            if whole and end > match.start(2) and (capital or "\n" in scan.text[match.end(1) : match.start(2)]):
                yield self.span(match.start(2), end, "PERSON", 0.7)


def name_end(scan: Scan, start: int, *, capital: bool) -> int:
    """Where a name that begins at `start` ends; `start` itself when no name begins there."""
    end, here, taken = start, start, 0
    lowered = scan.text[start : start + 1].islower()
    while taken < _MOST and (match := _WORD.match(scan.text, here)):
        word = match.group().rstrip(".")
        plain = word.lower()
        particle = plain in _PARTICLES
        if not particle and (plain in _NEVER or ((capital or not lowered) and not word[0].isupper())):
            break
        initial = len(word) == 1 and match.group().endswith(".")
        here = end_here = match.start() + len(word) + initial
        if not particle:
            end = end_here
            taken += 1
        if scan.text[here : here + 1] != " " or (match.group().endswith(".") and not initial):
            break
        here += 1
        if lowered and taken >= 2 and not particle:  # noqa: PLR2004 — lower-cased text gives no sign where a name ends
            break
    return end
