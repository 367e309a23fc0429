"""What tokens already out there have lost: a purpose withdrawn stays withdrawn, whichever token comes back.

An entry is the hash of a session's number, purposes, and how many withdrawals the session has seen with this one; a
token that has seen fewer no longer carries those purposes. Counted, not timed: the clocks of two replicas may differ.
It says nothing about a person and lives as long as a token could.
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
    """Purposes that every token has lost that has seen fewer than `change` withdrawals; `until` in epoch seconds."""

    session: str
    purposes: tuple[str, ...]
    until: float
    change: int = 1


OBJECTION = "objected:"
"""Before a purpose: not lost, but objected to."""


def session_key(session_id: str) -> str:
    """Give the name under which a session is remembered."""
    return hashlib.sha256(session_id.encode()).hexdigest()


class Withdrawn:
    """The withdrawals that still matter.

    `since`: what was withdrawn before is unknown, so a token of a conversation that is kept nowhere, sealed before,
    carries nothing any more; whose conversation is kept has the ledger.
    """

    def __init__(self, since: float = 0.0) -> None:
        self._since = since
        self._lost: dict[str, dict[str, int]] = {}
        self._until: dict[str, float] = {}

    def note(self, withdrawal: Withdrawal) -> None:
        """Remember a withdrawal; the latest of each purpose counts."""
        self._sweep()
        lost = self._lost.setdefault(withdrawal.session, {})
        for purpose in withdrawal.purposes:
            lost[purpose] = max(withdrawal.change, lost.get(purpose, 0))
        self._until[withdrawal.session] = max(withdrawal.until, self._until.get(withdrawal.session, 0.0))

    def changes(self, session_id: str) -> int:
        """Give how many withdrawals of a session are known here."""
        return max(self._lost.get(session_key(session_id), {}).values(), default=0)

    def lost(self, claims: Claims) -> frozenset[str]:
        """Give the purposes that a token names but no longer carries."""
        if not claims.stored and claims.issued < self._since:
            return frozenset(claims.purposes)
        lost = self._lost.get(session_key(claims.session_id), {})
        return frozenset(purpose for purpose in claims.purposes if claims.changes < lost.get(purpose, 0))

    def left(self, claims: Claims) -> Claims:
        """Give the claims without what they have lost, and with what was objected to since."""
        lost, objected = self.lost(claims), self._objected(claims)
        if not (lost or objected):
            return claims
        purposes = _without(claims.purposes, lost)
        return msgspec.structs.replace(claims, purposes=purposes, objected=(*claims.objected, *objected))

    def _objected(self, claims: Claims) -> tuple[str, ...]:
        changed = self._lost.get(session_key(claims.session_id), {})
        newer = {
            name.removeprefix(OBJECTION) for name, at in changed.items() if claims.changes < at and OBJECTION in name
        }
        return tuple(sorted(newer - set(claims.objected)))

    def _sweep(self) -> None:
        now = time.time()
        for session in [session for session, until in self._until.items() if until <= now]:
            del self._lost[session], self._until[session]


def _without(purposes: Iterable[str], lost: frozenset[str]) -> tuple[str, ...]:
    return tuple(purpose for purpose in purposes if purpose not in lost)
