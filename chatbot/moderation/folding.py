"""How a word can be read: without case and hidden characters, without accents, unstretched, its signs as letters."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from pii.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TRIPLE = re.compile(r"(.)\1{2,}")
DOUBLE = re.compile(r"(.)\1+")
# Letters that are no letter and a mark, small capitals, and Greek that reads as Latin.
OTHER_LATIN = str.maketrans(
    "øłđħŧıƒɡ\u1d00\u0299\u1d04\u1d05\u1d07\ua730\u0262\u029c\u026a\u1d0b\u029f\u1d0d\u0274\u1d0f\u1d18\u0280\ua731\u1d1b\u1d1c\u1d20\u1d21\u028f\u1d22\u03ba\u03b7\u03c9",
    "oldhtifgabcdefghiklmnoprstuvwyzknw",
)
MOST_READINGS = 8


class Folded(NamedTuple):
    """A text as it is looked up; `origin` gives each character's place in the text as it was said."""

    text: str
    origin: Sequence[int]


def fold(text: str) -> Folded:
    """Take away case, hidden characters and look-alike letters; accents stay."""
    if text.isascii():
        return Folded(text.lower(), range(len(text)))
    normal = normalise(text)
    origin = range(len(text)) if normal.origin is None else normal.origin
    folded = [(letter, origin[index]) for index, each in enumerate(normal.text) for letter in each.casefold()]
    return Folded("".join(letter for letter, _ in folded), [place for _, place in folded])


def unaccented(word: str) -> str:
    """Take the accents away: `é` is read as `e`."""
    parts = unicodedata.normalize("NFD", word.translate(OTHER_LATIN))
    return "".join(part for part in parts if not unicodedata.combining(part))


def readings(word: str) -> tuple[str, ...]:
    """Give a folded word, and what else it may be: unaccented; a letter said three times as one or two."""
    if word.isascii() and not TRIPLE.search(word):
        return (word,)
    plain = (word,) if word.isascii() else (word, unaccented(word))
    stretched = (TRIPLE.sub(shorter, each) for each in plain for shorter in (r"\1", r"\1\1"))
    return tuple(dict.fromkeys((*plain, *stretched)))


def beginnings(text: str) -> tuple[str, ...]:
    """Give the readings of a word's beginning; its last letter may be about to be said a third time."""
    once = readings(text[:-1]) if text[-1:] == text[-2:-1] else ()
    return (*readings(text), *once)


def unstretched(word: str) -> str:
    """Give the word with each repeated letter once."""
    return DOUBLE.sub(r"\1", word) if DOUBLE.search(word) else word


def undisguised(text: str, leet: Mapping[str, str]) -> Iterator[str]:
    """Read signs and digits as letters, and once more leave the signs out; nothing when hardly a letter is real."""
    marks = sum(sign in leet for sign in text)
    if sum(letter.isalpha() for letter in text) < max(marks, 1):
        return
    yield from _joined(text, leet)
    if marks and not any(sign.isdigit() for sign in text):
        yield from _joined(text, {})


def _joined(text: str, leet: Mapping[str, str]) -> list[str]:
    words = [""]
    for sign in unaccented(text):
        letters = sign if sign.isalpha() else leet.get(sign, "")
        if not letters and sign.isdigit():
            return []
        if letters:
            words = [word + letter for word in words for letter in letters][:MOST_READINGS]
    return words
