"""What time brings: a reminder two weeks before a yes ends, and the address's own end.

Every worker may run this at once: each row is claimed in a transaction of its own, for a while.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlmodel import col, delete, select

from chatbot.consents.subscribed import subscribers
from chatbot.errors import ChatbotError
from chatbot.storage.tables.subscriptions import SpentLink, Subscription
from chatbot.subscriptions import errands
from chatbot.subscriptions.choosing import run_out
from consent.operators import OperatorError

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.subscriptions.parts import Desk

LEASE = timedelta(minutes=5)
AGAIN_AFTER = timedelta(days=1)
BATCH = 100
log = structlog.get_logger()


async def sweep(desk: Desk, now: datetime) -> dict[str, int]:
    """Do everything that is due at a moment; gives how much of each was done."""
    await _forget(desk, now)
    ended = await _end(desk, now)  # before any mail: a server that hangs must not keep an address here
    return {"ended": ended, "reminded": await _remind(desk, now)}


async def _forget(desk: Desk, now: datetime) -> None:
    """Forget which links are used up, once they have all run out."""
    async with desk.database.transaction() as session:
        await session.exec(delete(SpentLink).where(col(SpentLink.until) < now))


async def _end(desk: Desk, now: datetime) -> int:
    """Destroy what ran out; where another yes goes on, only the date moves."""
    ended = 0
    while over := await _due(desk, now):
        ended += sum([await run_out(desk, identity, now) for identity in over])
    return ended


async def _due(desk: Desk, now: datetime) -> list[str]:
    async with desk.database.reading() as session:
        return list(
            (await session.exec(select(Subscription.id).where(Subscription.next_end <= now).limit(BATCH))).all()
        )


async def _remind(desk: Desk, now: datetime) -> int:
    if desk.mailer is None:
        return 0
    async with desk.database.reading() as session:
        due = (await session.exec(select(Subscription.id).where(col(Subscription.remind_at) <= now))).all()
    return sum([await _one(desk, identity, now) for identity in due])


async def _one(desk: Desk, identity: str, now: datetime) -> bool:
    """Claim the row for a while, then send; what no server took is due again on the next day."""
    lease = now + LEASE
    async with desk.database.transaction() as session:
        row = await session.get(Subscription, identity, with_for_update=True)
        if row is None or row.remind_at is None or row.remind_at > now:
            return False
        purposes = await _ending(session, desk, row, now)
        address = desk.reveal(row.id, row.address)
        row.remind_at = lease if purposes and address else None
    if not purposes or address is None:
        return False
    notice, until = desk.editions.current.notices.best(row.language), f"{row.next_end:%Y-%m-%d}"
    try:
        mark, link = f"{row.id} {until}", desk.page(row.lookup)
        await desk.send(
            address, row.language, "remind", mark, purposes=errands.named(notice, purposes), date=until, link=link
        )
    except (ChatbotError, OperatorError):
        await _again(desk, identity, lease, now + AGAIN_AFTER)
        return False
    await _again(desk, identity, lease, None)
    return True


async def _again(desk: Desk, identity: str, lease: datetime, due: datetime | None) -> None:
    """Say when a reminder is due next, unless an answer that came meanwhile has said so."""
    async with desk.database.transaction() as session:
        row = await session.get(Subscription, identity, with_for_update=True)
        if row is not None and row.remind_at == lease:
            row.remind_at = due


async def _ending(session: AsyncSession, desk: Desk, row: Subscription, now: datetime) -> tuple[str, ...]:
    """Give the purposes whose yes ends with the date that is told, as far as they may be written about."""
    current, soon = desk.editions.current, []
    for purpose in current.notices.best("en").purposes.subscribing():
        found = await subscribers(session, purpose.id, now, desk.editions.touched_since, only=row.id)
        may = current.gate.may(purpose.id, "contact", "mail", {purpose.id: bool(found)})
        soon += [purpose.id for each in found if may and each.yes.valid_until == row.next_end]
    return tuple(soon)
