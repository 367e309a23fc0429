"""Terms that are hidden wherever they stand: a session's own values, and the always-hide list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pii.normalise import normalise
from pii.spans import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_WORD = re.compile(r"\w+")
_SHORTEST_NAME = 3
_SHORTEST_VALUE = 4
_NAME = "PERSON"
_SCORE = 0.8  # below a finder that is sure, so that its name stands as the source


class Term(NamedTuple):
    """A term to hide; `capital` ones only when written with a capital."""

    folded: str
    length: int
    kind: str
    capital: bool = False


class Known:
    """Finds terms in any case, at word bounds, in one walk over the words of a text."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._by_first: dict[str, list[Term]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_first)

    def add(self, value: str, kind: str, *, capital: bool = False) -> None:
        """Hide this value from now on."""
        first = _WORD.search(value)
        if first:
            plain = value[first.start() :]
            terms = self._by_first.setdefault(first[0].casefold(), [])
            term = Term(plain.casefold(), len(plain), kind, capital)
            if term not in terms:
                terms.append(term)

    def find(self, text: str) -> Iterator[Span]:
        """Find each term in the normalised text."""
        if not self._by_first:
            return
        for word in _WORD.finditer(text):
            for term in self._by_first.get(word[0].casefold(), ()):
                end = word.start() + term.length
                whole = text[word.start() : end].casefold() == term.folded and _ends_word(text, end)
                if whole and not (term.capital and word[0].islower()):
                    yield Span(word.start(), end, term.kind, _SCORE, self._source)


def of_values(values: Iterable[tuple[str, str]], common: Collection[str], particles: Collection[str]) -> Known:
    """Index (kind, value) pairs of a session, names also by each part.

    Common words count only when capitalised; particles ("van") never do alone.
    """
    known = Known("session")
    for kind, value in values:
        plain = normalise(value).text.strip()
        parts = {part for part in _WORD.findall(plain) if not part.isdigit()} if kind == _NAME else set()
        shortest = _SHORTEST_NAME if kind == _NAME else _SHORTEST_VALUE
        for each in (plain, *parts):
            folded = each.casefold()
            if len(each) >= shortest and folded not in particles:
                known.add(each, kind, capital=folded in common)
    return known


def _ends_word(text: str, end: int) -> bool:
    return end >= len(text) or not (text[end].isalnum() or text[end] == "_") or not text[end - 1].isalnum()
