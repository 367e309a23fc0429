"""Find the passages that answer a question: full text and meaning, ranks fused, score calibrated.

question -> words (stop words, typing errors, translations) -> FTS5 bm25 -------------------+
                                                            -> static vectors: text, wordings +-> ranks -> score
                                                            -> sentence vectors: the same ----+
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from chatbot.knowledge.embedding import Embedder
from chatbot.knowledge.encoder import Encoder
from chatbot.knowledge.excerpt import MOST_SENTENCES, excerpt
from chatbot.knowledge.score import FEATURES, Score
from chatbot.knowledge.snapshot import Snapshot
from chatbot.knowledge.store import connect_reader
from chatbot.knowledge.words import Words
from chatbot.settings import data_folder

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from chatbot.knowledge.passages import Passage
    from chatbot.knowledge.snapshot import Lexical
    from chatbot.knowledge.words import Query

RANK_OFFSET = 10  # damps the lead of the first ranks; 60 is usual for large collections
CANDIDATES = 12  # passages that are scored
BM25_HALF = 6.0  # the bm25 that counts as one half
SAME_FROM = 0.7  # cosine from which on two wordings begin to count as the same
LONGEST_QUESTION = 4_000  # characters


@dataclass(frozen=True)
class Hit:
    """A passage that may answer.

    `score` says how sure that is (0..1), `rank` counts from 1, `answers` is whether the score reaches the
    calibrated threshold, `excerpt` holds the sentences that fit the question best, `doubt` is the score from which on
    a guess is worth showing.
    """

    passage: Passage
    score: float
    rank: int
    answers: bool
    excerpt: str
    doubt: float = 0.5

    @property
    def maybe(self) -> bool:
        """Worth showing, with a word of doubt."""
        return not self.answers and self.score >= self.doubt


class _Found(NamedTuple):
    """The candidates, one row of features (see FEATURES) for each, and what was looked for."""

    passages: list[Passage]
    features: NDArray[np.float64]
    query: Query


class Knowledge:
    """The knowledge base, opened for searching; thread-safe, reads a new ingestion by itself.

    `search` computes for about six milliseconds: call it in a thread.
    """

    def __init__(self, path: Path, words: Words, score: Score) -> None:
        self._path = path
        self._words = words
        self._score = score
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._snapshot = Snapshot(-1, [], frozenset())

    @classmethod
    def open(cls, path: Path, data: Path | None = None) -> Self:
        """Prepare a search over the file at `path`, with the word lists and weights of the folder `data`.

        Nothing big is loaded before the first search or `warm`.
        """
        data = data or data_folder()
        return cls(path, Words.read(data / "search" / "words.yaml"), Score.read(data / "search" / "score.yaml"))

    @property
    def threshold(self) -> float:
        """The score below which a hit is no answer."""
        return self._score.threshold

    def warm(self) -> int:
        """Load everything now; gives the number of passages. Raises FileNotFoundError before any ingestion."""
        with self._lock:
            snapshot, _ = self._current()
            if snapshot.rows:
                _ = snapshot.static, snapshot.sense, self._unanswered
            return len(snapshot.rows)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            self._snapshot = Snapshot(-1, [], frozenset())

    def search(self, question: str, limit: int = 4, before: str = "", sentences: int = MOST_SENTENCES) -> list[Hit]:
        """Give the best passages, surest first; none when the question holds no word.

        `before` is the question before. When this one points back ("how does it work?"), both together are looked for
        too, and what is surer counts. `sentences` bounds the excerpts; above the usual three a passage comes whole.
        """
        hits = self._hits(question, limit, sentences)
        if before and self._words.points_back(question):
            hits = max(hits, self._hits(f"{before} {question}", limit, sentences), key=_surest)
        return hits

    def features(self, question: str) -> tuple[list[str], NDArray[np.float64]]:
        """Give the candidates' passage ids and features, to fit the score on."""
        found = self._look(question)
        return [passage.id for passage in found.passages], found.features

    def _look(self, question: str) -> _Found:
        with self._lock:
            snapshot, connection = self._current()
            query = self._words.query(question[:LONGEST_QUESTION], snapshot.vocabulary)
            if not snapshot.rows or not query.text:
                return _Found([], np.zeros((0, len(FEATURES))), query)
            lexical = snapshot.lexical(connection, query)
        return self._weigh(snapshot, lexical, query)

    def _hits(self, question: str, limit: int, sentences: int) -> list[Hit]:
        found = self._look(question)
        chances = self._score.probability(found.features)
        best = np.argsort(-self._score.shares(found.features), kind="stable")[:limit]
        quote = partial(excerpt, query=found.query, embedder=self._embedder, most=sentences)
        ranked = enumerate(best, 1)
        return [self._hit(found.passages[place], float(chances[place]), rank, quote) for rank, place in ranked]

    def _hit(self, passage: Passage, chance: float, rank: int, quote: Callable[[str], str]) -> Hit:
        quoted = quote(passage.text)
        return Hit(passage, round(chance, 4), rank, chance >= self.threshold, quoted, self._score.doubt)

    def _weigh(self, snapshot: Snapshot, lexical: Lexical, query: Query) -> _Found:
        """Choose the candidates by fused ranks, and give what each search saw in them."""
        typed, full = self._embedder.embed([query.typed, query.text])
        meaning = snapshot.static.texts @ full
        wording = np.maximum(snapshot.static.nearest_wording(typed), snapshot.static.nearest_wording(full))
        said = self._encoder.encode([query.english])[0]
        sense, wording_sense = snapshot.sense.texts @ said, snapshot.sense.nearest_wording(said)
        fused = _fused_ranks([lexical.words, meaning, wording, sense, wording_sense])
        places = np.argsort(-fused, kind="stable")[:CANDIDATES]
        seen = {
            "meaning": meaning,
            "wording_meaning": wording,
            "sense": sense,
            "sense_stands_out": _above_mean(sense),
            "wording_sense": wording_sense,
            "wording_sense_stands_out": _above_mean(wording_sense),
            "same_wording": np.clip((wording - SAME_FROM) / (1 - SAME_FROM), 0, 1),
            "coverage": lexical.coverage,
            "wording_coverage": lexical.wording_coverage,
            "unknown": np.full(len(meaning), lexical.unknown),
            "gap": np.full(len(meaning), query.gap),
            "gap_sense": np.full(len(meaning), np.max(self._unanswered @ said, initial=0.0)),
            "words": lexical.words / (lexical.words + BM25_HALF),
            "fused": fused,
            "ideas": np.full(len(meaning), np.log1p(len(query.groups))),
        }
        features = np.stack([seen[name][places] for name in FEATURES], axis=1).astype(np.float64)
        return _Found([snapshot.rows[place].passage for place in places], features, query)

    @cached_property
    def _embedder(self) -> Embedder:
        return Embedder.load()

    @cached_property
    def _encoder(self) -> Encoder:
        return Encoder.load()

    @cached_property
    def _unanswered(self) -> NDArray[np.float32]:
        """The questions that no page answers, as sentence vectors."""
        return self._encoder.encode(self._words.unanswered)

    def _current(self) -> tuple[Snapshot, sqlite3.Connection]:
        """Give the file's present state; read again only when another connection has changed it."""
        if self._connection is None:
            self._connection = connect_reader(self._path)
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._snapshot.version:
            self._snapshot = Snapshot.read(self._connection, version, self._embedder.words)
        return self._snapshot, self._connection


def _surest(hits: list[Hit]) -> float:
    return hits[0].score if hits else 0.0


def _above_mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give how far each value lies above the mean, in standard deviations."""
    return np.asarray((values - values.mean()) / (values.std() or 1.0))


def _fused_ranks(scores: list[NDArray[Any]]) -> NDArray[np.float64]:
    """Fuse rankings by the sum of reciprocal ranks, as a share of the best possible (first in all).

    Cormack, Clarke, Büttcher: Reciprocal rank fusion outperforms Condorcet (SIGIR 2009).
    """
    fused = np.zeros(len(scores[0]))
    for score in scores:
        ranks = np.argsort(np.argsort(-score, kind="stable"), kind="stable")
        fused += np.where(score > 0, 1.0 / (RANK_OFFSET + ranks), 0.0)
    return np.asarray(fused * RANK_OFFSET / len(scores))
