"""Phrases as one automaton over words: all of them are followed at once, one step a word.

    word ──> Phrases.moves ──> the places where a phrase may go on ──> an end: found

A `Walk` follows one reply. Its places remember where they began, which is how far a reply must be held back.
"""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from chatbot.moderation.grammar import Choice, Gap, parse
from chatbot.moderation.lexicon import STEM, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from chatbot.moderation.grammar import Item

NOTHING: Mapping[str, tuple[int, ...]] = MappingProxyType({})


class End(NamedTuple):
    """A phrase is complete here, unless one of these words comes next."""

    category: str
    unless: frozenset[str]


class Node:
    """A place in a phrase: which words lead on, where any word does, and what is reached without one.

    There are tens of thousands, and most lead on in one way: what one does not need, it does not make.
    """

    __slots__ = ("anything", "ends", "free", "stems", "words")

    def __init__(self) -> None:
        self.words: Mapping[str, tuple[int, ...]] = NOTHING
        self.stems: Mapping[str, tuple[int, ...]] = NOTHING
        self.anything: tuple[int, ...] = ()
        self.free: tuple[int, ...] = ()
        self.ends: tuple[End, ...] = ()

    def lead(self, item: str, target: int) -> None:
        """Let a word, or a stem, lead to another place."""
        if item.endswith(STEM):
            self.stems = _with(self.stems, item[: -len(STEM)], target)
        else:
            self.words = _with(self.words, item, target)


def _with(table: Mapping[str, tuple[int, ...]], key: str, target: int) -> Mapping[str, tuple[int, ...]]:
    return {**table, key: (*table.get(key, ()), target)}


class Phrases:
    """Every phrase that may not be said."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        self._nodes: list[Node] = []
        self._starts: list[tuple[int, frozenset[str]]] = []
        for text, category in phrases:
            phrase = parse(text)
            start = self._new()
            last = self._row(phrase.row, start)
            self._nodes[last].ends += (End(category, phrase.not_before),)
            self._starts.append((start, phrase.not_after))
        self._closed = [tuple(self._closure(number)) for number in range(len(self._nodes))]
        self.ends = [[end for each in closed for end in self._nodes[each].ends] for closed in self._closed]
        self._index()

    def starts(self, word: str) -> Iterator[tuple[int, frozenset[str]]]:
        """Give the places that a word leads to from the beginning, each with the words it must not follow."""
        yield from self._first.get(word, ())
        for length in self._first_lengths:
            yield from self._first_stems.get(word[:length], ()) if length <= len(word) else ()

    def begins(self, text: str) -> bool:
        """Tell whether a phrase may begin with a word that begins so."""
        return self._first_words.begins(text)

    def moves(self, place: int, word: str) -> Iterator[int]:
        """Give the places that a word leads to from another."""
        for number in self._closed[place]:
            node = self._nodes[number]
            yield from node.words.get(word, ())
            yield from node.anything
            for stem, targets in node.stems.items():
                if word.startswith(stem):
                    yield from targets

    def goes_on(self, place: int) -> bool:
        """Tell whether any word leads on from a place."""
        nodes = (self._nodes[number] for number in self._closed[place])
        return any(node.words or node.stems or node.anything for node in nodes)

    def _index(self) -> None:
        self._first: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
        self._first_stems: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
        for start, guard in self._starts:
            for number in self._closed[start]:
                for table, words in ((self._first, "words"), (self._first_stems, "stems")):
                    for word, targets in getattr(self._nodes[number], words).items():
                        table[word].extend((target, guard) for target in targets)
        self._first_lengths = sorted({len(stem) for stem in self._first_stems})
        self._first_words = Words(
            dict.fromkeys([*self._first, *(f"{stem}{STEM}" for stem in self._first_stems)], "_")
        )

    def _new(self) -> int:
        self._nodes.append(Node())
        return len(self._nodes) - 1

    def _row(self, row: Sequence[Item], start: int) -> int:
        for item in row:
            start = self._item(item, start)
        return start

    def _item(self, item: Item, start: int) -> int:
        if isinstance(item, Choice):
            return self._choice(item, start)
        if isinstance(item, Gap):
            return self._gap(item, start)
        target = self._new()
        self._nodes[start].lead(item, target)
        return target

    def _choice(self, choice: Choice, start: int) -> int:
        end = self._new()
        for row in choice.rows:
            self._nodes[self._row(row, start)].free += (end,)
        if choice.optional:
            self._nodes[start].free += (end,)
        return end

    def _gap(self, gap: Gap, start: int) -> int:
        end = self._new()
        for _ in range(gap.most):
            self._nodes[start].free += (end,)
            following = self._new()
            self._nodes[start].anything += (following,)
            start = following
        self._nodes[start].free += (end,)
        return end

    def _closure(self, start: int) -> list[int]:
        found, waiting = [start], [start]
        while waiting:
            for number in self._nodes[waiting.pop()].free:
                if number not in found:
                    found.append(number)
                    waiting.append(number)
        return found


class Found(NamedTuple):
    """What was found, and where it begins."""

    start: int
    category: str


class Walk:
    """One reply, word by word; sentences are read apart."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._places: dict[int, int] = {}
        self._waiting: list[tuple[int, End]] = []
        self._before: tuple[str, ...] = ()

    @property
    def held(self) -> int | None:
        """Where the earliest phrase began that may still become one of ours."""
        begun = [*self._places.values(), *(start for start, _ in self._waiting)]
        return min(begun) if begun else None

    def step(self, words: tuple[str, ...], start: int) -> Found | None:
        """Take the next word in its readings."""
        found = [Found(begun, end.category) for begun, end in self._waiting if not end.unless.intersection(words)]
        reached: dict[int, int] = {}
        for place, begun in self._places.items():
            for target in (target for word in words for target in self._phrases.moves(place, word)):
                reached[target] = min(begun, reached.get(target, begun))
        for target, guard in (each for word in words for each in self._phrases.starts(word)):
            if not guard.intersection(self._before):
                reached.setdefault(target, start)
        self._waiting = []
        for place, begun in reached.items():
            for end in self._phrases.ends[place]:
                if end.unless:
                    self._waiting.append((begun, end))
                else:
                    found.append(Found(begun, end.category))
        self._places = {place: begun for place, begun in reached.items() if self._phrases.goes_on(place)}
        self._before = words
        return min(found) if found else None

    def end_sentence(self) -> Found | None:
        """Forget what was begun; a phrase that waited for its next word is complete."""
        found = [Found(begun, end.category) for begun, end in self._waiting]
        self._places, self._waiting, self._before = {}, [], ()
        return min(found) if found else None
