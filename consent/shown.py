"""What the ledger asks of the words that somebody read before they answered."""

from collections.abc import Mapping
from typing import Protocol


class Shown(Protocol):
    """The words that were shown: a notice, or the question about cookies."""

    @property
    def version(self) -> str:
        """The version of everything that was shown."""

    @property
    def language(self) -> str:
        """The language it was shown in."""

    @property
    def valid_days(self) -> Mapping[str, int]:
        """For how many days a yes holds here, by country, where the law's default is not taken."""

    def text_sha256(self, purpose: str) -> str:
        """Return the SHA-256, in hex, of the words about one purpose."""
