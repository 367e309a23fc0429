"""What time brings: second mails, invitations that run out, and held sessions that are erased.

Every worker may run this at once: each row is claimed in a transaction of its own, so a duty is done once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from sqlmodel import col, select

from chatbot.conversation.erasing import conversations, remove, remove_others
from chatbot.decisions import incidents
from chatbot.errors import ChatbotError
from chatbot.guardians import rows
from chatbot.guardians.identify import send
from chatbot.guardians.parts import Use
from chatbot.officers import duties as officers
from chatbot.storage.tables import ChatSession
from chatbot.storage.tables.guardians import ChildHold, GuardianRow, Incident
from consent import ledger
from consent.guardian import Act, Stage
from consent.sources import Source

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.services import Services

log = structlog.get_logger()


async def sweep(services: Services, now: datetime) -> dict[str, int]:
    """Do everything that is due at a moment; gives how much of each was done."""
    return {
        "second_mails": await _second_mails(services, now),
        "expired": await _expire(services, now),
        "erased": await _erase_held(services, now),
    } | await officers.sweep(services, now)


async def _second_mails(services: Services, now: datetime) -> int:
    due = select(GuardianRow.id).where(
        GuardianRow.stage == Stage.IDENTIFIED,
        col(GuardianRow.first_at) <= now - services.guardians.delay,
        col(GuardianRow.second_sent_at).is_(None),
        GuardianRow.expires_at > now,
    )
    async with services.database.reading() as session:
        found = (await session.exec(due)).all()
    return sum([await _second_mail(services, identity, now) for identity in found])


async def _second_mail(services: Services, identity: str, now: datetime) -> bool:
    """Claim the row, then send; a mail that no server took is due again."""
    parts = services.guardians
    async with services.database.transaction() as session:
        row = await rows.find(session, identity, lock=True)
        address = parts.reveal(row.id, row.address) if row.address else None
        if row.second_sent_at is not None or address is None:
            return False
        row.second_sent_at = now
    token = parts.make_pass(row.id, Use.SECOND, (row.expires_at - now).total_seconds())
    try:
        await send(services, row.language, address, "second", token)
    except ChatbotError:
        async with services.database.transaction() as session:
            (await rows.find(session, identity, lock=True)).second_sent_at = None
        return False
    return True


async def _expire(services: Services, now: datetime) -> int:
    """End invitations that ran out, and forget everything about them but that they were."""
    waiting = (Stage.INVITED.value, Stage.IDENTIFIED.value, Stage.VERIFIED.value)
    query = select(GuardianRow).where(col(GuardianRow.stage).in_(waiting), GuardianRow.expires_at <= now)
    async with services.database.transaction() as session:
        over = (await session.exec(query.with_for_update())).all()
        for row in over:
            rows.step(row, Act.EXPIRE, now=now)
            row.login = None
    return len(over)


async def _erase_held(services: Services, now: datetime) -> int:
    due = select(ChildHold.session_id).where(
        ChildHold.erase_at <= now, col(ChildHold.erased_at).is_(None), col(ChildHold.lifted_at).is_(None)
    )
    async with services.database.reading() as session:
        found = (await session.exec(due)).all()
    for session_id in found:
        async with services.database.transaction() as session:
            await _erase(session, services, session_id, now)
    if found:
        await services.database.checkpoint()
    return len(found)


async def _erase(session: AsyncSession, services: Services, session_id: str, now: datetime) -> None:
    """Erase one held session, withdraw what its visitor could not agree to, and close the incident."""
    held = await session.get_one(ChildHold, session_id, with_for_update=True)
    if held.erased_at or held.lifted_at or held.erase_at > now:
        return  # somebody else was here, or a person looks at it
    kept = await session.get(ChatSession, session_id)
    if kept is not None:
        await conversations(session, kept.subject_id)  # locked before the subject, as everybody does
        stands = await ledger.standing(session, kept.subject_id, now, written=True)
        how = ledger.Circumstances(
            services.notices.best(kept.language), kept.country, "child-found", actor="agent", source=Source.STAFF
        )
        await ledger.record(
            session, kept.subject_id, {each: False for each, yes in stands.items() if yes}, how, now=now
        )
        await remove_others(session, services, kept, role="service")
        await remove(session, services, session_id, role="service", reason="child_found")
    held.erased_at = now
    incident = await session.get_one(Incident, held.incident_id)
    if incident.status == incidents.OPEN:
        await incidents.end(session, incident.id, incidents.CLOSED, now=now)
