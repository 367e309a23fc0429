"""Incidents as the service keeps them: opened and closed on record, the flags and clocks from the registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlmodel import col, select

from chatbot.consents import auditing
from chatbot.errors import NotFound
from chatbot.storage.tables import ChatSession
from chatbot.storage.tables.guardians import Incident
from consent.audit import Fact, Verb
from consent.tables import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

    from consent.incidents import Kind

OPEN, CLOSED, FALSE_ALARM = "open", "closed", "false_alarm"
STREAM = "incidents"
SERVICE = "service"


class Opening(NamedTuple):
    """When and by whom an incident is opened (an officer's id, or the service), since when it is known, and where."""

    now: datetime
    by: str = SERVICE
    aware: datetime | None = None
    countries: Sequence[str] = ()
    identity: str | None = None


async def begin(session: AsyncSession, kind: Kind, opening: Opening) -> Incident:
    """Open an incident with its kind's flags."""
    row = Incident(
        id=opening.identity or new_id(),
        kind=kind.id,
        status=OPEN,
        confidentiality=kind.confidentiality,
        integrity=kind.integrity,
        availability=kind.availability,
        opened_at=opening.now,
        aware_at=opening.aware or opening.now,
        countries=sorted(set(opening.countries)),
        opened_by=opening.by,
    )
    session.add(row)
    await session.flush()
    await _chain(session, row, opening.by, f"opened_{row.kind}", opening.now)
    return row


async def end(session: AsyncSession, identity: str, status: str, *, now: datetime, by: str = SERVICE) -> Incident:
    """Close an open incident; raises NotFound when there is none of this id that is open."""
    row = await session.get(Incident, identity, with_for_update=True)
    if row is None or row.status != OPEN:
        raise NotFound("No incident of this id is open.")
    row.status, row.closed_at, row.closed_by = status, now, by
    await _chain(session, row, by, status, now)
    return row


async def touched_countries(session: AsyncSession) -> list[str]:
    """Give the countries of everybody of whom a conversation is kept: whose authorities a breach concerns."""
    found = await session.exec(select(ChatSession.country).distinct().order_by(col(ChatSession.country)))
    return list(found.all())


async def _chain(session: AsyncSession, row: Incident, by: str, reason: str, now: datetime) -> None:
    role = SERVICE if by == SERVICE else "officer"
    fact = Fact(Verb.DECIDE, role, by, "incident", "proof", row.id, reason)
    await auditing.write(session, STREAM, [fact], now=now)
