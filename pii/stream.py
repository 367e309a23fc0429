"""Placeholders back to values, in one pass, however the text is cut into chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pii.normalise import storable
from pii.placeholders import PLACEHOLDER, disarm_exact, open_tail

if TYPE_CHECKING:
    from pii.vault import Vault


class Restorer:
    """Restores a stream; holds back at most an unfinished placeholder."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._held = ""

    def feed(self, chunk: str) -> str:
        """Take the next chunk and give all that can leave now."""
        text = self._held + chunk
        cut = open_tail(text)
        self._held = text[cut:]
        return restore(text[:cut], self._vault)

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
