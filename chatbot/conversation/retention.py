"""What expires when: a stored conversation goes when its purpose's time is over, whatever else happens.

The periods are the register's (`store`: days after the last message, and a hard limit from its beginning), the same
that the notice shows. Erasing is idempotent and done in small transactions, so several workers may sweep at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from sqlmodel import and_, col, or_, select

from chatbot.consents import emergencies
from chatbot.conversation.erasing import remove
from chatbot.memory import rows as memory
from chatbot.storage.tables import ChatSession
from chatbot.storage.tables.decisions import LegalHold

if TYPE_CHECKING:
    from datetime import datetime

    from chatbot.services import Services

BATCH = 100
PURPOSE = "store"
log = structlog.get_logger()


async def sweep(services: Services, now: datetime) -> int:
    """Erase every conversation whose time is over, and what memory kept beside them; gives how many of the first."""
    purpose = services.notices.best("en").purposes.get(PURPOSE)
    silent = now - timedelta(days=purpose.retention_days)
    old = now - timedelta(days=purpose.hard_limit_days)
    frozen = select(LegalHold.frozen_id).where(
        col(LegalHold.ended_at).is_(None), col(LegalHold.frozen_id).is_not(None)
    )
    late = or_(col(ChatSession.last_seen_at) < silent, col(ChatSession.created_at) < old)
    over = and_(late, col(ChatSession.id).not_in(frozen))
    # In one order, so that two workers who sweep at once wait for each other instead of locking each other out.
    due, erased = select(ChatSession.id).where(over).order_by(col(ChatSession.id)).limit(BATCH), 0
    while True:
        async with services.database.transaction() as session:
            batch = (await session.exec(due)).all()
            for session_id in batch:
                await remove(session, services, session_id, role="service", reason="retention")
        erased += len(batch)
        if len(batch) < BATCH:
            break
    async with services.database.transaction() as session:
        erased_too = await memory.sweep(session, services.gate.purpose(memory.PURPOSE), now=now)
        kept_for = services.gate.purpose(emergencies.PURPOSE).hard_limit_days
        await emergencies.forget(session, now - timedelta(days=kept_for))
    if erased or erased_too:
        await services.database.checkpoint()
    log.info("swept", removed=erased)
    return erased
