"""A visitor objects to what rests on an interest of ours, or takes that back; both stand at once.

Of a stored conversation the ledger knows it. Of a visitor of whom nothing is kept, the token carries it.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from chatbot.consents import auditing
from chatbot.consents.auditing import staff
from chatbot.consents.withdrawn import OBJECTION
from chatbot.conversation.rows import owned_session
from chatbot.errors import GuardianRequired
from chatbot.storage.paging import page
from consent import ledger, objections
from consent.audit import Fact, Verb
from consent.ledger import Before
from consent.sources import Source
from consent.tables import ConsentEvent, EventType

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.seals import Claims
    from chatbot.services import Services
    from chatbot.storage.paging import Asked, Page
    from chatbot.storage.tables import ChatSession

CONTROL, DECIDED = "objections", "objections-decide"
COUNTING = ("statistics", "metrics", "log")
"""The purpose, data and recipient of every count of what visitors wrote about."""


async def events(services: Services, claims: Claims) -> Mapping[str, EventType]:
    """Give the latest event of each purpose that this visitor objected to."""
    if claims.stored:
        async with services.database.reading() as session:
            kept = await owned_session(session, claims)
            return await objections.latest(session, kept.subject_id, ledger.WRITTEN)
    return dict.fromkeys(claims.objected, EventType.OBJECTED)


async def carried(services: Services, claims: Claims) -> tuple[str, ...]:
    """Give the objections that a token carries on when its conversation is no longer kept here."""
    latest = await events(services, claims)
    open_ = {EventType.OBJECTED, EventType.OBJECTION_UPHELD}
    return tuple(purpose for purpose, event in latest.items() if event in open_)


async def shown(services: Services, claims: Claims, language: str) -> list[dict[str, Any]]:
    """Give what may be objected to, in words, and where each objection stands."""
    notice = services.notices.best(language)
    latest = await events(services, claims)
    return [
        {
            "id": row.id,
            "title": notice.titled(row.id).title,
            "text": notice.titled(row.id).text,
            "objected": latest.get(row.id, EventType.OBJECTION_ENDED) is not EventType.OBJECTION_ENDED,
            "review": not objections.at_once(row),
            "decision": objections.review(latest.get(row.id)).value if not objections.at_once(row) else "none",
        }
        for row in objections.objectable(notice.purposes)
    ]


async def put(services: Services, claims: Claims, wishes: Mapping[str, bool]) -> Claims:
    """Put objections (true), or their end, into effect; raises PurposeError for what cannot be objected to."""
    if claims.guardian:
        raise GuardianRequired("Your parent or guardian chooses this on their page.")
    objections.wished(services.notices.best("en").purposes, wishes)
    claims = await services.signals.caught_up(claims)
    objected = [each for each in claims.objected if wishes.get(each) is not False]
    objected += (new := [each for each, yes in wishes.items() if yes and each not in objected])
    changes, lost = claims.changes, None
    async with services.database.transaction() as session:
        if claims.stored:
            kept = await owned_session(session, claims, lock=True)
            await _record(services, session, kept.subject_id, claims, wishes)
        if new:
            lost = services.signals.withdraw(session, claims, [OBJECTION + each for each in new])
            changes = lost.change
    if lost:
        await services.signals.tell(lost)
    return msgspec.structs.replace(claims, objected=tuple(objected), issued=time.time(), changes=changes)


async def waiting(services: Services, asked: Asked) -> Page[ConsentEvent]:
    """Give a page of the objections that wait for an officer, oldest first."""
    query = objections.pending(services.notices.best("en").purposes)
    async with services.database.reading() as session:
        return await page(session, query, ConsentEvent.at, asked)


async def decide(services: Services, subject_id: str, purpose: str, *, officer: str, upheld: bool) -> None:
    """Decide a pending objection; raises PurposeError when none waits."""
    now, by = datetime.now(UTC), staff(officer)
    async with services.database.transaction() as session:
        asked = next((e for e in await ledger.history(session, subject_id) if e.purpose == purpose), None)
        notice = services.notices.best(asked.language if asked else "en")
        where = asked.jurisdiction if asked else ""
        how = ledger.Circumstances(notice, where, DECIDED, actor="agent", source=Source.STAFF)
        await objections.decide(session, subject_id, {purpose: upheld}, how, now=now)
        outcome = "upheld" if upheld else "denied"
        fact = Fact(Verb.DECIDE, "officer", by, "consent_record", purpose, "", f"objection_{outcome}")
        await auditing.write(session, subject_id, [fact], now=now)


async def carry(services: Services, session: AsyncSession, kept: ChatSession, claims: Claims) -> None:
    """Write into the ledger of a new stored conversation what its visitor's token carried until now."""
    if claims.objected:
        await _record(services, session, kept.subject_id, claims, dict.fromkeys(claims.objected, True))


def told(services: Services, claims: Claims, last: ConsentEvent) -> Sequence[ConsentEvent]:
    """Give the objections that a token carries, as events that follow the last answer, written nowhere."""
    how = ledger.Circumstances(services.notices.best(claims.language), claims.country, CONTROL)
    kinds = dict.fromkeys(claims.objected, EventType.OBJECTED)
    return objections.chain(last.subject_id, kinds, how, now=last.at, before=Before(last))


async def counted(services: Services, claims: Claims) -> bool:
    """Tell whether what this visitor does may be counted."""
    latest = await events(services, claims)
    stopped = objections.stopped(services.notices.best("en").purposes, latest)
    return countable(services, stopped, minor=claims.minor)


def countable(services: Services, objected: Collection[str], *, minor: bool) -> bool:
    """Ask the gate whether somebody may be counted, knowing what they objected to."""
    return bool(services.gate.may(*COUNTING, {}, minor=minor, objected=objected))


async def _record(
    services: Services, session: AsyncSession, subject_id: str, claims: Claims, wishes: Mapping[str, bool]
) -> None:
    how = ledger.Circumstances(services.notices.best(claims.language), claims.country, CONTROL)
    await objections.record(session, subject_id, wishes, how, now=datetime.now(UTC))
