"""One cheap look at a message, which decides what rules can match at all.

text ──► words, digits, signs ──► quiet?  yes: nothing to do
no: cues by place, asked by the rules as near(), after()
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

from pii.recognizers.words import WORD, Cue, CueIndex, any_of, load, stem

if TYPE_CHECKING:
    from collections.abc import Iterator

BEFORE, AFTER = 60, 24  # characters within which a cue speaks for a value
ASKED = 20  # how far a question seems from its answer
_DIGITS = re.compile(r"\d+")
_MIXED = re.compile(r"[A-Za-z]\d|\d[A-Za-z]")
_INDEX = CueIndex(load("cues"))
_ASKED = CueIndex(load("cues") | load("questions"))
_SENTENCE = re.compile(r"[^.?!\n]{1,400}[.?!\n]{0,3}")
_ASKS = re.compile(rf"(?<!\w){any_of(load('words')['asking'])}(?!\w)")
_FEW = 6  # words that ask by themselves: "Username:"
_LISTS = load("words")
_DOTTED = re.compile(r"\w\.\w")
_LEADS = re.compile(r"(?<!\w)(?:[^\W\d_]{1,6}[ .\-])?([^\W\d_]{1,6}[ .\-]?)$")
_LED = 16  # characters that may lead to a digit
_NUMBER_WORDS = frozenset().union(*load("spoken").values())
_NAMES = load("names")
_OPENINGS = CueIndex({key: _NAMES[key] for key in ("openers", "weak", "closings")}, rare=True).words
_LOUD = _INDEX.words | _NUMBER_WORDS | _OPENINGS | frozenset(_LISTS["triggers"]) | frozenset(_LISTS["titles"])
_FILLER = re.compile(r"(?:[\s:;,=#\-\u2013>(\"'\u201c\u201d.*!]|\b" + any_of(_LISTS["fillers"]) + r"(?!\w)){0,16}")
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
        if "'" in text or "\u2019" in text:
            self.words |= set(map(stem, self.words))
        self._runs = [match.span() for match in _DIGITS.finditer(text)]
        lengths = [end - start for start, end in self._runs]
        self.digits = sum(lengths)
        self.longest = max(lengths, default=0)

    @cached_property
    def quiet(self) -> bool:
        """Nothing in the message can start any rule."""
        loud = self.digits or self.question or self.signs or not self.words.isdisjoint(_LOUD)
        return not loud and not any(_starts_name(word) for word in self.words)

    @cached_property
    def signs(self) -> bool:
        """A sign that begins a value without digits: @, a URL, a dotted name, a spelled name."""
        return "@" in self.text or "." in self.text or "-" in self.text or "_" in self.text or "://" in self.text

    @cached_property
    def mixed(self) -> bool:
        """A letter beside a digit stands somewhere."""
        return _MIXED.search(self.text) is not None

    @cached_property
    def dotted(self) -> bool:
        """A dot stands inside a word, as in a domain."""
        return _DOTTED.search(self.text) is not None

    @cached_property
    def digit_starts(self) -> list[int]:
        """Places where a number begins: at its first digit, and at a + or bracket before it."""
        found = []
        for start, _ in self._runs:
            first = start
            while first and self.text[first - 1] in "+(":
                first -= 1
            if first < start:
                found.append(first)
            if not start or not _is_word(self.text[start - 1]):
                found.append(start)
        return found

    @cached_property
    def letter_starts(self) -> list[int]:
        """Places where one or two short words of letters lead to a digit, as on a number plate."""
        found: list[int] = []
        for start, _ in self._runs:
            left = max(found[-1] + 1 if found else 0, start - _LED)
            found += [start - len(word) for word in _leads(self.text[left:start])]
        return found

    @cached_property
    def number_words(self) -> bool:
        """A digit said in words stands somewhere."""
        return not self.words.isdisjoint(_NUMBER_WORDS)

    @cached_property
    def cues(self) -> list[Cue]:
        """Every cue of the message, in order."""
        return _INDEX.find(self.lower) if self.words & _INDEX.words else []

    @cached_property
    def families(self) -> frozenset[str]:
        """Families of all cues, of the message and of the question before."""
        return frozenset().union(*(cue.families for cue in self.cues), self.asked)

    @cached_property
    def asked(self) -> frozenset[str]:
        """Families that the question before asks for."""
        if not self.question:
            return frozenset()
        return frozenset().union(*(cue.families for cue in _ASKED.find(_asking(lower(self.question)))))

    def near(self, families: frozenset[str], start: int, end: int) -> int | None:
        """Distance in characters to the nearest cue of `families`; None when none speaks for this place."""
        if families.isdisjoint(self.families):
            return None
        best = None if families.isdisjoint(self.asked) else ASKED
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


def _starts_name(word: str) -> bool:
    """Judge a spelled letter, or a word that a name is joined to."""
    return (len(word) == 1 and word not in "ai") or word.startswith(_NAMES["prefixes"])


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _leads(before: str) -> list[str]:
    """Give what leads to a digit: the last two words and the last one, as texts up to the digit."""
    match = _LEADS.search(before)
    if not match:
        return []
    return [match.group(), match[1]] if match.start(1) > match.start() else [match.group()]


def _asking(text: str) -> str:
    """Take the part of what was said before that asks: its last question, and its requests."""
    sentences = _SENTENCE.findall(text)
    questions = [each for each in sentences if "?" in each]
    asking = [each for each in sentences if each in questions[-1:] or _ASKS.search(each)]
    return " ".join(asking) if asking or len(text.split()) > _FEW else text
