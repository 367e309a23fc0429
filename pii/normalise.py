"""Text as the finders read it: hidden characters gone, look-alikes as ASCII, each offset mapped back.

Only for finding: what is replaced and kept is always cut from the text as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pii.spans import Span

# ASCII and the Latin letters of European languages need no work.
_ODD = re.compile("[^\x00-\x7f\u00c0-\u024f]")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_LATIN = re.compile("[A-Za-z]")
_OTHER_LETTER = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")
_MARK = "\N{COMBINING GRAVE ACCENT}"  # stands for any combining mark in the answer of `_plain`
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u180e")  # letters and marks that show nothing
_BY_CATEGORY = {"Zs": " ", "Pd": "-", "Mn": _MARK}
_LINE_ENDS = frozenset("\u2028\u2029\u0085")


def _lookalikes() -> dict[str, str]:
    """Read the table; ValueError from zip or split means a damaged package."""
    rows = (Path(__file__).parent / "data" / "lookalikes.txt").read_text(encoding="utf-8").splitlines()
    pairs = (row.split(" ") for row in rows if row and not row.startswith("#"))
    return {other: plain for plain, others in pairs for other in others}


_TABLE = _lookalikes()
_LETTERS = {other: plain for other, plain in _TABLE.items() if plain.isalpha()}
_SIGNS = {other: plain for other, plain in _TABLE.items() if not plain.isalpha()}


class Normal(NamedTuple):
    """Normalised text; `origin` gives each character's place in the typed text, None when equal."""

    text: str
    origin: Sequence[int] | None = None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Find a stretch in the typed text, with the dropped characters inside and right after it."""
        if self.origin is None:
            return start, end
        return self.origin[start], max(self.origin[end], self.origin[end - 1] + 1)

    def back(self, span: Span) -> Span:
        """Move a span onto the typed text."""
        start, end = self.place(span.start, span.end)
        return span._replace(start=start, end=end)

    def all_back(self, spans: Iterable[Span]) -> Iterator[Span]:
        """Move ordered, disjoint spans; two halves of one typed character stay with the first."""
        done = 0
        for span in map(self.back, spans):
            if span.end > done:
                yield span if span.start >= done else span._replace(start=done)
                done = span.end


def normalise(text: str) -> Normal:
    """Give the text as finders read it; plain text costs one scan and comes back itself."""
    if text.isascii() or not _ODD.search(text):
        return Normal(text)
    characters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        plain = character if character.isascii() else _plain(character)
        if plain == _MARK:
            _put_mark(characters, character)
            continue
        characters.extend(plain)
        origin.extend([index] * len(plain))
    origin.append(len(text))
    return Normal(_latinise("".join(characters)), origin)


def storable(text: str) -> str:
    """Replace what no database or UTF-8 stream can carry: the null character and halves of surrogate pairs."""
    return text if text.isascii() and "\0" not in text else _UNSTORABLE.sub("\ufffd", text)


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """Say what one character reads as: nothing, ASCII, a mark on the letter before, or itself."""
    if character in _SIGNS:
        return _SIGNS[character]
    if character in _LINE_ENDS:
        return "\n"
    category = unicodedata.category(character)
    if category == "Cf" or character in _FILLERS or "\ufe00" <= character <= "\ufe0f":
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in _BY_CATEGORY:
        return _BY_CATEGORY[category]
    folded = unicodedata.normalize("NFKC", character)
    return folded if folded.isascii() or (len(folded) == 1 and folded.isalpha()) else character


def _put_mark(characters: list[str], mark: str) -> None:
    """Compose a mark with the letter before it; on plain letters and digits an odd mark is dropped."""
    if not characters:
        return
    whole = unicodedata.normalize("NFC", characters[-1] + mark)
    if len(whole) == 1:
        characters[-1] = whole


def _latinise(text: str) -> str:
    """Turn Cyrillic and Greek look-alikes into Latin where the word, or the whole text, is Latin."""
    others = set(_OTHER_LETTER.findall(text))
    if not others:
        return text
    if others <= _LETTERS.keys() and _LATIN.search(text):
        return _swap(text)
    return _WORD.sub(lambda match: _swap(match[0]) if _LATIN.search(match[0]) else match[0], text)


def _swap(text: str) -> str:
    return "".join(_LETTERS.get(character, character) for character in text)
