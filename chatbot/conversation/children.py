"""A child found out in the chat: the session is held at once, by whoever found it, on every worker.

    look | report ──> hold ──reversed by a person──> goes on
                        └──time────> erased       (chatbot/guardians/duties.py)

A held session reads no message. Of a visitor of whom nothing is kept, a hash in memory holds the session until its
token is over (docs/adr/0011). A session that a guardian allowed goes on only while that guardianship is active.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog
from sqlalchemy import String, bindparam, union_all
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from chatbot.consents.held import Held, until
from chatbot.consents.withdrawn import session_key
from chatbot.conversation.rows import of_one_subject
from chatbot.decisions import incidents
from chatbot.decisions import log as decisions
from chatbot.decisions.incidents import Opening
from chatbot.decisions.log import REVERSED, Judgement, Made, Where
from chatbot.errors import GuardianRequired, NotFound, StorageStopped
from chatbot.storage.tables import ChatSession
from chatbot.storage.tables.decisions import Decision
from chatbot.storage.tables.guardians import ChildHold, GuardianRow
from consent.guardian import Stage
from consent.incidents import CHILD_FOUND
from consent.tables import new_id
from pii.flags import CHILD_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.seals import Claims
    from chatbot.services import Services
    from pii.redactor import Redaction

KIND, EFFECT = "child_hold", "held"
TRIES = 5
_ASKED = bindparam("session", type_=String)
_MINE = union_all(select(_ASKED), of_one_subject(_ASKED))
# Made once: each message asks this.
_HOLD = select(ChildHold).where(col(ChildHold.session_id).in_(_MINE), col(ChildHold.lifted_at).is_(None)).limit(1)
log = structlog.get_logger()


class Found(NamedTuple):
    """Who found a child, by which rule, on what; `expires` is the token's end, where it is known."""

    source: str
    rule: str
    version: str = ""
    inputs: Mapping[str, str | float | bool] = {}
    expires: int | None = None

    @property
    def made(self) -> Made:
        """The decision as it goes on record."""
        return Made(KIND, EFFECT, self.rule, self.version, {"found_by": self.source} | dict(self.inputs))


async def check(services: Services, claims: Claims) -> None:
    """Let a message in only when its session is not held and its guardian, if it has one, still agrees."""
    async with services.database.reading() as session:
        await check_in(session, services, claims)


async def check_in(session: AsyncSession, services: Services, claims: Claims) -> None:
    """Check within a look at the database that reads something else as well."""
    elsewhere = services.signals.held(claims.session_id)
    hold = await hold_on(session, claims.session_id)
    guardian = await session.get(GuardianRow, claims.guardian) if claims.guardian else None
    decided = await session.get(Decision, elsewhere.decision) if elsewhere else None
    if hold is not None:
        asked = await session.get(Decision, hold.decision_id) if hold.decision_id else None
        raise refusal(services, claims, hold.decision_id, None if asked and asked.asked_at else hold.erase_at)
    if elsewhere and not (decided and decided.outcome == REVERSED):
        raise refusal(services, claims, elsewhere.decision)
    if claims.guardian and (guardian is None or guardian.stage != Stage.ACTIVE):
        raise told(services, claims.language, "child_paused")
    if guardian is not None and guardian.notice_version != services.notices.version:
        raise told(services, claims.language, "child_notice_changed")


async def hold_on(session: AsyncSession, session_id: str) -> ChildHold | None:
    """Find the hold that stands on a conversation, or on another one of the same visitor."""
    return (await session.exec(_HOLD, params={"session": session_id})).first()


async def look(services: Services, claims: Claims, redaction: Redaction) -> None:
    """Hold a session whose visitor says that they are a child; the message itself is not kept."""
    least = services.settings.child_score
    score = max((flag.score for flag in redaction.flags if flag.kind == "CHILD"), default=0.0)
    if claims.minor or score < least:
        return
    inputs: dict[str, str | float | bool] = {"flag": "CHILD", "score": score, "least": least}
    found = Found("chat", f"pii CHILD >= {least}", CHILD_VERSION, inputs, claims.expires)
    goes = datetime.now(UTC) + timedelta(hours=services.settings.child_erase_hours) if claims.stored else None
    raise refusal(services, claims, await hold(services, claims.session_id, found), goes)


