"""Terms that are hidden wherever they stand: a session's own values, and the always-hide list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pii.datafiles import common_words, particles
from pii.normalise import normalise
from pii.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = re.compile(r"\w+")
_SHORTEST_NAME = 3
_SHORTEST_VALUE = 4
_PERSON = "PERSON"
_NAMES = frozenset({"PERSON", "ORGANIZATION", "LOCATION"})


class Term(NamedTuple):
    """A term to hide; `capital` ones only when written with a capital."""

    folded: str
    length: int
    kind: str
    capital: bool = False


Terms = dict[str, tuple[Term, ...]]  # by the first word, case-folded


class Known:
    """Finds terms in any case, at word bounds, in one walk over the words of a text."""

    __slots__ = ("_by_first", "_score", "_source")

    def __init__(self, source: str, *, score: float = 0.8, terms: Terms | None = None) -> None:
        self._source = source
        self._score = score
        self._by_first: Terms = dict(terms or {})

    def __bool__(self) -> bool:
        return bool(self._by_first)

    def copy(self) -> Known:
        """Give an independent index of the same terms."""
        return Known(self._source, score=self._score, terms=self._by_first)

    def add(self, value: str, kind: str, *, capital: bool = False) -> None:
        """Find this value from now on; with `capital` only when it is written with one."""
        first = _WORD.search(value)
        if first:
            plain = value[first.start() :]
            known = self._by_first.get(first[0].casefold(), ())
            term = Term(plain.casefold(), len(plain), kind, capital)
            if term not in known:
                self._by_first[first[0].casefold()] = (*known, term)

    def learn(self, kind: str, value: str) -> None:
        """Find a value of a session again, a name also by each of its parts.

        Names that are common words count only when capitalised; particles ("van") never do alone.
        """
        plain = normalise(value).text.strip()
        parts = {part for part in _WORD.findall(plain) if not part.isdigit()} if kind == _PERSON else set()
        shortest = _SHORTEST_NAME if kind == _PERSON else _SHORTEST_VALUE
        for each in (plain, *parts):
            folded = each.casefold()
            if len(each) >= shortest and folded not in particles():
                self.add(each, kind, capital=kind in _NAMES and _is_common(folded))

    def find(self, text: str) -> Iterator[Span]:
        """Find each term in normalised text."""
        if not self._by_first:
            return
        for word in _WORD.finditer(text):
            for term in self._by_first.get(word[0].casefold(), ()):
                end = word.start() + term.length
                whole = text[word.start() : end].casefold() == term.folded and _ends_word(text, end)
                if whole and not (term.capital and word[0].islower()):
                    yield Span(word.start(), end, term.kind, self._score, self._source)


def _is_common(word: str) -> bool:
    return word in common_words() or word.removesuffix("s") in common_words()


def _ends_word(text: str, end: int) -> bool:
    return end >= len(text) or not (text[end].isalnum() or text[end] == "_") or not text[end - 1].isalnum()
