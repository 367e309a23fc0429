"""How a guardian is verified: one socket, and three verifiers that need nobody else.

    EmailPlus    two confirmations of the same address, the second after a delay (COPPA's "email plus")
    SignedForm   a signed form that a member of staff has read; the form itself is not kept
    Provider     an outside identity provider's signed assertion; LocalProvider plays one on this machine

Each turns what it saw into ``Evidence``: an outcome and a hash. What it saw is dropped.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from consent.guardian import Evidence


@dataclass(frozen=True)
class Seen:
    """What a verifier is given: the document, form, or assertion, and when each confirmation came."""

    document: bytes
    confirmations: tuple[datetime, ...] = ()
    reviewer: str = ""
    approved: bool = False
    signature: bytes = b""


class Verifier(Protocol):
    """Anything that can tell whether somebody is the guardian."""

    @property
    def name(self) -> str:
        """How evidence calls it."""
        ...

    def assess(self, seen: Seen, *, now: datetime) -> Evidence:
        """Return the outcome; never raise for a guardian who fails, and keep nothing."""
        ...


@dataclass(frozen=True)
class EmailPlus:
    """Two confirmations of one address, at least ``delay`` apart; ``document`` is the address."""

    delay: timedelta = timedelta(hours=24)
    name: str = "email_plus"

    def assess(self, seen: Seen, *, now: datetime) -> Evidence:
        """Succeed when the later confirmation came long enough after the first."""
        times = sorted(moment for moment in seen.confirmations if moment <= now)
        return _evidence(self.name, seen, now, verified=len(times) > 1 and times[-1] - times[0] >= self.delay)


@dataclass(frozen=True)
class SignedForm:
    """A signed form, read and approved by a named member of staff."""

    name: str = "signed_form"

    def assess(self, seen: Seen, *, now: datetime) -> Evidence:
        """Succeed when somebody on the staff has approved a form that is there."""
        return _evidence(self.name, seen, now, verified=bool(seen.document and seen.reviewer and seen.approved))


@dataclass(frozen=True)
class LocalProvider:
    """The reference for a provider of identities: an assertion authenticated with a shared 32-byte key."""

    key: bytes
    name: str = "provider_local"

    def assess(self, seen: Seen, *, now: datetime) -> Evidence:
        """Succeed when the assertion was signed with the key that we share with the provider."""
        signed = hmac.compare_digest(self.sign(seen.document), seen.signature)
        return _evidence(self.name, seen, now, verified=bool(seen.document) and signed)

    def sign(self, assertion: bytes) -> bytes:
        """Return what the provider sends with an assertion."""
        return hmac.digest(self.key, assertion, "sha256")


def _evidence(method: str, seen: Seen, now: datetime, *, verified: bool) -> Evidence:
    return Evidence(method, verified, hashlib.sha256(seen.document).hexdigest(), now)
