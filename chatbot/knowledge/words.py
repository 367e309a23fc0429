"""From a question to search terms: stop words out, typing errors mended, translations and synonyms added."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from chatbot.knowledge.datafile import read_yaml
from chatbot.knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
PLACEHOLDER = re.compile(r"[<\u2039][A-Z_]+_\d+[>\u203a]")
MOST_TERMS = 24  # a question's terms; more only costs time
SHORTEST_MENDED = 4  # letters; shorter words have too many neighbours
TWO_SLIPS = 8  # letters from which on two slips are likely the same word


class Group(NamedTuple):
    """One idea of the question: the word as typed and what else says the same; any of them counts."""

    word: str
    alternatives: tuple[str, ...]


class Query(NamedTuple):
    """What is looked for.

    The ideas; the words as typed, mended; the same with what they bring along; what a model that only knows English
    can read of it; whether it asks for a known gap.
    """

    groups: tuple[Group, ...]
    typed: str
    text: str
    english: str
    gap: bool = False


@dataclass(frozen=True)
class Words:
    """What is known about words.

    Stop words of all languages, and those that show that it is not English; words that point back to the question
    before; words that introduce a personal detail; gaps that no page fills, as words and as whole questions; and for
    a typed word, phrase or beginning, what to look for besides.
    """

    stopwords: frozenset[str]
    foreign: frozenset[str]
    pointing: frozenset[str]
    details: frozenset[str]
    gaps: frozenset[str]
    unanswered: tuple[str, ...]
    exact: dict[str, tuple[str, ...]]
    endings: dict[str, tuple[str, ...]]

    @classmethod
    def read(cls, path: Path) -> Words:
        """Read words.yaml; raises KnowledgeError."""
        members = read_yaml(path)
        stop, terms = members.get("stopwords"), members.get("terms")
        if not isinstance(stop, dict) or not isinstance(terms, dict):
            raise KnowledgeError(path, 1, "needs `stopwords:` by language and `terms:`")
        pointing, details, gaps = (_plain_list(path, members, name) for name in ("pointing", "details", "gaps"))
        unanswered = tuple(_texts(path, members, "unanswered"))
        exact: dict[str, tuple[str, ...]] = {}
        endings: dict[str, tuple[str, ...]] = {}
        for sought, typed in terms.items():
            if not isinstance(typed, list) or not all(isinstance(word, str) for word in typed):
                raise KnowledgeError(path, 1, f"`{sought}` needs a list of words in square brackets")
            for word in map(plain, typed):
                table, key = (endings, word[:-1]) if word.endswith("*") else (exact, word)
                table[key] = (*table.get(key, ()), *plain(str(sought)).split())
        by_language = {language: frozenset(WORD.findall(plain(words))) for language, words in stop.items()}
        stopwords = frozenset[str]().union(*by_language.values())
        return cls(
            stopwords,
            stopwords - by_language.get("en", frozenset()),
            pointing,
            details,
            gaps,
            unanswered,
            exact,
            endings,
        )

    def query(self, question: str, vocabulary: Vocabulary) -> Query:
        """Give what a question looks for; placeholders are left out, for they say nothing about a topic."""
        text, details = PLACEHOLDER.subn(" ", question)
        mended = [self._mend(word, vocabulary) for word in WORD.findall(plain(text))]
        if details:
            mended = [word for word in mended if word not in self.details]
        groups = [self._group(word) for word in mended if word not in self.stopwords]
        phrases = _phrases(mended)
        groups += [Group(phrase, self.exact[phrase]) for phrase in phrases if phrase in self.exact]
        unique = {group.word: group for group in groups if len(group.word) > 1}
        added = [word for group in unique.values() for word in group.alternatives]
        gap = not self.gaps.isdisjoint((*mended, *phrases))
        known = [word for word in mended if word in vocabulary.words and word not in self.stopwords]
        english = [*known, *added] if added and not self.foreign.isdisjoint(mended) else mended
        typed, text = " ".join(mended), " ".join([*mended, *added])
        return Query(tuple(unique.values())[:MOST_TERMS], typed, text, " ".join(english), gap)

    def points_back(self, question: str) -> bool:
        """Tell whether a question can only be understood with the one before: "and how does it work?"."""
        words = WORD.findall(plain(question))
        named = [word for word in words if word not in self.stopwords and word not in self.pointing]
        return len(named) <= 1 and not self.pointing.isdisjoint(words)

    def _mend(self, word: str, vocabulary: Vocabulary) -> str:
        return word if word in self.stopwords or self._besides(word) else vocabulary.mend(word)

    def _group(self, word: str) -> Group:
        return Group(word, tuple(dict.fromkeys(self._besides(word))))

    def _besides(self, word: str) -> tuple[str, ...]:
        by_ending = (self.endings.get(word[:end], ()) for end in range(3, len(word) + 1))
        return (*self.exact.get(word, ()), *(other for found in by_ending for other in found))


@dataclass(frozen=True)
class Vocabulary:
    """The words of the knowledge base, to mend typing errors; `real` are words that stand as they are."""

    words: frozenset[str]
    real: Collection[str] = frozenset()

    @cached_property
    def _by_start(self) -> dict[tuple[str, int], list[str]]:
        table: dict[tuple[str, int], list[str]] = {}
        for word in sorted(self.words):
            table.setdefault((word[0], len(word)), []).append(word)
        return table

    def mend(self, word: str) -> str:
        """Give the nearest known word: same first letter, one slip of the finger (two in long words)."""
        if len(word) < SHORTEST_MENDED or word in self.words or word in self.real or not word.isalpha():
            return word
        slips = 1 if len(word) < TWO_SLIPS else 2
        lengths = range(len(word) - slips, len(word) + slips + 1)
        near = [other for length in lengths for other in self._by_start.get((word[0], length), ())]
        best = min(((distance(word, other), other) for other in near), default=(slips + 1, word))
        return best[1] if best[0] <= slips else word


def _plain_list(path: Path, members: dict[str, Any], name: str) -> frozenset[str]:
    return frozenset(map(plain, _texts(path, members, name)))


def _texts(path: Path, members: dict[str, Any], name: str) -> list[str]:
    if not isinstance(members.get(name), list):
        raise KnowledgeError(path, 1, f"`{name}:` needs a list of words in square brackets")
    return list(map(str, members[name]))


def _phrases(words: list[str]) -> list[str]:
    return [" ".join(words[start : start + size]) for size in (2, 3) for start in range(len(words) - size + 1)]


def plain(text: str) -> str:
    """Lower-case and without accents, as the index has it."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def flat(text: str) -> str:
    """Words only, plain, as questions are compared."""
    return " ".join(WORD.findall(plain(text)))


def distance(one: str, other: str) -> int:
    """Count the slips between two words: a letter added, left out, changed, or swapped with its neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, counterpart in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != counterpart))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == counterpart:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
