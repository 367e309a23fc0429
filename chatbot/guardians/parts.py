"""What the guardian flow works with: its words, its verifiers, its keys, and the passes that its links carry.

A pass is a sealed note in a link: which guardianship, what for, until when. Whoever holds it may do just that, so it
travels by mail, or from a member of staff, and never through the child. No cookie is set.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from chatbot.errors import NotFound
from chatbot.seals import decode, derive, encode, seal, unseal
from consent.verifiers import EmailPlus, LocalProvider, SignedForm

if TYPE_CHECKING:
    from chatbot.guardians.words import GuardianWords
    from consent.egress import Mailer
    from consent.verifiers import Verifier

INVITED_FOR = timedelta(days=7)
PORTAL_SECONDS = 3600
_CONTEXT = b"guardian pass"


class Use(StrEnum):
    """What a pass opens."""

    FIRST = "first"
    SECOND = "second"
    PORTAL = "portal"
    PROVIDER = "provider"


class Pass(msgspec.Struct, frozen=True, array_like=True):
    """A sealed note: this guardianship, for this, until then (seconds since 1970)."""

    guardianship: str
    use: Use
    expires: int


@dataclass(frozen=True, slots=True)
class Parts:
    """The flow's parts; ``provider_url`` is empty without an identity provider, ``mailer`` None without mail."""

    words: dict[str, GuardianWords]
    mailer: Mailer | None
    site: str
    delay: timedelta
    provider_url: str
    provider_key: bytes
    secret: bytes

    @property
    def verifiers(self) -> dict[str, Verifier]:
        """The verifiers on offer here, by name."""
        offered: list[Verifier] = [SignedForm()]
        if self.mailer:
            offered.insert(0, EmailPlus(self.delay))
        if self.provider_url:
            offered.append(LocalProvider(self.provider_key))
        return {each.name: each for each in offered}

    def words_for(self, language: str) -> GuardianWords:
        """Give the guardian's words in a language, or in English."""
        return self.words.get(language) or self.words["en"]

    def make_pass(self, guardianship: str, use: Use, seconds: float) -> str:
        """Seal a pass."""
        note = Pass(guardianship, use, int(time.time() + seconds))
        return encode(seal(self._key("pass"), msgspec.msgpack.encode(note), _CONTEXT))

    def open_pass(self, text: str, use: Use) -> str:
        """Give the guardianship that a pass opens; raises NotFound when it is not ours, for another use, or over."""
        plain = unseal(self._key("pass"), decode(text) or b"", _CONTEXT)
        note = msgspec.msgpack.decode(plain, type=Pass) if plain else None
        if note is None or note.use is not use or note.expires <= time.time():
            raise NotFound("This link is not valid any more. Please ask for a new one.")
        return note.guardianship

    def link(self, path: str) -> str:
        """Give the whole address of a page here."""
        return f"{self.site.rstrip('/')}{path}"

    def portal(self, guardianship: str, seconds: float = PORTAL_SECONDS) -> str:
        """Give the path of the guardian's portal, with a pass that opens it for a while."""
        return f"/guardian/portal/{self.make_pass(guardianship, Use.PORTAL, seconds)}"

    def print_of(self, identity: str) -> str:
        """Give the keyed print under which an address, or a provider's pseudonym, is found again."""
        return hmac.digest(self._key("login"), identity.strip().lower().encode(), "sha256").hex()

    def hide(self, guardianship: str, address: str) -> bytes:
        """Seal an address until the second mail has gone out."""
        return seal(self._key("address"), address.encode(), guardianship.encode())

    def reveal(self, guardianship: str, sealed: bytes) -> str | None:
        """Open a sealed address, or None when it was changed."""
        plain = unseal(self._key("address"), sealed, guardianship.encode())
        return plain.decode() if plain else None

    def _key(self, purpose: str) -> bytes:
        return derive(self.secret, f"guardian {purpose}")
