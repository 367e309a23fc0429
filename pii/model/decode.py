"""Probabilities of words into spans.

A word is personal when the probabilities of all reported kinds together reach the level of its likeliest kind, so
that a word that may be a person or a place is hidden either way. Neighbours of one kind join until a word that opens.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import numpy as np

from pii.model import labels
from pii.model.tokens import Token
from pii.spans import Span

SOURCE: Final = "names"
REPORTED: Final = tuple(kind for kind in labels.KINDS if kind != labels.ID_NUMBER)
_BEGINS: Final = np.array([labels.begin(kind) for kind in REPORTED])
_INSIDES: Final = _BEGINS + 1
_CODE: Final = labels.begin(labels.ID_NUMBER)
_SHORTEST_CODE: Final = 5
_CODE_SCORE: Final = 0.5  # below any rule that knows what the number is


class Decoder:
    """Reads spans off the probabilities of a strip of words; `least` is the level of each kind."""

    def __init__(self, least: Mapping[str, float]) -> None:
        self._least = np.array([least[kind] for kind in REPORTED], np.float32)
        self._least_code = least[labels.ID_NUMBER]

    def read(self, probabilities: np.ndarray, messages: Sequence[tuple[int, Sequence[Token]]]) -> list[list[Span]]:
        """Return the spans of each message of a strip; a message is its first row and its tokens."""
        mass = probabilities[:, _BEGINS] + probabilities[:, _INSIDES]
        total = mass.sum(axis=1)
        kinds = mass.argmax(axis=1)
        hits = total >= self._least[kinds]
        codes = ~hits & (probabilities[:, _CODE] + probabilities[:, _CODE + 1] >= self._least_code)
        if not (hits.any() or codes.any()):
            return [[] for _ in messages]
        every = np.arange(len(kinds))
        opens = probabilities[every, _BEGINS[kinds]] * 2 > mass[every, kinds]
        found = []
        for start, tokens in messages:
            part = slice(start, start + len(tokens))
            spans = _spans(
                tokens, _runs(np.flatnonzero(hits[part]), kinds[part], opens[part]), kinds[part], total[part]
            )
            found.append(sorted([*spans, *_codes(tokens, np.flatnonzero(codes[part]))]))
        return found


def _spans(
    tokens: Sequence[Token], runs: Iterable[tuple[int, int]], kinds: np.ndarray, total: np.ndarray
) -> Iterator[Span]:
    """Return a span for each run that holds a letter or digit of the message itself; its score is the mean."""
    for first, last in runs:
        words = [token for token in islice(tokens, first, last + 1) if token.end]
        if any(token.word[0].isalnum() for token in words):
            score = round(float(total[first : last + 1].mean()), 3)
            yield Span(words[0].start, words[-1].end, REPORTED[kinds[first]], score, SOURCE)


def _runs(places: np.ndarray, kinds: np.ndarray, opens: np.ndarray) -> Iterator[tuple[int, int]]:
    """Return first and last word of each span: neighbours of one kind, up to the next that opens."""
    first = last = -1
    for place in places.tolist():
        if last >= 0 and place == last + 1 and kinds[place] == kinds[first] and not opens[place]:
            last = place
            continue
        if last >= 0:
            yield first, last
        first = last = place
    if last >= 0:
        yield first, last


def _codes(tokens: Sequence[Token], places: np.ndarray) -> Iterator[Span]:
    """Return codes that carry letters; bare numbers are left to the rules, which know what they are."""
    for place in places.tolist():
        word, start, end = tokens[place]
        if end and len(word) >= _SHORTEST_CODE and not word.isdigit() and word.isalnum():
            yield Span(start, end, labels.ID_NUMBER, _CODE_SCORE, SOURCE)
