"""What time brings: a reminder two weeks before a yes runs out, and the end of the address when it does.

Every worker may run this at once: each row is claimed in a transaction of its own.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from chatbot.consents.subscribed import subscribers
from chatbot.errors import ChatbotError
from chatbot.storage.tables_subscriptions import Subscription
from chatbot.subscriptions.asking import named
from chatbot.subscriptions.choosing import run_out
from consent.operators import OperatorError

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.subscriptions.parts import Desk

EVERY_SECONDS = 600.0
AGAIN_AFTER = timedelta(days=1)
BATCH = 100
log = structlog.get_logger()


async def run(desk: Desk) -> None:
    """Do what is due, every ten minutes, until cancelled."""
    while True:
        try:
            done = await sweep(desk, datetime.now(UTC))
            log.info("swept", kind="subscriptions", removed=done["ended"])
        except (ChatbotError, OperatorError, SQLAlchemyError, OSError) as error:
            log.warning("duties_failed", error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


async def sweep(desk: Desk, now: datetime) -> dict[str, int]:
    """Do everything that is due at a moment; gives how much of each was done."""
    return {"ended": await _end(desk, now), "reminded": await _remind(desk, now)}


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
    """Claim the row, then send; what no server took is due again on the next day."""
    async with desk.database.transaction() as session:
        row = await session.get(Subscription, identity, with_for_update=True)
        if row is None or row.remind_at is None:
            return False
        purposes = await _ending(session, desk, row, now)
        row.remind_at = None
    address = desk.reveal(row.id, row.address)
    if not purposes or address is None:
        return False
    shown, until = named(desk.editions.current.notices.best(row.language), purposes), f"{row.next_end:%Y-%m-%d}"
    try:
        link = desk.page(row.lookup)
        await desk.send(address, row.language, "remind", purposes=shown, date=until, link=link)
    except (ChatbotError, OperatorError):
        async with desk.database.transaction() as session:
            if (kept := await session.get(Subscription, identity, with_for_update=True)) is not None:
                kept.remind_at = now + AGAIN_AFTER
        return False
    return True


async def _ending(session: AsyncSession, desk: Desk, row: Subscription, now: datetime) -> tuple[str, ...]:
    """Give the purposes whose yes ends with the date that is told, as far as they may be written about."""
    current, soon = desk.editions.current, []
    for purpose in current.notices.best("en").purposes.subscribing():
        found = await subscribers(session, purpose.id, now, desk.editions.touched_since, only=row.id)
        may = current.gate.may(purpose.id, "contact", "mail", {purpose.id: bool(found)})
        soon += [purpose.id for each in found if may and each.yes.valid_until == row.next_end]
    return tuple(soon)
