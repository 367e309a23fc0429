"""Objections to what rests on an interest of ours: events of the same ledger, which never grant anything.

    at once     objected -> objection_ended
    reviewed    objected -> objection_upheld | objection_denied -> ...     an officer decides; pending until then

An objection names the control that was pressed, like every event, and it has no end but the visitor's own
(GDPR Art. 21(1), POPIA s.11(3)(a)). ``stopped`` is what the gate asks for;
``consent.filters`` says the same of many subjects at once.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, literal
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from consent import ledger
from consent.ledger import Before, Circumstances
from consent.purposes import Objection, Purpose, PurposeError, Purposes
from consent.tables import ConsentEvent, EventType, Subject

_EVENTS = frozenset(
    {EventType.OBJECTED, EventType.OBJECTION_ENDED, EventType.OBJECTION_UPHELD, EventType.OBJECTION_DENIED}
)


class Review(StrEnum):
    """Where an objection that an officer decides stands."""

    NONE = "none"
    PENDING = "pending"
    UPHELD = "upheld"
    DENIED = "denied"


_REVIEWS = {
    EventType.OBJECTED: Review.PENDING,
    EventType.OBJECTION_UPHELD: Review.UPHELD,
    EventType.OBJECTION_DENIED: Review.DENIED,
}


def objectable(purposes: Purposes) -> tuple[Purpose, ...]:
    """Return the purposes that a visitor may object to, in the order of the register."""
    return tuple(row for row in purposes.purposes if row.objectable and row.active)


def at_once(row: Purpose) -> bool:
    """Whether the use stops with the objection itself; a row that does not say is reviewed."""
    return row.objection is Objection.AT_ONCE


def stops(row: Purpose, event: EventType | None) -> bool:
    """Whether a purpose has stopped for somebody whose latest event about it this is."""
    return event is (EventType.OBJECTED if at_once(row) else EventType.OBJECTION_UPHELD)


def review(event: EventType | None) -> Review:
    """Say where an objection stands, by its latest event."""
    return _REVIEWS.get(event, Review.NONE) if event else Review.NONE


async def latest(session: AsyncSession, subject_id: str, at: datetime) -> Mapping[str, EventType]:
    """Return for each purpose ever objected to what its latest event at a moment says."""
    newest = (
        select(func.max(ConsentEvent.seq))
        .where(
            ConsentEvent.subject_id == subject_id,
            ConsentEvent.at <= at,
            col(ConsentEvent.event_type).in_(_EVENTS),
        )
        .group_by(col(ConsentEvent.purpose))
    )
    found = await session.exec(
        select(ConsentEvent.purpose, ConsentEvent.event_type).where(
            ConsentEvent.subject_id == subject_id, col(ConsentEvent.seq).in_(newest)
        )
    )
    return {purpose: EventType(event) for purpose, event in found}


def stopped(purposes: Purposes, events: Mapping[str, EventType]) -> frozenset[str]:
    """Return the purposes that have stopped, from the latest events."""
    return frozenset(row.id for row in objectable(purposes) if stops(row, events.get(row.id)))


def wished(purposes: Purposes, wishes: Collection[str]) -> None:
    """Raise ``PurposeError`` when somebody objects to what is not on the list."""
    if set(wishes) - {row.id for row in objectable(purposes)}:
        raise PurposeError("An objection names a purpose that cannot be objected to; see GET /v1/me/consents.")


async def record(
    session: AsyncSession, subject_id: str, wishes: Mapping[str, bool], how: Circumstances, *, now: datetime
) -> tuple[ConsentEvent, ...]:
    """Append what changes: an objection (true), or its end; an answer that already stands adds nothing."""
    await session.exec(select(Subject.id).where(Subject.id == subject_id).with_for_update())
    before = await latest(session, subject_id, ledger.WRITTEN)
    running = {purpose for purpose, event in before.items() if event is not EventType.OBJECTION_ENDED}
    changed = {purpose: yes for purpose, yes in wishes.items() if yes != (purpose in running)}
    kinds = {purpose: EventType.OBJECTED if yes else EventType.OBJECTION_ENDED for purpose, yes in changed.items()}
    return await _append(session, subject_id, kinds, how, now=now)


async def decide(
    session: AsyncSession, subject_id: str, decisions: Mapping[str, bool], how: Circumstances, *, now: datetime
) -> tuple[ConsentEvent, ...]:
    """Append an officer's decisions (true: upheld); raise ``PurposeError`` where no objection waits for one."""
    await session.exec(select(Subject.id).where(Subject.id == subject_id).with_for_update())
    before = await latest(session, subject_id, ledger.WRITTEN)
    if any(before.get(purpose) is not EventType.OBJECTED for purpose in decisions):
        raise PurposeError("No objection of this subject to this purpose waits for a decision.")
    kinds = {
        purpose: EventType.OBJECTION_UPHELD if upheld else EventType.OBJECTION_DENIED
        for purpose, upheld in decisions.items()
    }
    return await _append(session, subject_id, kinds, how, now=now)


def pending(purposes: Purposes) -> SelectOfScalar[ConsentEvent]:
    """Ask for the objections that wait for an officer."""
    reviewed = [row.id for row in objectable(purposes) if not at_once(row)]
    later = aliased(ConsentEvent)
    since = select(later.id).where(
        later.subject_id == ConsentEvent.subject_id,
        later.purpose == ConsentEvent.purpose,
        later.seq > ConsentEvent.seq,
    )
    objected = literal(EventType.OBJECTED.value, literal_execute=True)  # in so many words, as the index has it
    return select(ConsentEvent).where(
        col(ConsentEvent.purpose).in_(reviewed), ConsentEvent.event_type == objected, ~since.exists()
    )


def chain(
    subject_id: str, kinds: Mapping[str, EventType], how: Circumstances, *, now: datetime, before: Before
) -> tuple[ConsentEvent, ...]:
    """Return the events that follow what was there before, written nowhere; none of them grants, none runs out."""
    events = ledger.chain(subject_id, dict.fromkeys(kinds, False), how, now=now, before=before)
    previous = events[0].previous if events else ""
    for event in events:
        event.event_type, event.valid_until = kinds[event.purpose].value, None
        event.previous, event.digest = previous, ledger.chained(event, previous)
        previous = event.digest
    return events


async def _append(
    session: AsyncSession, subject_id: str, kinds: Mapping[str, EventType], how: Circumstances, *, now: datetime
) -> tuple[ConsentEvent, ...]:
    newest = select(ConsentEvent).where(ConsentEvent.subject_id == subject_id).order_by(col(ConsentEvent.seq).desc())
    before = Before((await session.exec(newest.limit(1))).first())
    events = chain(subject_id, kinds, how, now=now, before=before)
    session.add_all(events)
    await session.flush()
    return events
