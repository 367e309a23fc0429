"""One cheap look at a message, which decides what rules can match at all.

text ──► words, digits, signs ──► quiet?  yes: nothing to do
no: cues by place, asked by the rules as near(), after()
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

from pii.recognizers.words import WORD, Cue, CueIndex, any_of, load

if TYPE_CHECKING:
    from collections.abc import Iterator

BEFORE, AFTER = 60, 24  # characters within which a cue speaks for a value
_DIGITS = re.compile(r"\d+")
_MIXED = re.compile(r"[A-Za-z]\d|\d[A-Za-z]")
_INDEX = CueIndex(load("cues"))
_LISTS = load("words")
_NUMBER_WORDS = frozenset().union(*load("spoken").values())
_LOUD = _INDEX.first_words | _NUMBER_WORDS | frozenset(_LISTS["triggers"]) | frozenset(_LISTS["titles"])
_FILLER = re.compile(r"(?:[\s:;,=#\-–>(\"'“”.*!]|\b" + any_of(_LISTS["fillers"]) + r"(?!\w)){0,16}")
_BREAK = re.compile(r"[.;!?]\s|\n")
_FOLLOWS = 12  # a cue after the value is this much further away than one before


def lower(text: str) -> str:
    """Lower case without moving any offset."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


class Scan:
    """What is known of one message before any rule runs; built once and shared by all of them."""

    def __init__(self, text: str, question: str | None = None) -> None:
        """Look at the words and digits of `text`; `question` is what was asked just before."""
        self.text = text
        self.lower = lower(text)
        self.question = question
        self.words = set(WORD.findall(self.lower))
        runs = _DIGITS.findall(text)
        self.digits = sum(map(len, runs))
        self.longest = max(map(len, runs), default=0)

    @cached_property
    def quiet(self) -> bool:
        """Nothing in the message can start any rule."""
        return not self.digits and self.words.isdisjoint(_LOUD) and not self.signs and not self.question

    @cached_property
    def signs(self) -> bool:
        """A sign that begins a value without digits: @, a URL, a dotted name, a spelled name."""
        return "@" in self.text or "." in self.text or "-" in self.text or "_" in self.text or "://" in self.text

    @cached_property
    def mixed(self) -> bool:
        """A letter beside a digit stands somewhere."""
        return _MIXED.search(self.text) is not None

    @cached_property
    def number_words(self) -> bool:
        """A digit said in words stands somewhere."""
        return not self.words.isdisjoint(_NUMBER_WORDS)

    @cached_property
    def cues(self) -> list[Cue]:
        """Every cue of the message, in order."""
        return _INDEX.find(self.lower) if self.words & _INDEX.first_words else []

    @cached_property
    def families(self) -> frozenset[str]:
        """Families of all cues, of the message and of the question before."""
        return frozenset().union(*(cue.families for cue in self.cues), self.asked)

    @cached_property
    def asked(self) -> frozenset[str]:
        """Families that the question before asks for."""
        if not self.question:
            return frozenset()
        return frozenset().union(*(cue.families for cue in _INDEX.find(lower(self.question))))

    def near(self, families: frozenset[str], start: int, end: int) -> int | None:
        """Distance in characters to the nearest cue of `families`; None when none speaks for this place."""
        if families.isdisjoint(self.families):
            return None
        best = None if families.isdisjoint(self.asked) else BEFORE
        first = bisect_left(self._starts, start - BEFORE)
        last = bisect_left(self._starts, end + AFTER)
        for cue in self.cues[first:last]:
            if families.isdisjoint(cue.families):
                continue
            gap = self._gap(cue, start, end)
            if gap is not None and (best is None or gap < best):
                best = gap
        return best

    def _gap(self, cue: Cue, start: int, end: int) -> int | None:
        if cue.end <= start:
            crossed = _BREAK.search(self.text, cue.end, start)
            return start - cue.end + (BEFORE // 3 if crossed and crossed.end() < start - 1 else 0)
        if cue.start < end:
            return None
        crossed = _BREAK.search(self.text, end, cue.start)
        return None if crossed else cue.start - end + _FOLLOWS

    @cached_property
    def _starts(self) -> list[int]:
        return [cue.start for cue in self.cues]

    def after(self, families: frozenset[str]) -> Iterator[tuple[Cue, int]]:
        """Each cue of `families`, with the place where its value would begin (fillers skipped)."""
        for cue in self.cues:
            if not families.isdisjoint(cue.families):
                match = _FILLER.match(self.lower, cue.end)
                yield cue, match.end() if match else cue.end


def letters(text: str) -> str:
    """Leading run of letters of `text`."""
    return "".join(takewhile(str.isalpha, text))
