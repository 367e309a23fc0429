"""Refusals of the gate on record: each in the transaction of the act it belongs to, chained to the one before."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlmodel import col, select

from chatbot.storage.tables_consents import AuditEvent
from consent.audit import Entry, Fact, Verb, append

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

ROLE = "service"
ACTOR = "gate"


def refusal(purpose: str, data_class: str, recipient: str, reason: str) -> Fact:
    """Say what the gate refused, in ids alone."""
    return Fact(Verb.DENY, ROLE, ACTOR, data_class, purpose, recipient, reason)


async def write(session: AsyncSession, stream: str, facts: Iterable[Fact], *, now: datetime) -> None:
    """Add facts to a stream (a subject's number); the caller's transaction keeps or drops them with the act."""
    newest = select(AuditEvent).where(AuditEvent.stream == stream).order_by(col(AuditEvent.number).desc()).limit(1)
    row = (await session.exec(newest)).first()
    last = entry(row) if row else None
    for fact in facts:
        last = append(stream, last, fact, now=now)
        session.add(
            AuditEvent(
                stream=stream,
                number=last.number,
                at=now,
                previous=last.previous,
                digest=last.digest,
                **asdict(fact),
            )
        )


async def read(session: AsyncSession, stream: str) -> list[Entry]:
    """Give a stream's entries, oldest first, as `consent.audit.check` takes them."""
    rows = await session.exec(select(AuditEvent).where(AuditEvent.stream == stream).order_by(col(AuditEvent.number)))
    return [entry(row) for row in rows]


def entry(row: AuditEvent) -> Entry:
    """Give a row as an entry of the chain."""
    fact = Fact(Verb(row.verb), row.role, row.actor, row.data_class, row.purpose, row.recipient, row.reason)
    return Entry(row.stream, row.number, row.at, fact, row.previous, row.digest)
