"""Legal holds: a conversation that was to be erased, and that a law keeps for a while.

    place ──> standing ──erasing is asked for──> frozen ──its day, or lift──> erased
                       └──its day, or lift──> nothing happens

A hold alone changes nothing for the visitor. Once erasing is due, what was said moves under another number that no
token names, with a subject of its own: nobody here can go on with it, read it back, or find it by the visitor's
consents, and the values stay sealed. Everything else goes as if there were no hold.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlmodel import col, select, update

from chatbot.consents import auditing
from chatbot.errors import InvalidRequest, NotFound
from chatbot.storage.tables import ChatSession, Handoff, Subject, Turn, VaultRow
from chatbot.storage.tables.decisions import LegalHold
from chatbot.storage.tables.guardians import TurnNote
from consent.audit import GENESIS, Fact, Verb
from consent.holds import HoldError, allow, ground
from consent.tables import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlmodel.ext.asyncio.session import AsyncSession

IN_SCOPE = (Turn, TurnNote, Handoff, VaultRow)
"""What was said, redacted, and the sealed values: a hold keeps these and nothing else."""
STREAM, SERVICE = "holds", "service"
LOOKUP_BYTES = 32
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/._-]{1,63}")


class Order(NamedTuple):
    """What an officer asks for: the ground, the reference of the request, who approves, and the last day."""

    law: str
    reference: str
    officer: str
    until: date


async def place(session: AsyncSession, session_id: str, order: Order, now: datetime) -> LegalHold:
    """Put a kept conversation under a hold; raises when no law allows it that long, or nothing is kept."""
    if not _REFERENCE.fullmatch(order.reference):
        raise InvalidRequest("A reference has letters, digits and / . _ -, at most 64, and no name in it.")
    try:
        row = allow(order.law, now.date(), order.until)
    except HoldError as error:
        raise InvalidRequest(f"This hold is not possible: {error}.") from None
    if await session.get(ChatSession, session_id, with_for_update=True) is None:
        raise NotFound("Nothing is kept of a conversation of this id.")
    hold = LegalHold(
        session_id=session_id,
        law=row.id,
        reference=order.reference,
        approved_by=order.officer,
        placed_at=now,
        until=min(datetime.combine(order.until, time.max, UTC), now + timedelta(days=row.days)),
    )
    session.add(hold)
    await session.flush()
    await _chain(session, hold, order.officer, f"placed_{row.id}", now)
    return hold


async def standing(session: AsyncSession, session_id: str, now: datetime) -> Sequence[LegalHold]:
    """Give the holds that keep a conversation from being erased, the longest first."""
    query = select(LegalHold).where(
        LegalHold.session_id == session_id,
        LegalHold.until > now,
        col(LegalHold.ended_at).is_(None),
        col(LegalHold.frozen_id).is_(None),
    )
    return (await session.exec(query.order_by(col(LegalHold.until).desc()))).all()


async def freeze(session: AsyncSession, kept: ChatSession, holds: Sequence[LegalHold], now: datetime) -> None:
    """Move what is in a hold's scope to where no token and no consent leads; the rest stays, to be erased."""
    session.add(nobody := Subject(created_at=kept.created_at))
    await session.flush()
    moved = ChatSession(
        **kept.model_dump(exclude={"id", "subject_id", "token_lookup", "minor", "audit_number", "audit_digest"}),
        id=new_id(),
        subject_id=nobody.id,
        token_lookup=secrets.token_bytes(LOOKUP_BYTES),
        minor=True,  # who reads for a purpose reads no minor's words
        audit_number=0,
        audit_digest=GENESIS,
    )
    session.add(moved)
    await session.flush()
    for table in IN_SCOPE:
        await session.exec(update(table).where(col(table.session_id) == kept.id).values(session_id=moved.id))
    for hold in holds:
        hold.frozen_id, hold.frozen_at = moved.id, now
        await _chain(session, hold, SERVICE, "frozen", now)


async def frozen(session: AsyncSession, sessions: Sequence[str]) -> LegalHold | None:
    """Give the hold that keeps what was a session and was to be erased; the longest when there are several."""
    query = select(LegalHold).where(
        col(LegalHold.session_id).in_(sessions),
        col(LegalHold.ended_at).is_(None),
        col(LegalHold.frozen_id).is_not(None),
    )
    return (await session.exec(query.order_by(col(LegalHold.until).desc()))).first()


async def end(session: AsyncSession, identity: str, *, by: str, now: datetime) -> str | None:
    """End a hold; gives the frozen conversation that no hold keeps any more, for the caller to erase."""
    hold = await session.get(LegalHold, identity, with_for_update=True)
    if hold is None or hold.ended_at is not None:
        raise NotFound("No hold of this id stands.")
    hold.ended_at, hold.ended_by = now, by
    await _chain(session, hold, by, "ended", now)
    if hold.frozen_id is None:
        return None
    others = select(LegalHold.id).where(LegalHold.frozen_id == hold.frozen_id, col(LegalHold.ended_at).is_(None))
    return None if (await session.exec(others)).first() else hold.frozen_id


def law_of(hold: LegalHold) -> str:
    """Name the law of a hold, as it stood when the hold was placed."""
    return ground(hold.law, hold.placed_at.date()).law


async def _chain(session: AsyncSession, hold: LegalHold, by: str, reason: str, now: datetime) -> None:
    role = SERVICE if by == SERVICE else "officer"
    fact = Fact(Verb.DECIDE, role, by, "legal_hold", "proof", hold.id, reason)
    await auditing.write(session, STREAM, [fact], now=now)
