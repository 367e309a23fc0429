"""Cue phrases and word lists, read from data files and checked once."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_FAMILY_NAME = re.compile(r"[a-z_]{2,20}")


class WordListError(ValueError):
    """A word list file is not shaped as this module needs it."""


class Cue(NamedTuple):
    """One cue phrase in a text: where it stands and what it announces."""

    start: int
    end: int
    families: frozenset[str]


@cache
def load(name: str) -> dict[str, tuple[str, ...]]:
    """Read `data/<name>.toml`: tables of phrases (by language or plain) under a family; all lower case."""
    table = tomllib.loads(files("pii.recognizers").joinpath(f"data/{name}.toml").read_text("utf-8"))
    return {family: phrases(name, family, value) for family, value in table.items()}


def phrases(name: str, family: str, value: object) -> tuple[str, ...]:
    """Check the phrases of one family; WordListError tells the file, the family and what is wrong."""
    lists: list[Any] = list(value.values()) if isinstance(value, dict) else [value]
    if not _FAMILY_NAME.fullmatch(family) or not all(isinstance(each, list) for each in lists):
        raise WordListError(f"{name}.toml: [{family}] must hold lists of phrases")
    found = [phrase for each in lists for phrase in each]
    for phrase in found:
        if not isinstance(phrase, str) or not phrase.strip() or phrase != phrase.lower():
            raise WordListError(f"{name}.toml: [{family}] holds {phrase!r}: phrases are lower-case words")
    return tuple(dict.fromkeys(found))


def any_of(words: tuple[str, ...] | list[str]) -> str:
    """Make a pattern for one of these words, the longest first; a space matches any run of spaces."""
    ordered = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s{1,3}") for word in ordered) + ")"


class CueIndex:
    """Finds cue phrases by one word of each: one dictionary look-up a word of the text.

    `rare` indexes by the longest word instead of the first, so that "in prison" costs nothing where "in" stands;
    phrases may then overlap.
    """

    def __init__(self, families: dict[str, tuple[str, ...]], *, rare: bool = False) -> None:
        """Index every phrase of every family; of phrases with the same word, the longest comes first."""
        merged: dict[str, set[str]] = {}
        for family, each in families.items():
            for phrase in each:
                merged.setdefault(phrase, set()).add(family)
        self._by_word: dict[str, list[tuple[int, str, frozenset[str]]]] = {}
        for phrase in sorted(merged, key=len, reverse=True):
            words = list(WORD.finditer(phrase))
            if words:
                key = max(words, key=lambda word: len(word.group())) if rare else words[0]
                entry = (key.start(), phrase, frozenset(merged[phrase]))
                self._by_word.setdefault(key.group(), []).append(entry)
        self.words = frozenset(self._by_word)
        self._overlap = rare

    def find(self, lower: str) -> list[Cue]:
        """Every cue of a lower-cased text in order; the longest phrase wins at each place."""
        found: list[Cue] = []
        end = 0
        for match in WORD.finditer(lower):
            word = match.group()
            for offset, phrase, families in self._by_word.get(word) or self._by_word.get(stem(word)) or ():
                start = match.start() - offset
                stop = start + len(phrase)
                if (
                    (start >= end or self._overlap)
                    and lower.startswith(phrase, start)
                    and _bounded(lower, start, stop)
                ):
                    found.append(Cue(start, stop, families))
                    end = stop
                    break
        return found


def stem(word: str) -> str:
    """Take the word without a possessive or "is" joined to it: "pin's" is about a pin."""
    return word[:-2] if word.endswith(("'s", "\u2019s")) else word


def _bounded(text: str, start: int, stop: int) -> bool:
    """No letter goes on at either end."""
    return not text[stop : stop + 1].isalpha() and not (start and text[start - 1].isalpha())
