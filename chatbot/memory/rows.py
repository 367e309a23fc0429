"""The one row that memory keeps, and how it goes: with the yes, with the last conversation, with its time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import aliased
from sqlmodel import col, delete, or_, select

from chatbot.llm.answerer import Length
from chatbot.storage.tables import ChatSession, ConsentEvent, Subject
from chatbot.storage.tables.memory import MemoryRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlmodel.ext.asyncio.session import AsyncSession

    from consent.purposes import Purpose

PURPOSE = "personalise"


async def prefer(session: AsyncSession, subject_id: str, length: Length, *, now: datetime) -> None:
    """Keep how the subject wants to be answered."""
    await _lock(session, subject_id)
    if row := await session.get(MemoryRow, subject_id):
        row.length = length.value
    else:
        session.add(MemoryRow(subject_id=subject_id, length=length.value, created_at=now))


async def forget(session: AsyncSession, subject_id: str, *, now: datetime) -> None:
    """Forget preferences and everything that was said until now; what is kept of conversations stays where it is."""
    await _lock(session, subject_id)
    await erase(session, subject_id)
    session.add(MemoryRow(subject_id=subject_id, length=Length.NORMAL.value, since=now, created_at=now))


async def erase(session: AsyncSession, subject_id: str) -> None:
    """Erase a subject's row: the yes it lived on is gone."""
    await session.exec(delete(MemoryRow).where(col(MemoryRow.subject_id) == subject_id))
    await session.flush()


async def erase_alone(session: AsyncSession, subject_id: str) -> None:
    """Erase a subject's row when the subject's last conversation is gone."""
    left = select(ChatSession.id).where(ChatSession.subject_id == subject_id)
    await session.exec(delete(MemoryRow).where(col(MemoryRow.subject_id) == subject_id, ~left.exists()))


async def sweep(session: AsyncSession, purpose: Purpose, *, now: datetime) -> int:
    """Erase every row whose time is over: silence, the hard limit, or a yes that ran out; gives how many."""
    over = or_(
        ~_seen_since(now - timedelta(days=purpose.retention_days)),
        col(MemoryRow.created_at) < now - timedelta(days=purpose.hard_limit_days),
        ~_agreed(now),
    )
    done = await session.exec(delete(MemoryRow).where(over).execution_options(synchronize_session=False))
    return int(done.rowcount)


async def _lock(session: AsyncSession, subject_id: str) -> None:
    """Let two conversations of one subject write the row one after the other."""
    await session.exec(select(Subject.id).where(Subject.id == subject_id).with_for_update())


def _seen_since(moment: datetime) -> ColumnElement[bool]:
    """Say that a row's subject wrote something since a moment."""
    seen = select(ChatSession.id).where(
        ChatSession.subject_id == MemoryRow.subject_id, col(ChatSession.last_seen_at) >= moment
    )
    return seen.exists()


def _agreed(now: datetime) -> ColumnElement[bool]:
    """Say that the last answer of a row's subject is a yes that has not run out."""
    later = aliased(ConsentEvent)
    newer = select(later.id).where(
        later.subject_id == ConsentEvent.subject_id,
        later.purpose == ConsentEvent.purpose,
        later.seq > ConsentEvent.seq,
    )
    yes = select(ConsentEvent.id).where(
        ConsentEvent.subject_id == MemoryRow.subject_id,
        ConsentEvent.purpose == PURPOSE,
        ConsentEvent.granted,
        col(ConsentEvent.valid_until) > now,
        ~newer.exists(),
    )
    return yes.exists()
