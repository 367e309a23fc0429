"""Training messages as arrays: the features of each word, and which labels its set allows for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pii.model import features, labels
from pii.model.tokens import tokenise
from pii.model.train.example import FREE, Example

OUT = 1  # the bit of label O
ALL = (1 << len(labels.LABELS)) - 1
LISTED = (72, 108)  # buckets of rank and lists, which a hidden word loses


def kind_bits(kinds: frozenset[str]) -> int:
    """Return the bits of both labels of each kind."""
    return sum(3 << labels.begin(kind) for kind in kinds)


@dataclass
class Arrays:
    """Words of all messages end to end; message i is `starts[i]:starts[i + 1]`."""

    buckets: np.ndarray
    rows: np.ndarray
    allowed: np.ndarray
    starts: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        """Return the number of words of each message."""
        return np.diff(self.starts)


class Encoder:
    """Turns messages into arrays, remembering words (training text only, never in service)."""

    def __init__(self, known: features.Known) -> None:
        self._known = known
        self._cache: dict[str, tuple[int, tuple[int, ...]]] = {}

    def _word(self, word: str) -> tuple[int, tuple[int, ...]]:
        found = self._cache.get(word)
        if found is None:
            found = self._cache[word] = features.word_features(word, self._known)
        return found

    def encode(self, text: str, *, asked: bool = False) -> tuple[list[int], list[list[int]], list[tuple[int, int]]]:
        """Return vector rows, buckets and places of the words of a text."""
        tokens = tokenise(text)
        rows, buckets = [], []
        for token, around in zip(tokens, features.context(text, tokens, asked=asked), strict=True):
            row, pieces = self._word(token.word.lower())
            full = [*pieces, *around]
            rows.append(row)
            buckets.append(full + [0] * (features.WIDTH - len(full)))
        return rows, buckets, [(t.start, t.end) for t in tokens]


def _allowed(places: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int, str]], plain: int) -> Iterator[int]:
    for start, end in places:
        span = next((s for s in spans if s[0] < end and start < s[1]), None)
        if span is None:
            yield plain
        elif span[2] == FREE:
            yield ALL
        else:
            first = not any(span[0] < e and s < start for s, e in places if e <= start and e > span[0])
            yield 1 << (labels.begin(span[2]) if first else labels.inside(span[2]))


def pack(examples: Sequence[Example], encoder: Encoder) -> Arrays:
    """Encode all messages; a question before goes in front and carries no loss."""
    rows: list[np.ndarray] = []
    buckets: list[np.ndarray] = []
    allowed: list[np.ndarray] = []
    for example in examples:
        text, spans = example.labelled()
        r, b, places = encoder.encode(text)
        a = list(_allowed(places, spans, OUT | kind_bits(example.open_kinds)))
        if example.question:
            qr, qb, _ = encoder.encode(example.question, asked=True)
            r, b, a = qr + r, qb + b, [ALL] * len(qr) + a
        rows.append(np.array(r, np.int32))
        buckets.append(np.array(b, np.uint16).reshape(-1, features.WIDTH))
        allowed.append(np.array(a, np.uint32))
    starts = np.concatenate([[0], np.cumsum([len(r) for r in rows])])
    return Arrays(np.concatenate(buckets), np.concatenate(rows), np.concatenate(allowed), starts)