def refusal(
    services: Services, claims: Claims, decision: str | None, goes: datetime | None = None
) -> GuardianRequired:
    """Say kindly that the chat has stopped, when what is kept goes, and how a mistake is put right."""
    members = {"reference": claims.session_id, "human_review": True, "decision": decision or None}
    if goes:
        members["erase_at"] = goes.isoformat()
    return told(services, claims.language, "child_held", **members)


def told(services: Services, language: str, name: str, **members: Any) -> GuardianRequired:
    """Refuse in the visitor's own language: the widget shows ``message`` as it is."""
    notice = services.notices.best(language)
    message = notice.strings[name].format(support=notice.party.support)
    return GuardianRequired(message, message=message, **members)


async def hold(services: Services, session_id: str, found: Found) -> str:
    """Hold a session, open an incident, and stop its reply wherever it is written; twice is once.

    Gives the decision's id.
    """
    now = datetime.now(UTC)
    decision = await _hold_kept(services, session_id, found, now)
    if decision is None:
        decision = await _hold_passing(services, session_id, found, now)
    async with services.database.reading() as session:
        mine = {session_id, *await session.exec(of_one_subject(session_id))}
    for each in mine:
        await services.signals.stop_reply(each)
    return decision


async def lift(session: AsyncSession, session_id: str, *, by: str, reason: str) -> None:
    """Let a held session go on after a person looked at it; raises NotFound when it is not held any more."""
    held = await session.get(ChildHold, session_id, with_for_update=True)
    if held is None or held.erased_at or held.lifted_at:
        raise NotFound("No session of this id is held, or it was erased.")
    now = datetime.now(UTC)
    held.lifted_at, held.decided_by, held.reason = now, by, reason
    await incidents.end(session, held.incident_id, incidents.FALSE_ALARM, now=now, by=by)
    decision = await session.get(Decision, held.decision_id) if held.decision_id else None
    if decision is not None:
        await decisions.settle(session, decision, Judgement(REVERSED, by, reason, now))


async def _hold_kept(services: Services, session_id: str, found: Found, now: datetime) -> str | None:
    """Hold a session that is kept, or was; None when nothing is known of it."""
    for _ in range(TRIES):
        with contextlib.suppress(IntegrityError):  # somebody else held it, or wrote the same log, at this moment
            async with services.database.transaction() as session:
                before = await session.get(ChildHold, session_id)
                if before is not None and before.lifted_at is None:
                    return before.decision_id or ""
                if await session.get(ChatSession, session_id) is None:
                    return None
                if before is not None:  # lifted once, and found again: the earlier decision stays on record
                    await session.delete(before)
                    await session.flush()
                made = await _write_hold(session, services, session_id, found, now)
            _count(services, found)
            return made
    raise StorageStopped("The session could not be held. Please try again.", retry_after=1)


async def _write_hold(session: AsyncSession, services: Services, session_id: str, found: Found, now: datetime) -> str:
    country = await session.exec(select(ChatSession.country).where(ChatSession.id == session_id))
    kind = services.rules.incidents.get(CHILD_FOUND)
    incident = await incidents.begin(session, kind, Opening(now, countries=tuple(country.all())))
    made = decisions.write(session, found.made, Where(session_id, now, incident.id))
    session.add(
        ChildHold(
            session_id=session_id,
            incident_id=incident.id,
            decision_id=made.id,
            source=found.source,
            rule=found.rule,
            held_at=now,
            erase_at=now + timedelta(hours=services.settings.child_erase_hours),
        )
    )
    return made.id


async def _hold_passing(services: Services, session_id: str, found: Found, now: datetime) -> str:
    """Hold a session of which nothing is kept: a hash in memory; on disk an incident that names no session."""
    made = found.made
    entry = Held(
        session=session_key(session_id),
        decision=new_id(),
        incident=new_id(),
        rule=made.rule,
        version=made.version,
        inputs=dict(made.inputs),
        at=now.timestamp(),
        until=until(found.expires, now, services.settings.session_hours),
    )
    if await services.signals.hold(entry):
        kind = services.rules.incidents.get(CHILD_FOUND)
        async with services.database.transaction() as session:
            await incidents.begin(session, kind, Opening(now, identity=entry.incident))
        _count(services, found)
    held = services.signals.held(session_id)
    return held.decision if held else entry.decision


def _count(services: Services, found: Found) -> None:
    services.metrics.flag("CHILD_HELD")
    services.metrics.decision(KIND, found.version)
    log.warning("child_held", found_by=found.source)
