"""Receipts: who signs them, and the history of answers in plain words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chatbot.seals import derive
from consent import law
from consent.receipt import Issuer, issue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatbot.consents.editions import Editions
    from consent.notice import Notice
    from consent.tables import ConsentEvent

KEY_PATH = "/.well-known/consent-receipt-key.json"


class Receipts:
    """Issues receipts with the key that is derived from the server's secret."""

    def __init__(self, server_secret: bytes, editions: Editions) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(derive(server_secret, "receipt"))
        self._editions = editions

    def issue(
        self,
        events: Sequence[ConsentEvent],
        language: str,
        *,
        stored: bool,
        subject_type: str = "natural",
        withdrawal: str = "",
    ) -> dict[str, Any]:
        """Give the signed receipt over the answers of a visitor, who writes for a natural or a juristic person.

        ``withdrawal`` says how a yes is taken back where that is not in the chat.
        """
        notice = self._editions.current.notices.best(language)
        issuer = replace(self.issuer(notice, stored=stored), subject_type=subject_type)
        issuer = replace(issuer, withdrawal=withdrawal or issuer.withdrawal)
        return issue(events, notice, issuer, now=datetime.now(UTC), shown=self._shown)

    def issuer(self, notice: Notice, *, stored: bool) -> Issuer:
        """Say who signs, and where data is kept and consent withdrawn."""
        home = law.countries()[notice.party.country][notice.language]
        words = notice.strings
        return Issuer(
            self._key,
            storage_location=home if stored else words["receipt_own_browser"],
            notice_url=f"{notice.party.website}/v1/notice/versions/{notice.version}",
            withdrawal=words["receipt_withdrawal"],
        )

    def published(self) -> dict[str, str]:
        """Give the public key as it is published, for people to compare."""
        issuer = self.issuer(self._editions.current.notices.best("en"), stored=True)
        return {"algorithm": "Ed25519", "public_key": issuer.public_key, "fingerprint": issuer.fingerprint}

    def _shown(self, event: ConsentEvent) -> Notice | None:
        notices = self._editions.notices(event.notice_version)
        return notices.best(event.language) if notices else None


def told(event: ConsentEvent) -> dict[str, Any]:
    """Give an answer as its visitor may read it."""
    said = ("purpose", "event_type", "notice_version", "language", "control", "method")
    fields = (*said, "actor", "source", "jurisdiction", "at", "valid_until")
    return {name: getattr(event, name) for name in fields}
