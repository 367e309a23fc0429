"""The ledger of consent: appended to, never changed, and read as it stood at any moment.

    record    one event per purpose asked: a yes, a no, or the end of an earlier yes
    standing  what is agreed now, or was at any time: the latest event of each purpose, unless it has expired
    until     when each yes that stands runs out
    chain     the events that an answer makes, without writing them: for a receipt of somebody who is not stored
    expiring  which yes runs out soon
    verify    the chain of one subject is whole

The caller owns the transaction; nothing here commits. Mere use of the site has no way to write here: every event
names the control that somebody pressed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import bindparam, true, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from consent import law
from consent.data import digest
from consent.shown import Shown
from consent.sources import Source
from consent.tables import ConsentEvent, EventType, Subject

EXPLICIT = "explicit_click"
WRITTEN = datetime(9999, 12, 31, tzinfo=UTC)
"""After every answer that is written: replicas do not share a clock, but they share the order of the events."""
_GENESIS = "0" * 64
# Made once: each message asks this, and making the statement cost more than running it.
_UNTIL = (
    select(ConsentEvent.purpose, ConsentEvent.granted, ConsentEvent.valid_until, ConsentEvent.notice_version)
    .where(ConsentEvent.subject_id == bindparam("subject"), ConsentEvent.at <= bindparam("moment"))
    .order_by(col(ConsentEvent.seq))
)
Touched = Callable[[str], frozenset[str]]
"""Gives the purposes that have changed since a version of the notice."""


def _nothing(_version: str) -> frozenset[str]:
    return frozenset()


class LedgerError(Exception):
    """The ledger refuses: an event without its evidence, or a chain that is broken."""


@dataclass(frozen=True)
class Circumstances:
    """How an answer was given: under which law, in which words, by whom, by pressing what."""

    notice: Shown
    jurisdiction: str
    control: str
    method: str = EXPLICIT
    actor: str = "visitor"
    source: str = Source.CHAT

    def __post_init__(self) -> None:
        if not self.control or self.method == "implied":
            raise LedgerError("a consent event needs the control that was pressed; use is not consent")


class Before(NamedTuple):
    """What a subject's new answers follow: the last event, and what stood; nothing at first."""

    last: ConsentEvent | None = None
    standing: Mapping[str, bool] = MappingProxyType({})


async def record(
    session: AsyncSession,
    subject_id: str,
    choices: Mapping[str, bool],
    how: Circumstances,
    *,
    now: datetime,
) -> tuple[ConsentEvent, ...]:
    """Append one event for each choice and return them; a no that ends a yes is a withdrawal.

    Answers of one subject queue up behind a lock on its row; where the database has no such lock (SQLite, outside a
    write transaction) the second fails with ``IntegrityError`` on the sequence and may be retried.
    """
    await session.exec(select(Subject.id).where(Subject.id == subject_id).with_for_update())
    before = Before(await _last(session, subject_id), await standing(session, subject_id, now, written=True))
    events = chain(subject_id, choices, how, now=now, before=before)
    session.add_all(events)
    await session.flush()
    return events


def chain(
    subject_id: str,
    choices: Mapping[str, bool],
    how: Circumstances,
    *,
    now: datetime,
    before: Before = Before(),  # noqa: B008 — immutable
) -> tuple[ConsentEvent, ...]:
    """Return the events that follow what was there before, written nowhere."""
    seq, previous = (before.last.seq, before.last.digest) if before.last else (0, _GENESIS)
    events: list[ConsentEvent] = []
    for purpose, granted in choices.items():
        seq += 1
        event = _event(subject_id, purpose, granted, how, now)
        event.seq, event.event_type = seq, _event_type(granted, before.standing.get(purpose, False)).value
        event.previous, event.digest = previous, chained(event, previous)
        previous = event.digest
        events.append(event)
    return tuple(events)


async def standing(
    session: AsyncSession,
    subject_id: str,
    at: datetime,
    *,
    touched: Touched = _nothing,
    written: bool = False,
) -> Mapping[str, bool]:
    """Return for each purpose ever answered whether it stands at a moment; an expired yes does not.

    ``touched`` names, for the version of the notice that an answer was given under, the purposes that have changed
    since: a yes to one of those no longer stands either. ``written``: the moment is now, and every answer that is
    written counts, whatever the clock of the replica said that wrote it.
    """
    ends = await until(session, subject_id, at, touched=touched, written=written)
    return MappingProxyType({purpose: end is not None for purpose, end in ends.items()})


