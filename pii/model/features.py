"""What the tagger sees of a word: hashed pieces of its spelling, its lists, its case and its neighbours' gaps.

A word becomes `WIDTH` bucket numbers (0 is padding) and one row of the word-vector table (0 is unknown). Spelling
pieces keep working where a word is new or mistyped; the vector carries what the word usually means.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, TypeAlias
from zlib import crc32

from pii.model.tokens import Token

WIDTH: Final = 30
OF_WORD: Final = 23  # up to seventeen spelling pieces, the rank, and the lists that the word is in
MAX_TRIGRAMS: Final = 8
FIXED: Final = 256  # buckets below this are named, those above are hashed
HASHED: Final = 24_320
BUCKETS: Final = FIXED + HASHED

_CASE, _FILE, _GAP, _SHAPE, _RANK, _LIST, _PLACE, _ASKED = 1, 16, 24, 40, 72, 96, 128, 140
_DIGITS: Final = re.compile(r"\d")
_RUNS: Final = re.compile(r"(d+)|(a+)|(x+)")
_LISTS: Final = 12  # bits of the list mask that are read
_LONGEST: Final = 24

Known: TypeAlias = Mapping[str, int]
"""Word in lower case -> vector row (20 bits), rank bucket (4 bits), list mask (the rest)."""

_ROW_BITS: Final = 20
_RANK_BITS: Final = 4
_NEW: Final = 15 << _ROW_BITS  # a word of no table: no vector, rank unknown, no list


def entry(row: int, rank: int, lists: int) -> int:
    """Return what `Known` holds of a word."""
    return row | rank << _ROW_BITS | lists << _ROW_BITS + _RANK_BITS


def _bucket(piece: str) -> int:
    return FIXED + crc32(piece.encode()) % HASHED


def spelling(lowered: str) -> list[int]:
    """Return the hashed pieces of a lower-cased word; digits count as one sign."""
    word = _DIGITS.sub("0", lowered[:_LONGEST])
    ends = range(1, min(4, len(word)) + 1)
    pieces = ["w" + word, *(f"p{word[:n]}" for n in ends), *(f"s{word[-n:]}" for n in ends)]
    marked = f"<{word}>"
    pieces += ["t" + marked[i : i + 3] for i in range(min(len(word), MAX_TRIGRAMS))]
    return [_bucket(piece) for piece in pieces]


def word_features(lowered: str, known: Known) -> tuple[int, tuple[int, ...]]:
    """Return the vector row and the buckets that depend on the word alone, whatever stands around it."""
    about = known.get(lowered, _NEW)
    row, rank, lists = about & 0xFFFFF, about >> _ROW_BITS & 15, about >> _ROW_BITS + _RANK_BITS
    pieces = spelling(lowered)
    pieces.append(_RANK + rank)
    pieces += [_LIST + bit for bit in range(_LISTS) if lists >> bit & 1]
    return row, tuple(pieces[:OF_WORD])


def _case(word: str) -> int:
    if word.isupper():
        return _CASE + (3 if len(word) == 1 else 2)
    if word.istitle():
        return _CASE + 1
    if word.islower():
        return _CASE
    return _CASE + (5 if word.isalpha() else 6)


def _shape(word: str) -> int | None:
    """Return a bucket for words with digits: how many, and how they mix with letters."""
    if word.isalpha() or not any(c.isdigit() for c in word):
        return None
    if word.isdigit():
        return _SHAPE + min(len(word), 14)
    mixed = "".join("d" if c.isdigit() else "a" if c.isalpha() else "x" for c in word)
    pattern = _RUNS.sub(lambda m: m.group()[0], mixed)
    order = ("da", "ad", "ada", "dad", "adad", "dada")
    return _SHAPE + 15 + (order.index(pattern) if pattern in order else len(order))


def _whole_case(text: str) -> int:
    if text.islower():
        return _FILE
    return _FILE + (1 if text.isupper() else 2)


def _gap(text: str, left: int, right: int) -> int:
    """Return how two tokens are set apart: 0 not at all, 1 by a space, 2 by a line break."""
    if left == right:
        return 0
    return 2 if "\n" in text[left:right] else 1


def context(text: str, tokens: Sequence[Token], *, asked: bool = False) -> list[tuple[int, ...]]:
    """Return for each token the buckets that depend on where it stands: case, shape, gaps, edges."""
    whole = _whole_case(text)
    gaps = [1, *(_gap(text, a.end, b.start) for a, b in pairwise(tokens)), 1]
    last = len(tokens) - 1
    found: list[tuple[int, ...]] = []
    for i, token in enumerate(tokens):
        word = token.word
        buckets = [_case(word), whole, _GAP + 3 * gaps[i] + gaps[i + 1]]
        shape = _shape(word)
        if shape is not None:
            buckets.append(shape)
        if i == 0:
            buckets.append(_PLACE)
        if i == last:
            buckets.append(_PLACE + 1)
        if asked:
            buckets.append(_ASKED)
        found.append(tuple(buckets))
    return found
