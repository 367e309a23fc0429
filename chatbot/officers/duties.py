"""What time brings to records: holds end, incidents close that hold nothing any more, and proof that is old goes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, not_, or_
from sqlmodel import col, delete, select

from chatbot.consents import auditing
from chatbot.consents.auditing import act
from chatbot.conversation.erasing import clear
from chatbot.decisions import holds, incidents
from chatbot.storage.tables.decisions import Decision, LegalHold, Outgoing
from chatbot.storage.tables.guardians import ChildHold, GuardianRow, Incident
from chatbot.storage.tables.subscriptions import Delivery, Mailing
from chatbot.storage.tables.tokens import HandedOver, WithdrawalRow
from consent.audit import Verb
from consent.guardian import Stage
from consent.incidents import CHILD_FOUND
from consent.records import Kept

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from sqlalchemy import ColumnElement
    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.services import Services
    from consent.records import Records

OVER = (Stage.REFUSED, Stage.REVOKED, Stage.ERASED)


async def sweep(services: Services, now: datetime) -> dict[str, int]:
    """Do everything that is due; gives how much of each was done."""
    ended = await _end_holds(services, now)
    async with services.database.transaction() as session:
        closed = await _close_passing(session, services, now)
        retired = await services.downstream.retire(session, now - services.rules.records.period(Kept.OUTGOING), now)
        cleaned = await clean(session, services.rules.records, now)
    if cleaned:
        await services.database.checkpoint()
    done = {"holds_ended": ended, "incidents_closed": closed}
    return done | {"messages_retired": retired, "records_removed": cleaned}


async def release(services: Services, hold_id: str, *, by: str, now: datetime) -> bool:
    """End a hold and erase what only it kept; tells whether anything was erased."""
    async with services.database.transaction() as session:
        frozen = await holds.end(session, hold_id, by=by, now=now)
        if frozen is not None:
            await clear(session, frozen)
            gone = act(Verb.DESTROY, auditing.CONVERSATION, role="service", reason="hold_ended")
            await auditing.write(session, holds.STREAM, [gone], now=now)
    if frozen is not None:
        await services.database.checkpoint()
    return frozen is not None


async def clean(session: AsyncSession, records: Records, now: datetime) -> int:
    """Remove the service's own records whose time is over (`data/registers/records.yaml`)."""

    def before(kept: Kept) -> datetime:
        return now - records.period(kept)

    removed = 0
    for table, over in _old(before(Kept.CHILD_HOLD), before(Kept.DECISION), before(Kept.INCIDENT)):
        removed += (await session.exec(delete(table).where(over))).rowcount
    ended = and_(col(GuardianRow.stage).in_(OVER), col(GuardianRow.changed_at) < before(Kept.GUARDIANSHIP))
    lapsed = and_(col(GuardianRow.stage) == Stage.EXPIRED, col(GuardianRow.changed_at) < before(Kept.INVITATION))
    for table, over in (
        (GuardianRow, or_(ended, lapsed)),
        (LegalHold, col(LegalHold.ended_at) < before(Kept.LEGAL_HOLD)),
        (Outgoing, col(Outgoing.delivered_at) < before(Kept.OUTGOING)),
        (Outgoing, and_(col(Outgoing.delivered_at).is_(None), col(Outgoing.retired_at) < before(Kept.OUTGOING))),
        (Delivery, col(Delivery.mailing_id).in_(select(Mailing.id).where(_sent(before(Kept.MAILING))))),
        (Mailing, _sent(before(Kept.MAILING))),
        (WithdrawalRow, col(WithdrawalRow.until) < now),
        (HandedOver, col(HandedOver.until) < now),
    ):
        removed += (await session.exec(delete(table).where(over))).rowcount
    return removed


def _sent(before: datetime) -> ColumnElement[bool]:
    return col(Mailing.created_at) < before


def _old(held: datetime, decided: datetime, ended: datetime) -> tuple[tuple[type[Any], Any], ...]:
    """Give what refers to an incident before the incidents: each goes when nothing that stands needs it."""
    standing = and_(col(ChildHold.lifted_at).is_(None), col(ChildHold.erased_at).is_(None))
    unused = (~exists().where(col(each.incident_id) == Incident.id) for each in (ChildHold, Decision))
    return (
        (ChildHold, and_(col(ChildHold.held_at) < held, not_(standing))),
        (Decision, Decision.at < decided),
        (Incident, and_(col(Incident.closed_at) < ended, *unused)),
    )


async def _end_holds(services: Services, now: datetime) -> int:
    """End every hold whose day has come; what was to be erased while it stood is erased now."""
    query = select(LegalHold.id).where(LegalHold.until <= now, col(LegalHold.ended_at).is_(None))
    async with services.database.reading() as session:
        due = (await session.exec(query)).all()
    for hold_id in due:
        await release(services, hold_id, by="service", now=now)
    return len(due)


async def _close_passing(session: AsyncSession, services: Services, now: datetime) -> int:
    """Close incidents about sessions of which nothing was kept, once no token of them can live any more."""
    over = now - timedelta(hours=services.settings.session_hours)
    held = exists().where(col(ChildHold.incident_id) == Incident.id)
    query = select(Incident.id).where(
        Incident.kind == CHILD_FOUND, Incident.status == incidents.OPEN, Incident.opened_at < over, not_(held)
    )
    found = (await session.exec(query)).all()
    for identity in found:
        await incidents.end(session, identity, incidents.CLOSED, now=now)
    return len(found)
