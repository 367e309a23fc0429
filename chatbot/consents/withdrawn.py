"""What tokens already out there have lost: a purpose withdrawn stays withdrawn, whichever token comes back.

An entry is a mark of the conversation, purposes, and how many withdrawals it has seen with this one; a token that has
seen fewer no longer carries those purposes. Counted, not timed: the clocks of two replicas may differ. It is written
with the withdrawal and lives as long as a token could; each worker has all of them in memory, so that no message asks
the database for them. The mark is known to the conversation's own token alone: without it, an entry is about nobody.
"""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from sqlmodel import select

from chatbot.storage.tables.tokens import WithdrawalRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.seals import Claims


class Withdrawal(msgspec.Struct, frozen=True):
    """Purposes that every token has lost that has seen fewer than `change` withdrawals; `until` in epoch seconds."""

    mark: str
    purposes: tuple[str, ...]
    until: float
    change: int = 1


OBJECTION = "objected:"
"""Before a purpose: not lost, but objected to."""
_OF = "withdrawn"
HOUR = 3600
"""Seconds by which the end of an entry is told."""


def session_key(session_id: str) -> str:
    """Give the name under which a session is remembered."""
    return hashlib.sha256(session_id.encode()).hexdigest()


class Withdrawn:
    """The withdrawals that still matter, in memory."""

    def __init__(self) -> None:
        self._lost: dict[str, dict[str, int]] = {}
        self._until: dict[str, float] = {}

    def next(self, claims: Claims, purposes: Iterable[str]) -> Withdrawal:
        """Count a withdrawal after all that are known; it counts once it is noted.

        Two replicas may give the same number to two withdrawals: both count against every token that has seen fewer.
        """
        change = self.changes(claims) + 1
        until = (claims.expires // HOUR + 1) * HOUR  # to the second it would say when the conversation began
        return Withdrawal(claims.mark(_OF), tuple(purposes), float(until), change)

    def note(self, withdrawal: Withdrawal) -> None:
        """Remember a withdrawal; the latest of each purpose counts."""
        lost = self._lost.setdefault(withdrawal.mark, {})
        for purpose in withdrawal.purposes:
            lost[purpose] = max(withdrawal.change, lost.get(purpose, 0))
        self._until[withdrawal.mark] = max(withdrawal.until, self._until.get(withdrawal.mark, 0.0))

    def changes(self, claims: Claims) -> int:
        """Give how many withdrawals of a session are known to its token or here."""
        return max(claims.changes, *self._lost.get(claims.mark(_OF), {}).values(), 0)

    def left(self, claims: Claims) -> Claims:
        """Give the claims without what they have lost, and with what was objected to since."""
        if not (known := self._lost.get(claims.mark(_OF)) if self._lost else None):
            return claims
        newer = {name for name, change in known.items() if claims.changes < change}
        purposes = tuple(purpose for purpose in claims.purposes if purpose not in newer)
        objected = {name.removeprefix(OBJECTION) for name in newer if name.startswith(OBJECTION)}
        added = sorted(objected - set(claims.objected))
        return msgspec.structs.replace(claims, purposes=purposes, objected=(*claims.objected, *added))

    def sweep(self) -> None:
        """Forget what no token could claim any more."""
        now = time.time()
        for mark in [mark for mark, until in self._until.items() if until <= now]:
            del self._lost[mark], self._until[mark]


def write(session: AsyncSession, withdrawal: Withdrawal) -> None:
    """Write a withdrawal down in the transaction of the act."""
    mark, purposes, until, change = msgspec.structs.astuple(withdrawal)
    until = datetime.fromtimestamp(until, UTC)
    session.add(WithdrawalRow(mark=mark, purposes=list(purposes), change=change, until=until))


async def standing(session: AsyncSession, claims: Claims | None = None) -> list[Withdrawal]:
    """Give every withdrawal that still matters, or those of one session."""
    row = WithdrawalRow
    query = select(row.mark, row.purposes, row.until, row.change).where(row.until > datetime.now(UTC))
    if claims is not None:
        query = query.where(row.mark == claims.mark(_OF))
    return [
        Withdrawal(mark, tuple(purposes), until.timestamp(), change)
        for mark, purposes, until, change in await session.exec(query)
    ]
