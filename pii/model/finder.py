"""The trained finder of names and addresses: text in, spans out, on one core in a fraction of a millisecond.

    text -> tokens -> features (Python) -> probabilities (onnxruntime, without the GIL) -> spans

Messages of a batch go through the graph together, end to end, with empty rows between. Nothing is cut
off: a text of any length is read in windows that overlap by what the tagger can see.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Self, TypeAlias

import numpy as np
import onnxruntime

from pii.model.decode import Decoder
from pii.model.features import WIDTH, Known, context, word_features
from pii.model.stored import FOLDER, Weights, load
from pii.model.tokens import Token, tokenise
from pii.spans import Span

_WINDOW: Final = 2048  # words that go through the graph at once
_QUESTION: Final = 24  # last words of the question before that are looked at
_CACHED: Final = 20_000
_NOTHING: Final = (0,) * WIDTH

Rows: TypeAlias = tuple[list[int], list[tuple[int, ...]]]


class _Message(NamedTuple):
    tokens: list[Token]  # those of the question have end 0
    rows: list[int]
    buckets: list[tuple[int, ...]]


class NameFinder:
    """Finds persons, addresses, places, organisations, user names and secrets; safe for threads."""

    name = "names"

    def __init__(self, weights: Weights) -> None:
        """Prepare the graph; one thread inside, since callers bring their own."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(weights.graph, options, providers=["CPUExecutionProvider"])
        self._known: Known = weights.known
        self._decoder = Decoder(weights.least)
        self._gap, self._reach = weights.gap, weights.reach
        self._seen: dict[str, tuple[int, tuple[int, ...]]] = {}  # words of the public table only: nobody's message
        self.version = weights.version

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Self:
        """Return the finder with the weights of the package; raises `WeightsError`."""
        return cls(load(folder))

    def find(self, text: str, question: str | None = None) -> list[Span]:
        """Return what is personal in a text, perhaps the answer to a question."""
        return self.find_batch([text], [question])[0]

    def find_batch(self, texts: Sequence[str], questions: Sequence[str | None] | None = None) -> list[list[Span]]:
        """Return what is personal in each text."""
        asked = questions if questions is not None else [None] * len(texts)
        messages = [self._message(text, question) for text, question in zip(texts, asked, strict=True)]
        found: list[list[Span]] = []
        for group in _groups(messages, self._gap):
            found.extend(self._read(group))
        return found

    def _word(self, word: str) -> tuple[int, tuple[int, ...]]:
        seen = self._seen.get(word)
        if seen is None:
            seen = word_features(word, self._known)
            if word in self._known and len(self._seen) < _CACHED:
                self._seen[word] = seen
        return seen

    def _part(self, text: str, tokens: list[Token], *, asked: bool = False) -> Rows:
        rows, buckets = [], []
        for token, around in zip(tokens, context(text, tokens, asked=asked), strict=True):
            row, pieces = self._word(token.word.lower())
            rows.append(row)
            full = pieces + around
            buckets.append(full + _NOTHING[len(full) :])
        return rows, buckets

    def _message(self, text: str, question: str | None) -> _Message:
        tokens = tokenise(text)
        rows, buckets = self._part(text, tokens)
        if not question:
            return _Message(tokens, rows, buckets)
        before = tokenise(question)[-_QUESTION:]
        more_rows, more_buckets = self._part(question, before, asked=True)
        hidden = [Token("", 0, 0)] * len(before)
        return _Message(hidden + tokens, more_rows + rows, more_buckets + buckets)

    def _read(self, group: list[_Message]) -> list[list[Span]]:
        """Put several messages through the graph as one strip."""
        rows: list[int] = []
        buckets: list[tuple[int, ...]] = []
        starts = []
        for message in group:
            starts.append(len(rows))
            rows += message.rows + [0] * self._gap
            buckets += message.buckets + [_NOTHING] * self._gap
        probabilities = self._run(np.array(buckets, np.int32).reshape(-1, WIDTH), np.array(rows, np.int32))
        return self._decoder.read(probabilities, [(s, m.tokens) for s, m in zip(starts, group, strict=True)])

    def _run(self, buckets: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return probabilities, in overlapping windows where the strip is long."""
        if len(rows) <= _WINDOW:
            result: np.ndarray = self._session.run(None, {"buckets": buckets, "rows": rows})[0]
            return result
        parts = []
        for start in range(0, len(rows), _WINDOW):
            left = max(0, start - self._reach)
            seen = slice(left, start + _WINDOW + self._reach)
            part = self._session.run(None, {"buckets": buckets[seen], "rows": rows[seen]})[0]
            parts.append(part[start - left : start - left + _WINDOW])
        return np.concatenate(parts)


def _groups(messages: list[_Message], gap: int) -> Iterator[list[_Message]]:
    """Cut a batch where it would outgrow one window."""
    group: list[_Message] = []
    size = 0
    for message in messages:
        if group and size + len(message.rows) > _WINDOW:
            yield group
            group, size = [], 0
        group.append(message)
        size += len(message.rows) + gap
    if group:
        yield group
