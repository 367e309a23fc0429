"""A reply read as it arrives. What leaves may be said; what could still become an offence is held back.

The text is read in segments: what stands between blanks and brackets. A segment that is complete is looked up, word
by word and as a whole. Of the last, incomplete one, only what cannot become part of a finding leaves. So the outcome
is the same however the text is cut into pieces, and a word that is plainly harmless does not wait for its end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

from chatbot.moderation.folding import beginnings, fold, readings
from chatbot.moderation.lexicon import Lexicon
from chatbot.moderation.phrases import Found, Phrases, Walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chatbot.moderation.folding import Folded
    from chatbot.moderation.lists import Group, Shared

LONGEST = 120  # characters; what is longer is no word and is read in parts
APART = r"\s/,;:()\[\]{}<>\"“”„«»=…—–?&~"  # noqa: RUF001 — dashes and quotes of running text
PART = re.compile(rf"(?P<segment>[^{APART}]{{1,{LONGEST}}})|[{APART}]")
SOLID = re.compile(r"[^\W_]|[@$€]|[^\x00-\x7f]")
WORD = re.compile(r"[^\W\d_]+")
PLAIN = re.compile(r"[A-Za-z]+|[^\x00-\x7f]")
OUTSIDE = ".!*_-'\N{RIGHT SINGLE QUOTATION MARK}#%|+`^"  # round a word, never part of it
SENTENCE_END = re.compile(rf"[.!][{re.escape(OUTSIDE)}]*$")
ENDING = frozenset("?\n\r…")
MOST_SPELLED = 16


class Blocked(NamedTuple):
    """What was found; the text before it may be shown."""

    category: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What may not be said to somebody."""

    lexicon: Lexicon
    phrases: Phrases
    signs: frozenset[str]

    @classmethod
    def of(cls, groups: Iterable[Group], shared: Shared) -> Self:
        """Make rules from lists of words; raises PhraseError for a phrase that cannot be read."""
        groups = list(groups)
        words = {word: group.category for group in groups for word in group.words if " " not in word}
        core = {word: group.category for group in groups for word in group.core}
        lexicon = Lexicon(words, core, shared.glued, shared.leet)
        rows = [(text, group.category) for group in groups for text in group.phrases]
        rows += [(text, group.category) for group in groups for text in group.words if " " in text]
        return cls(lexicon, Phrases([*rows, *lexicon.split(shared.ordinary)]), shared.signs)

    def may_begin(self, word: str) -> bool:
        """Tell whether a finding may begin with a word that begins so."""
        return self.lexicon.begins(word) or any(map(self.phrases.begins, beginnings(word)))


