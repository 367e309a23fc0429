"""What tokens already out there have lost: a purpose withdrawn stays withdrawn, whichever token comes back.

An entry is the hash of a session's number, purposes, and a moment; tokens sealed before that moment no longer carry
those purposes. It says nothing about a person and lives as long as a token could.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatbot.seals import Claims


class Withdrawal(msgspec.Struct, frozen=True):
    """Purposes that every token of a session sealed before `at` has lost; times in seconds since the epoch."""

    session: str
    purposes: tuple[str, ...]
    at: float
    until: float


def session_key(session_id: str) -> str:
    """Give the name under which a session is remembered."""
    return hashlib.sha256(session_id.encode()).hexdigest()


class Withdrawn:
    """The withdrawals that still matter."""

    def __init__(self) -> None:
        self._lost: dict[str, dict[str, float]] = {}
        self._until: dict[str, float] = {}

    def note(self, withdrawal: Withdrawal) -> None:
        """Remember a withdrawal; the latest moment for each purpose counts."""
        self._sweep()
        lost = self._lost.setdefault(withdrawal.session, {})
        for purpose in withdrawal.purposes:
            lost[purpose] = max(withdrawal.at, lost.get(purpose, 0.0))
        self._until[withdrawal.session] = max(withdrawal.until, self._until.get(withdrawal.session, 0.0))

    def lost(self, claims: Claims) -> frozenset[str]:
        """Give the purposes that a token names but no longer carries."""
        lost = self._lost.get(session_key(claims.session_id), {})
        return frozenset(purpose for purpose in claims.purposes if claims.issued < lost.get(purpose, 0.0))

    def left(self, claims: Claims) -> Claims:
        """Give the claims without what they have lost."""
        if not (lost := self.lost(claims)):
            return claims
        return msgspec.structs.replace(claims, purposes=_without(claims.purposes, lost))

    def _sweep(self) -> None:
        now = time.time()
        for session in [session for session, until in self._until.items() if until <= now]:
            del self._lost[session], self._until[session]


def _without(purposes: Iterable[str], lost: frozenset[str]) -> tuple[str, ...]:
    return tuple(purpose for purpose in purposes if purpose not in lost)
