"""The knowledge file at one moment: passages in memory, their vectors as matrices, the full-text index behind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chatbot.knowledge.encoder import SIZE
from chatbot.knowledge.space import Space
from chatbot.knowledge.store import rows
from chatbot.knowledge.words import WORD, Vocabulary, plain

if TYPE_CHECKING:
    import sqlite3

    from numpy.typing import NDArray

    from chatbot.knowledge.store import Row
    from chatbot.knowledge.words import Group, Query

MATCHES = "SELECT rowid, -bm25(passage_index, 3.0, 1.5, 1.0, 2.0) FROM passage_index WHERE passage_index MATCH ?"
WORDING_MATCHES = "SELECT rowid FROM passage_index WHERE passage_index MATCH ?"
VECTOR_SIZE = 256
SHORTEST_BEGINNING = 4  # letters from which on an unknown word also matches longer words


class Lexical(NamedTuple):
    """What the full-text index says.

    For each passage: bm25, and the share of ideas that the passage, or its wordings alone, have; rare ideas weigh
    more. And once: the share of ideas that no passage has.
    """

    words: NDArray[np.float64]
    coverage: NDArray[np.float64]
    wording_coverage: NDArray[np.float64]
    unknown: float


@dataclass(frozen=True)
class Snapshot:
    """Everything that a search compares with; `version` is the file's state that it was read from."""

    version: int
    rows: list[Row]
    real_words: frozenset[str]

    @classmethod
    def read(cls, connection: sqlite3.Connection, version: int, real_words: frozenset[str]) -> Snapshot:
        """Read the whole file."""
        return cls(version, rows(connection), real_words)

    @cached_property
    def static(self) -> Space:
        """The passages as static vectors."""
        return Space.read([row.static for row in self.rows], VECTOR_SIZE)

    @cached_property
    def sense(self) -> Space:
        """The passages as sentence vectors."""
        return Space.read([row.sense for row in self.rows], SIZE)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Every word of the knowledge base."""
        text = " ".join(
            f"{row.passage.title} {row.passage.heading} {row.passage.text} {row.asked}" for row in self.rows
        )
        return Vocabulary(frozenset(WORD.findall(plain(text))), self.real_words)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {row.number: place for place, row in enumerate(self.rows)}

    def lexical(self, connection: sqlite3.Connection, query: Query) -> Lexical:
        """Ask the full-text index; words are quoted, so that nothing typed is taken as its query language."""
        shape = (len(query.groups), len(self.rows))
        anywhere, in_wording = np.zeros(shape, bool), np.zeros(shape, bool)
        bm25 = np.zeros(len(self.rows))
        for number, group in enumerate(query.groups):
            expression = self._expression(group)
            for rowid, score in connection.execute(MATCHES, (expression,)):
                anywhere[number, self._places[rowid]] = True
                bm25[self._places[rowid]] += score
            for (rowid,) in connection.execute(WORDING_MATCHES, (f"{{heading title asked}}: ({expression})",)):
                in_wording[number, self._places[rowid]] = True
        rarity = _rarity(anywhere)
        return Lexical(bm25, rarity @ anywhere, rarity @ in_wording, _unknown(anywhere))

    def _expression(self, group: Group) -> str:
        unknown = group.word not in self.vocabulary.words and len(group.word) >= SHORTEST_BEGINNING
        words = [f'"{word}"' for word in (group.word, *group.alternatives)]
        return " OR ".join([*words, f'"{group.word}"*'] if unknown else words)


def _unknown(matches: NDArray[np.bool_]) -> float:
    return 1.0 - float(matches.any(axis=1).mean()) if len(matches) else 1.0


def _rarity(matches: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weigh each idea by how few passages have it (inverse document frequency), as shares of one."""
    found = matches.sum(axis=1)
    weights = np.log1p((matches.shape[1] - found + 0.5) / (found + 0.5))
    return np.asarray(weights / (weights.sum() or 1.0))
