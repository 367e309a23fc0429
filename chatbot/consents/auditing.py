"""Acts and refusals on record: each in the transaction of the act it belongs to, chained to the one before.

    record    what happens to one kept conversation: its stream is the session's number, and the session's row, which
              the act has locked anyway, carries the head of the chain, so that nothing is looked up
    write     any other stream, such as a subject, the wall, or the incidents

Which act is which verb stands in docs/audit.md.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from chatbot.errors import InvalidRequest
from chatbot.storage.tables.consents import AuditEvent
from consent.audit import Entry, Fact, Verb, append, link
from consent.gate import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.storage.tables import ChatSession
    from consent.gate import Admission

ROLE = "service"
ACTOR = "gate"
CONVERSATION = "conversation"
"""The data class of an act on everything that is kept of a conversation."""
_STAFF = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{1,63}")


def staff(officer: str) -> str:
    """Give an id of the staff register; raises InvalidRequest for what is none."""
    if not _STAFF.fullmatch(officer):
        raise InvalidRequest("Name the officer by an id of the staff register: letters, digits, '.', '_' and '-'.")
    return officer


def refusal(purpose: str, data_class: str, recipient: str, reason: str) -> Fact:
    """Say what the gate refused, in ids alone."""
    return Fact(Verb.DENY, ROLE, ACTOR, data_class, purpose, recipient, reason)


def not_taken(admission: Admission) -> list[Fact]:
    """Give a refusal for each yes of somebody under age to what does not exist for them."""
    return [refusal(purpose, "consent_record", "", Reason.MINOR) for purpose in admission.not_taken]


def act(verb: Verb, data_class: str, *, role: str = "visitor", recipient: str = "database", reason: str = "") -> Fact:
    """Say what was done to a kept conversation; who did it is a role, for the session names the rest."""
    return Fact(verb, role, role, data_class, "store", recipient, reason)


async def record(session: AsyncSession, kept: ChatSession, *facts: Fact, now: datetime) -> None:
    """Add facts to a session's stream; the caller has locked its row, and drops them if the act fails."""
    for fact in facts:
        entry_ = link(kept.id, kept.audit_number + 1, kept.audit_digest, fact, now=now)
        session.add(_row(entry_))
        kept.audit_number, kept.audit_digest = entry_.number, entry_.digest


async def refuse_storing(session: AsyncSession, kept: ChatSession) -> None:
    """Put on record that nothing more may be stored of a session whose row is locked."""
    await record(session, kept, refusal("store", "message", "database", Reason.NO_CONSENT), now=datetime.now(UTC))


async def take_up(session: AsyncSession, kept: ChatSession, *facts: Fact, now: datetime) -> None:
    """Begin a session's stream, or go on with the one of a session of this number that was erased before."""
    last = await newest(session, kept.id)
    if last is not None:
        kept.audit_number, kept.audit_digest = last.number, last.digest
    await record(session, kept, *facts, now=now)


async def write(session: AsyncSession, stream: str, facts: Iterable[Fact], *, now: datetime) -> None:
    """Add facts to a stream; the caller's transaction keeps or drops them with the act."""
    facts = tuple(facts)
    if not facts:
        return
    await take_turn(session, stream)
    last = await newest(session, stream)
    for fact in facts:
        last = append(stream, last, fact, now=now)
        session.add(_row(last))


async def newest(session: AsyncSession, stream: str) -> Entry | None:
    """Give a stream's last entry."""
    return next(iter(await page(session, stream, None, 1)), None)


async def page(session: AsyncSession, stream: str, before: int | None, limit: int) -> list[Entry]:
    """Give a page of a stream's entries, newest first, older than entry `before` (keyset paging)."""
    query = select(AuditEvent).where(AuditEvent.stream == stream)
    if before is not None:
        query = query.where(AuditEvent.number < before)
    rows = await session.exec(query.order_by(col(AuditEvent.number).desc()).limit(limit))
    return [entry(row) for row in rows]


async def read(session: AsyncSession, stream: str, *, after: int = 0, limit: int | None = None) -> list[Entry]:
    """Give a stream's entries, oldest first, as `consent.audit.check` takes them; with `limit`, a page of them."""
    query = select(AuditEvent).where(AuditEvent.stream == stream, AuditEvent.number > after)
    rows = await session.exec(query.order_by(col(AuditEvent.number)).limit(limit))
    return [entry(row) for row in rows]


def entry(row: AuditEvent) -> Entry:
    """Give a row as an entry of the chain."""
    fact = Fact(Verb(row.verb), row.role, row.actor, row.data_class, row.purpose, row.recipient, row.reason)
    return Entry(row.stream, row.number, row.at, fact, row.previous, row.digest)


async def take_turn(session: AsyncSession, stream: str) -> None:
    """Wait until nobody else writes this stream; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(stream, 0))))


def _row(made: Entry) -> AuditEvent:
    return AuditEvent(
        stream=made.stream,
        number=made.number,
        at=made.at,
        previous=made.previous,
        digest=made.digest,
        **asdict(made.fact),
    )
