"""Words that may not be said, and how to tell early that what has been said so far cannot become one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatbot.moderation.folding import beginnings, readings, undisguised, unstretched

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

STEM = "*"
MASKS = re.compile(r"[*#%•_.-]")
STRONG_MASKS = frozenset("*#%•")  # nobody writes these inside an innocent word
LEAST_CORE = 4
LEAST_KNOWN = 2


class Words:
    """Words and stems with their categories."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.exact = {word: category for word, category in words.items() if not word.endswith(STEM)}
        self.stems = {word[: -len(STEM)]: category for word, category in words.items() if word.endswith(STEM)}
        self._lengths = sorted({len(stem) for stem in self.stems})
        self._begun = {word[:end] for word in (*self.exact, *self.stems) for end in range(1, len(word) + 1)}

    def category(self, word: str) -> str | None:
        """Give the category of a word, or None."""
        return self.exact.get(word) or self._stem(word)

    def begins(self, text: str) -> bool:
        """Tell whether a word of ours begins with this text, or this text with a stem."""
        return text in self._begun or self._stem(text) is not None

    def _stem(self, word: str) -> str | None:
        for length in self._lengths:
            if length > len(word):
                return None
            if found := self.stems.get(word[:length]):
                return found
        return None


class Lexicon:
    """Every word that may not be said; those of the core in disguise, too."""

    def __init__(
        self, words: Mapping[str, str], core: Mapping[str, str], glued: Iterable[str], leet: Mapping[str, str]
    ) -> None:
        compounds = {f"{before}{word}": category for before in glued for word, category in core.items()}
        self._core = Words({**compounds, **core})
        self._words = Words({**words, **compounds, **core})
        self._plain_core, self._leet = core, leet

    def word(self, word: str) -> str | None:
        """Give the category of a folded word in any of its readings, or None."""
        for reading in readings(word):
            if found := self._words.category(reading):
                return found
        once = unstretched(word)
        return self._core.category(once) if once != word else None

    def begins(self, text: str) -> bool:
        """Tell whether a folded text may still become a word that `word` or `disguised` finds."""
        once = unstretched(text)
        return any(map(self._words.begins, beginnings(text))) or (once != text and self._core.begins(once))

    def disguised(self, text: str) -> str | None:
        """Give the category of a word that hides behind signs, digits or dots in a folded text, or None."""
        for reading in undisguised(text, self._leet):
            for each in (*readings(reading), unstretched(reading)):
                if len(each) >= LEAST_CORE and (found := self._core.category(each)):
                    return found
        return self._masked(text) if MASKS.search(text) else None

    def spelled(self, letters: str) -> str | None:
        """Give the category of a word that was spelled letter by letter, or None."""
        if len(letters) < LEAST_CORE:
            return None
        return self._core.exact.get(letters) or self._core.stems.get(letters)

    def spells(self, letters: str) -> bool:
        """Tell whether letters, one by one, may become a word of the core."""
        return self._core.begins(letters)

    def letter(self, sign: str) -> str:
        """Give the letter that a single sign stands for; empty when for none."""
        return sign if sign.isalpha() else self._leet.get(sign, "")[:1]

    def split(self, ordinary: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Give each word of the core in two pieces, as a phrase with its category; no pair of ordinary words."""
        for word, category in self._plain_core.items():
            whole = word.rstrip(STEM)
            for cut in range(1, len(whole)) if len(whole) >= LEAST_CORE else ():
                first, second = whole[:cut], whole[cut:]
                usual = len({first, second} & ordinary)
                if not (usual == 2 or (usual and 1 in {len(first), len(second)})):  # noqa: PLR2004 — both of two
                    yield f"{first} {second}", category

    def _masked(self, text: str) -> str | None:
        for word, category in self._plain_core.items():
            whole = word.rstrip(STEM)
            if len(whole) >= LEAST_CORE and word[0] == text[0] and _fits(whole, text, stem=word.endswith(STEM)):
                return category
        return None


def _fits(word: str, text: str, *, stem: bool) -> bool:
    """Tell whether a word is behind the masked text: `f**k`, one sign for each letter."""
    if len(text) < len(word) or (len(text) > len(word) and not stem):
        return False
    pairs = [(letter, said) for letter, said in zip(word, text, strict=False) if letter != said]
    known = len(word) - len(pairs)
    weak = sum(said not in STRONG_MASKS for _, said in pairs)
    return bool(pairs) and known >= LEAST_KNOWN and weak <= 1 and all(MASKS.match(said) for _, said in pairs)
