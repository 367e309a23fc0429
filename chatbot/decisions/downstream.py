"""Operators that keep something of ours are told when it is erased, corrected, or no longer agreed to.

    act's own transaction ── tell ──> outgoing ── deliver ──> signed POST ──2xx──> delivered
                                         │└── lease, back off, again and again ──┘
                                         └── no address in the register for too long ──> retired

At least once: the id of a message stays the same, so whoever gets it twice knows. A message names a conversation by
its random number, and purposes by their ids; it holds no text. It is signed with a key of this operator's own.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import event, func
from sqlmodel import col, or_, select, update

from chatbot.seals import derive
from chatbot.storage.tables.decisions import Outgoing
from consent import egress
from consent.data import canonical
from consent.operators import OperatorError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession
    from sqlmodel.sql.expression import SelectOfScalar

    from chatbot.storage.database import Database
    from consent.operators import Register

ERASE, CORRECT, WITHDRAW = "erase", "correct", "withdraw"
EVERY_SECONDS = 15.0
LEASE = timedelta(seconds=60)
BATCH = 5  # so few that all of them can time out within the lease
SLOWEST = timedelta(hours=1)
OK = range(200, 300)
log = structlog.get_logger()


class Downstream:
    """What operators are told, from a table, so that nothing is lost and nothing waits for them."""

    def __init__(self, database: Database, register: Register, secret: bytes) -> None:
        self._database, self._register, self._secret = database, register, secret
        self._urls = {row.id: row.notify for row in register.operators if row.notify}
        self._wake = asyncio.Event()

    def tell(self, session: AsyncSession, kind: str, subject: str, purposes: Sequence[str] = ()) -> None:
        """Write what every operator with an address must learn; it leaves as soon as the transaction is kept."""
        now = datetime.now(UTC)
        for operator in self._urls:
            row = Outgoing(
                operator=operator, kind=kind, subject=subject, purposes=sorted(purposes), at=now, due_at=now
            )
            session.add(row)
        if self._urls:
            event.listen(session.sync_session, "after_commit", lambda _: self._wake.set(), once=True)

    def key(self, operator: str) -> bytes:
        """Give the key that signs what an operator is told; each has its own, from the server's secret."""
        return derive(self._secret, f"downstream {operator}")

    async def deliver_next(self) -> None:
        """Wait until something is written here, or for a while; then deliver what is due."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(EVERY_SECONDS):
                await self._wake.wait()
        self._wake.clear()
        await self.deliver(datetime.now(UTC))

    async def deliver(self, now: datetime) -> int:
        """Deliver everything that is due; gives how much arrived. Several workers may do so at once."""
        arrived = 0
        while rows := await self._claim(now):
            for row in rows:
                arrived += await self._send(row, now)
        return arrived

    async def retire(self, session: AsyncSession, before: datetime, now: datetime) -> int:
        """Give up what was written before a moment for operators that have no address in the register any more.

        Not at once: a row that is missing by mistake, or on one replica only, must lose nothing.
        """
        gone = update(Outgoing).where(*_WAITING, col(Outgoing.operator).not_in(self._urls), col(Outgoing.at) < before)
        retired = (await session.exec(gone.values(retired_at=now, lease_until=None))).rowcount
        if retired:
            log.warning("downstream_retired", count=retired)
        return retired

    async def _claim(self, now: datetime) -> Sequence[Outgoing]:
        """Take what is due, for a while: a worker that dies with it loses nothing."""
        free = or_(col(Outgoing.lease_until).is_(None), col(Outgoing.lease_until) < now)
        due = waiting().where(Outgoing.due_at <= now, free)
        async with self._database.transaction() as session:
            query = due.order_by(col(Outgoing.due_at)).limit(BATCH).with_for_update(skip_locked=True)
            rows = (await session.exec(query)).all()
            for row in rows:
                row.lease_until, row.attempts = max(now, datetime.now(UTC)) + LEASE, row.attempts + 1
                row.due_at = now + min(SLOWEST, timedelta(seconds=5 * 2 ** min(row.attempts, 12)))
        return rows

    async def _send(self, row: Outgoing, now: datetime) -> bool:
        arrived = await self._post(row)
        async with self._database.transaction() as session:
            kept = await session.get(Outgoing, row.id, with_for_update=True)
            if kept is not None:
                kept.lease_until = None
                kept.delivered_at = now if arrived else kept.delivered_at
        if not arrived:
            log.warning("downstream_waits", operator=row.operator, attempts=row.attempts)
        return arrived

    async def _post(self, row: Outgoing) -> bool:
        """Post one message; an operator that is no more in the register, or not in force, waits."""
        if (url := self._urls.get(row.operator)) is None:
            return False
        body = canonical(message(row))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": row.id,
            "Signature": f"sha256={hmac.digest(self.key(row.operator), body, 'sha256').hex()}",
        }
        try:
            return await egress.tell(self._register, url, body, headers) in OK
        except OperatorError:
            return False


_WAITING = col(Outgoing.delivered_at).is_(None), col(Outgoing.retired_at).is_(None)


def waiting() -> SelectOfScalar[Outgoing]:
    """Ask for what has not arrived and is not given up."""
    return select(Outgoing).where(*_WAITING)


async def abandoned(session: AsyncSession, register: Register) -> dict[str, int]:
    """Count what waits for each operator that has no address in the register any more."""
    known = [row.id for row in register.operators if row.notify]
    lost = select(Outgoing.operator, func.count()).where(*_WAITING, col(Outgoing.operator).not_in(known))
    return dict((await session.exec(lost.group_by(Outgoing.operator))).all())


def message(row: Outgoing) -> dict[str, object]:
    """Give what an operator reads."""
    return {
        "id": row.id,
        "kind": row.kind,
        "subject": row.subject,
        "purposes": row.purposes,
        "at": row.at.astimezone(UTC).isoformat(),
    }
