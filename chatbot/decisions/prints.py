"""Prints of the server's secret: so that a secret which was lost or replaced is noticed, and told as an incident.

A visitor's token is sealed with the server's secret, and opens the vault. With another secret no token of before
opens, so the values in those vaults are gone for good, although every row is still there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from chatbot.seals import derive
from chatbot.storage.tables import ChatSession, VaultRow
from chatbot.storage.tables.decisions import SecretPrint
from chatbot.storage.tables.guardians import Incident
from consent.incidents import KEY_LOST

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.storage.database import Database


class Lost(NamedTuple):
    """How many kept vaults no token opens any more, and whether that is on record as an incident."""

    vaults: int
    told: bool


def print_of(secret: bytes) -> str:
    """Give the print of a secret, from which nothing can be learnt about it."""
    return derive(secret, "print of the server's secret").hex()


async def remember(database: Database, secret: bytes, now: datetime) -> None:
    """Note that a secret is in use from now on; one that is known already stays as it was."""
    try:
        async with database.transaction() as session:
            if await session.get(SecretPrint, print_of(secret)) is None:
                session.add(SecretPrint(print=print_of(secret), first_at=now))
    except IntegrityError:
        return  # another replica noted the same secret at the same moment


async def lost(session: AsyncSession, secret: bytes | None, alive: timedelta, now: datetime) -> Lost:
    """Count the vaults that a token could still have opened when their secret went; `alive` is a token's life."""
    prints = (await session.exec(select(SecretPrint))).all()
    mine = next((row for row in prints if secret is not None and row.print == print_of(secret)), None)
    if not prints or (mine is not None and len(prints) == 1):
        return Lost(0, told=False)
    gone = mine.first_at if mine else now
    query = select(func.count()).select_from(VaultRow).join(ChatSession, col(ChatSession.id) == VaultRow.session_id)
    vaults = query.where(ChatSession.created_at < gone, ChatSession.created_at > gone - alive)
    since = mine.first_at if mine else max(row.first_at for row in prints)
    incident = select(Incident.id).where(Incident.kind == KEY_LOST, Incident.opened_at >= since)
    return Lost((await session.exec(vaults)).one(), told=(await session.exec(incident)).first() is not None)
