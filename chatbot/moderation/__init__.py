"""What a model says is read before it is shown: nothing offensive goes out, and to a minor less still.

    pieces of a reply ──> Screen ──> the visitor
                            └── blocked: what follows is not shown, a kind sentence takes its place

    lists.py     the words and phrases, from `data/moderation/words`
    folding.py   how a disguised word can be read
    lexicon.py   words, plain and disguised
    phrases.py   words in a row
    screen.py    a reply as it arrives, right wherever it is cut into pieces

It is lexical: it knows words and phrasings, not meaning. docs/moderation.md says what it cannot see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from chatbot.knowledge.errors import KnowledgeError
from chatbot.moderation.grammar import PhraseError
from chatbot.moderation.lists import read_lists
from chatbot.moderation.screen import Blocked, Rules, Screen

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Blocked", "Moderation", "Screen"]


class Moderation:
    """The rules for adults and for minors; `version` is the hash of the words they are made of."""

    def __init__(self, adults: Rules, minors: Rules, version: str) -> None:
        self._adults, self._minors = adults, minors
        self.version = version

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the words of every language; raises KnowledgeError that says where they are wrong."""
        lists = read_lists(folder)
        try:
            adults = Rules.of(lists.adults, lists.shared)
            minors = Rules.of([*lists.adults, *lists.minors], lists.shared)
        except PhraseError as error:
            raise KnowledgeError(folder, 1, str(error)) from None
        return cls(adults, minors, lists.version)

    def screen(self, *, minor: bool) -> Screen:
        """Begin to read one reply."""
        return Screen(self._minors if minor else self._adults)

    def check(self, text: str, *, minor: bool = False) -> Blocked | None:
        """Read a whole text; None when all of it may be said."""
        screen = self.screen(minor=minor)
        screen.feed(text)
        screen.close()
        return screen.blocked
