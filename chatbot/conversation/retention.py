"""What expires when: a stored conversation goes when its purpose's time is over, whatever else happens.

The periods are the register's (`store`: days after the last message, and a hard limit from its beginning), the same
that the notice shows. Erasing is idempotent and done in small transactions, so several workers may sweep at once.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, or_, select

from chatbot.conversation.choices import remove
from chatbot.storage.tables import ChatSession

if TYPE_CHECKING:
    from chatbot.services import Services

EVERY_SECONDS = 3600.0
BATCH = 100
PURPOSE = "store"
log = structlog.get_logger()


async def sweep(services: Services, now: datetime) -> int:
    """Erase every conversation whose time is over; gives how many."""
    purpose = services.notices.best("en").purposes.get(PURPOSE)
    silent = now - timedelta(days=purpose.retention_days)
    old = now - timedelta(days=purpose.hard_limit_days)
    over = or_(col(ChatSession.last_seen_at) < silent, col(ChatSession.created_at) < old)
    erased = 0
    while True:
        async with services.database.transaction() as session:
            batch = (await session.exec(select(ChatSession.id).where(over).limit(BATCH))).all()
            for session_id in batch:
                await remove(session, session_id)
        erased += len(batch)
        if len(batch) < BATCH:
            break
    if erased:
        await services.database.checkpoint()
    return erased


async def sweep_regularly(services: Services) -> None:
    """Sweep now and every hour; a database that is away is tried again the next time."""
    while True:
        try:
            erased = await sweep(services, datetime.now(UTC))
            log.info("swept", removed=erased)
        except SQLAlchemyError as error:
            log.warning("sweep_failed", error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)
