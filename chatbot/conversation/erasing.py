"""What goes when a conversation goes: every row that hangs on it. The ledger stays, and names nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlmodel import col, delete, select

from chatbot.consents import auditing
from chatbot.consents.auditing import act
from chatbot.conversation.rows import owned_session
from chatbot.decisions import holds
from chatbot.decisions.downstream import ERASE
from chatbot.memory import rows as memory
from chatbot.storage.tables import ChatSession, Feedback, Handoff, Turn, VaultRow
from chatbot.storage.tables.guardians import TurnNote
from consent.audit import Verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.seals import Claims
    from chatbot.services import Services
    from chatbot.storage.tables.decisions import LegalHold

FROZEN = "frozen_by_law"


async def remove(
    session: AsyncSession, services: Services, session_id: str, *, role: str, reason: str = ""
) -> LegalHold | None:
    """Erase a session and all that hangs on it; the ledger stays, and on record who ended it, and why.

    Operators are told. What a law holds moves to where nobody here reaches it, and its hold is given back.
    """
    now = datetime.now(UTC)
    kept = await session.get(ChatSession, session_id, with_for_update=True)
    if kept is None:
        return None
    kept_by = await holds.standing(session, session_id, now)
    destroyed = act(Verb.DESTROY, auditing.CONVERSATION, role=role, reason=FROZEN if kept_by else reason)
    await auditing.record(session, kept, destroyed, now=now)
    services.downstream.tell(session, ERASE, session_id)
    if kept_by:
        await holds.freeze(session, kept, kept_by, now)
    await clear(session, session_id)
    await memory.erase_alone(session, kept.subject_id)
    return kept_by[0] if kept_by else None


async def clear(session: AsyncSession, session_id: str) -> None:
    """Take away every row of a session."""
    for table in (Feedback, Handoff, TurnNote, Turn, VaultRow):
        await session.exec(delete(table).where(col(table.session_id) == session_id))
    await session.exec(delete(ChatSession).where(col(ChatSession.id) == session_id))


async def hold_all(session: AsyncSession, claims: Claims) -> ChatSession:
    """Give the claims' session, with every conversation of its subject locked; NotFound as `owned_session`."""
    await conversations(session, (await owned_session(session, claims)).subject_id)
    return await owned_session(session, claims, lock=True)


async def remove_others(session: AsyncSession, services: Services, kept: ChatSession, *, role: str) -> None:
    """Erase the other conversations of a session's subject: the yes that has just ended was theirs too."""
    for other in await conversations(session, kept.subject_id):
        if other != kept.id:
            await remove(session, services, other, role=role, reason="withdrawn")


async def conversations(session: AsyncSession, subject_id: str, *, lock: bool = True) -> Sequence[str]:
    """Give the numbers of a subject's conversations; locked, everybody in the same order."""
    mine = select(ChatSession.id).where(ChatSession.subject_id == subject_id).order_by(col(ChatSession.id))
    return (await session.exec(mine.with_for_update() if lock else mine)).all()