async def until(
    session: AsyncSession, subject_id: str, at: datetime, *, touched: Touched = _nothing, written: bool = False
) -> Mapping[str, datetime | None]:
    """Return for each purpose ever answered when the yes that stands at a moment runs out; None where none stands."""
    events = await session.exec(_UNTIL, params={"subject": subject_id, "moment": WRITTEN if written else at})
    return {  # oldest first, so that the latest of each purpose remains
        purpose: end if granted and end is not None and at < end and purpose not in touched(version) else None
        for purpose, granted, end, version in events
    }


async def history(session: AsyncSession, subject_id: str) -> Sequence[ConsentEvent]:
    """Return every event of a subject, oldest first."""
    events = await session.exec(
        select(ConsentEvent).where(ConsentEvent.subject_id == subject_id).order_by(col(ConsentEvent.seq))
    )
    return events.all()


async def expiring(
    session: AsyncSession, *, now: datetime, within: timedelta, after: ConsentEvent | None = None, limit: int = 1000
) -> Sequence[ConsentEvent]:
    """Return a page of each yes that still stands and runs out soon, soonest first: whom to remind.

    ``after`` is the last event of the page before.
    """
    order = col(ConsentEvent.valid_until), col(ConsentEvent.id)
    later = aliased(ConsentEvent)
    answered_since = select(later.id).where(
        later.subject_id == ConsentEvent.subject_id,
        later.purpose == ConsentEvent.purpose,
        later.seq > ConsentEvent.seq,
    )
    events = await session.exec(
        select(ConsentEvent)
        .where(
            ConsentEvent.granted,
            col(ConsentEvent.valid_until) > now,
            col(ConsentEvent.valid_until) <= now + within,
            ~answered_since.exists(),
            tuple_(*order) > (after.valid_until, after.id) if after else true(),
        )
        .order_by(*order)
        .limit(limit)
    )
    return events.all()


async def verify(session: AsyncSession, subject_id: str) -> int:
    """Return the number of events of a subject; raise ``LedgerError`` at the first that was tampered with."""
    events = await history(session, subject_id)
    check_chain(events)
    return len(events)


def check_chain(events: Sequence[ConsentEvent]) -> None:
    """Raise ``LedgerError`` unless each event follows the one before and its digest is that of its content."""
    previous = _GENESIS
    for number, event in enumerate(events, start=1):
        if (event.seq, event.previous, event.digest) != (number, previous, chained(event, previous)):
            raise LedgerError(f"the chain breaks at event {number}")
        previous = event.digest


def chained(event: ConsentEvent, previous: str) -> str:
    """Return the digest that ties an event's content to the event before it."""
    content = event.model_dump(exclude={"previous", "digest", "at", "valid_until"}, exclude_none=True)
    times = [moment.astimezone(UTC).isoformat() if moment else None for moment in (event.at, event.valid_until)]
    return digest([previous, content, times])


async def _last(session: AsyncSession, subject_id: str) -> ConsentEvent | None:
    newest = select(ConsentEvent).where(ConsentEvent.subject_id == subject_id).order_by(col(ConsentEvent.seq).desc())
    return (await session.exec(newest.limit(1))).first()


def _event(subject_id: str, purpose: str, granted: bool, how: Circumstances, now: datetime) -> ConsentEvent:
    """Return the event without its place in the chain; yes and no hold for as long as the place's law says."""
    rule = law.validity(law.country_or_elsewhere(how.jurisdiction), now.date(), how.notice.valid_days)
    days = rule.default_days if granted else rule.refusal_days
    return ConsentEvent(
        subject_id=subject_id,
        seq=0,
        purpose=purpose,
        granted=granted,
        event_type="",
        notice_version=how.notice.version,
        language=how.notice.language,
        text_sha256=how.notice.text_sha256(purpose),
        control=how.control,
        method=how.method,
        actor=how.actor,
        source=how.source,
        jurisdiction=law.country_or_elsewhere(how.jurisdiction),
        valid_until=now + timedelta(days=days),
        at=now,
        previous="",
        digest="",
    )


def _event_type(granted: bool, stood: bool) -> EventType:
    if granted:
        return EventType.GIVEN
    return EventType.WITHDRAWN if stood else EventType.REFUSED