class Screen:
    """Reads one reply; `blocked` says what was found, and from then on nothing leaves."""

    def __init__(self, rules: Rules) -> None:
        self.blocked: Blocked | None = None
        self._rules, self._walk = rules, Walk(rules.phrases)
        self._text = ""  # from `_base` on, in characters of the whole reply
        self._base = self._read = self._gone = 0
        self._spelled: list[tuple[str, int]] = []

    def feed(self, piece: str) -> str:
        """Take the next piece and give all that can leave now."""
        if self.blocked:
            return ""
        self._text += piece
        for start, text in self._complete(at_end=False):
            if found := self._segment(text, start) if text else self._between(start):
                return self._stop(found)
        return self._leave(self._free())

    def close(self) -> str:
        """End the reply and give what was held back, as far as it may be said."""
        if self.blocked:
            return ""
        for start, text in self._complete(at_end=True):
            if found := self._segment(text, start) if text else self._between(start):
                return self._stop(found)
        found = self._walk.end_sentence()
        return self._stop(found) if found else self._leave(self._base + len(self._text))

    def _complete(self, *, at_end: bool) -> Iterator[tuple[int, str]]:
        """Give each complete segment with its place, and each sign between two with an empty text."""
        for match in PART.finditer(self._text, self._read - self._base):
            segment = match["segment"] or ""
            if segment and match.end() == len(self._text) and len(segment) < LONGEST and not at_end:
                return
            self._read = self._base + match.end()
            yield self._base + match.start(), segment

    def _between(self, start: int) -> Found | None:
        return self._walk.end_sentence() if self._text[start - self._base] in ENDING else None

    def _segment(self, text: str, start: int) -> Found | None:
        """Look a segment up: its words, what they continue, what hides in it as a whole."""
        folded = fold(text)
        found = list(self._words(folded, start))
        first = SOLID.search(folded.text)
        if first:
            solid = folded.text[first.start() :].rstrip(OUTSIDE)
            begin = start + folded.origin[first.start()]
            if not solid.isalpha() and (category := self._rules.lexicon.disguised(solid)):
                found.append(Found(begin, category))
            alone = folded.origin[first.start()] == folded.origin[first.start() + len(solid) - 1]
            found += self._spelling(solid if alone else "", begin)
        found += [Found(start + place, "sign") for place, sign in enumerate(text) if sign in self._rules.signs]
        if SENTENCE_END.search(text) and (last := self._walk.end_sentence()):
            found.append(last)
        return min(found) if found else None

    def _words(self, folded: Folded, start: int) -> Iterator[Found]:
        words = [(match[0], start + folded.origin[match.start()]) for match in WORD.finditer(folded.text)]
        for word, place in words:
            if category := self._rules.lexicon.word(word):
                yield Found(place, category)
        if len(words) == 2 and folded.text.count("-") == 1:  # noqa: PLR2004 — a pair: `bomb-proof` is one word
            words = [(f"{words[0][0]}{words[1][0]}", words[0][1])]
            if category := self._rules.lexicon.word(words[0][0]):
                yield Found(words[0][1], category)
        for word, place in words:
            if found := self._walk.step(readings(word), place):
                yield found

    def _spelling(self, alone: str, start: int) -> list[Found]:
        """Follow letters that stand alone; whatever is longer comes as empty and ends the spelling."""
        letter = self._rules.lexicon.letter(alone)
        if not letter:
            self._spelled = []
            return []
        self._spelled = [*self._spelled, (letter, start)][-MOST_SPELLED:]
        letters = "".join(each for each, _ in self._spelled)
        tails = ((letters[begin:], place) for begin, (_, place) in enumerate(self._spelled))
        return [Found(place, name) for tail, place in tails if (name := self._rules.lexicon.spelled(tail))]

    def _free(self) -> int:
        """Say up to where the text may leave."""
        rest = self._text[self._read - self._base :]
        held = [self._read + self._open(rest) if rest else self._read]
        if (phrase := self._walk.held) is not None:
            held.append(phrase)
        if self._spelled and not re.match(r"\W*[A-Za-z]{2}", rest):
            letters = "".join(letter for letter, _ in self._spelled)
            spells = self._rules.lexicon.spells
            held += [place for begin, (_, place) in enumerate(self._spelled) if spells(letters[begin:])][:1]
        return min(held)

    def _open(self, rest: str) -> int:
        """Say how much of an incomplete segment cannot become part of a finding."""
        first = SOLID.search(rest)
        if first is None:
            return len(rest)
        begin = first.start()
        if not PLAIN.match(rest, begin):
            return begin  # a digit or a sign may stand for a letter
        for match in PLAIN.finditer(rest, begin):
            alone = match.start() == begin and len(match[0]) == 1
            if alone or not match[0].isascii() or self._rules.may_begin(match[0].lower()):
                return match.start()
        return len(rest)

    def _stop(self, found: Found) -> str:
        self.blocked = Blocked(found.category)
        return self._leave(found.start)

    def _leave(self, end: int) -> str:
        """Let the text go up to a place; an incomplete segment stays, to be read whole later."""
        end = max(end, self._gone)  # what has left is gone, even where something begins that is held now
        leaving = self._text[self._gone - self._base : end - self._base]
        self._gone = end
        keep = min(self._gone, self._read)
        self._text, self._base = self._text[keep - self._base :], keep
        return leaving
