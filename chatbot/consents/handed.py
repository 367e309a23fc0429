"""Answers on their way: a conversation handed over to its visitor, in case the answer gets lost.

What was kept here goes in the very transaction that keeps the answer: at no moment does neither side have it. It is
sealed with the server's secret and the token's, so that nobody reads it here, and found by a mark that only the token
leads to. The same request, repeated within a few minutes, gets it again (docs/adr/0016).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, delete, select

from chatbot.storage.tables.tokens import HandedOver

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.seals import Claims

KEEP = timedelta(minutes=5)
_OF = "handed over"


async def keep(session: AsyncSession, claims: Claims, sealed: bytes, now: datetime) -> None:
    """Keep a sealed answer for a while, in the transaction that erases what it holds."""
    await session.merge(HandedOver(mark=claims.mark(_OF), sealed=sealed, until=now + KEEP))


async def find(session: AsyncSession, claims: Claims, now: datetime) -> bytes | None:
    """Give a token's sealed answer while it may be repeated, or None."""
    kept = select(HandedOver.sealed).where(HandedOver.mark == claims.mark(_OF), HandedOver.until > now)
    return (await session.exec(kept)).first()


async def drop(session: AsyncSession, claims: Claims) -> None:
    """Forget a token's answer."""
    await session.exec(delete(HandedOver).where(col(HandedOver.mark) == claims.mark(_OF)))
