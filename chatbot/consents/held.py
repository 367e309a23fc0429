"""Sessions of which nothing is kept and that are held all the same: a hash, for as long as a token could live.

An entry lives in each worker's memory and, with several workers, in Valkey until it expires;
nothing of it is on disk. It names the decision and the incident, and neither of those names the session.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from chatbot.consents.withdrawn import session_key

if TYPE_CHECKING:
    from datetime import datetime


class Held(msgspec.Struct, frozen=True):
    """A held session by its hash, and the decision that holds it; times in seconds since the epoch."""

    session: str
    decision: str
    incident: str
    rule: str
    version: str
    inputs: dict[str, str | float | bool]
    at: float
    until: float


class HeldSessions:
    """The holds that still matter."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}

    def note(self, entry: Held) -> bool:
        """Remember a hold; of two for one session the earlier stays, and False says that it was there."""
        now = time.time()
        self._held = {key: each for key, each in self._held.items() if each.until > now}
        before = self._held.get(entry.session)
        if before is None or entry.at < before.at:
            self._held[entry.session] = entry
        return before is None

    def of(self, session_id: str) -> Held | None:
        """Give the hold of a session, or None."""
        entry = self._held.get(session_key(session_id))
        return entry if entry and entry.until > time.time() else None


def until(expires: int | None, now: datetime, hours: int) -> float:
    """Give when a hold may be forgotten: with the token, or when a token begun now would be over."""
    return float(expires) if expires else now.timestamp() + hours * 3600
