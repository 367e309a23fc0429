"""A child found out in the chat: the session is held at once, by whoever found it, on every worker.

    look | report ──> hold ──lift──> goes on      (an officer, on record: a false alarm can be appealed)
                        └──time────> erased       (chatbot/guardians/duties.py)

A held session reads no message. A session that a guardian allowed goes on only while that guardianship is active.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import col, select

from chatbot.errors import GuardianRequired, NotFound
from chatbot.storage.tables_guardians import ChildHold, GuardianRow, Incident
from consent.guardian import Stage
from consent.tables import new_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.conversation.reply import Replies
    from chatbot.seals import Claims
    from chatbot.services import Services
    from chatbot.storage.database import Database
    from pii.redactor import Redaction

KIND = "child_found"
OPEN, CLOSED, FALSE_ALARM = "open", "closed", "false_alarm"
WATCH_SECONDS = 0.4
"""A held session's reply stops within a second, also when somebody in another process held it."""
log = structlog.get_logger()


async def check(services: Services, claims: Claims) -> None:
    """Let a message in only when its session is not held and its guardian, if it has one, still agrees."""
    async with services.database.reading() as session:
        hold = await session.get(ChildHold, claims.session_id)
        guardian = await session.get(GuardianRow, claims.guardian) if claims.guardian else None
    if hold is not None and hold.lifted_at is None:
        raise refusal(services, claims)
    if claims.guardian and (guardian is None or guardian.stage != Stage.ACTIVE):
        raise told(services, claims.language, "child_paused")
    if guardian is not None and guardian.notice_version != services.notices.version:
        raise told(services, claims.language, "child_notice_changed")


async def look(services: Services, claims: Claims, redaction: Redaction) -> None:
    """Hold a session whose visitor says that they are a child; the message itself is not kept."""
    least = services.settings.child_score
    if claims.minor or not any(flag.kind == "CHILD" and flag.score >= least for flag in redaction.flags):
        return
    await hold(services, claims.session_id, source="chat", rule=f"pii CHILD >= {least}")
    raise refusal(services, claims)


def refusal(services: Services, claims: Claims) -> GuardianRequired:
    """Say kindly that the chat has stopped, and how a mistake is put right."""
    return told(services, claims.language, "child_held", reference=claims.session_id, human_review=True)


def told(services: Services, language: str, name: str, **members: Any) -> GuardianRequired:
    """Refuse in the visitor's own language: the widget shows ``message`` as it is."""
    notice = services.notices.best(language)
    message = notice.strings[name].format(support=notice.party.support)
    return GuardianRequired(message, message=message, **members)


async def hold(services: Services, session_id: str, *, source: str, rule: str) -> None:
    """Hold a session, open an incident, and stop its reply wherever it is written; twice is once."""
    now = datetime.now(UTC)
    held = _hold(session_id, source, rule, now, services.settings.child_erase_hours)
    with contextlib.suppress(IntegrityError):  # somebody else held it at the same moment
        async with services.database.transaction() as session:
            if await session.get(ChildHold, session_id) is None:
                session.add(Incident(id=held.incident_id, kind=KIND, status=OPEN, opened_at=now))
                await session.flush()
                session.add(held)
    services.metrics.flag("CHILD_HELD")
    await services.signals.stop_reply(session_id)
    log.warning("child_held", found_by=source)


async def lift(session: AsyncSession, session_id: str, *, by: str, reason: str) -> None:
    """Let a held session go on after a person looked at it; raises NotFound when it is not held any more."""
    held = await session.get(ChildHold, session_id)
    if held is None or held.erased_at or held.lifted_at:
        raise NotFound("No session of this id is held, or it was erased.")
    held.lifted_at, held.decided_by, held.reason = datetime.now(UTC), by, reason
    incident = await session.get_one(Incident, held.incident_id)
    incident.status, incident.closed_at = FALSE_ALARM, held.lifted_at


class Watch:
    """Looks, while replies are written here, whether one of their sessions was held or lost its guardian."""

    def __init__(self, database: Database, replies: Replies) -> None:
        self._database, self._replies = database, replies
        self._open: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def over(self, claims: Claims) -> Iterator[None]:
        """Watch a session while its reply is written."""
        self._open[claims.session_id] = claims.guardian
        try:
            yield
        finally:
            self._open.pop(claims.session_id, None)

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                for session_id in await self._ended() if self._open else ():
                    self._replies.stop(session_id)
            except (SQLAlchemyError, OSError) as error:
                log.warning("watch_failed", error=type(error).__name__)

    async def _ended(self) -> list[str]:
        watched = dict(self._open)
        held = select(ChildHold.session_id).where(
            col(ChildHold.session_id).in_(watched), col(ChildHold.lifted_at).is_(None)
        )
        active = select(GuardianRow.id).where(
            col(GuardianRow.id).in_(set(watched.values())), GuardianRow.stage == Stage.ACTIVE
        )
        async with self._database.reading() as session:
            stopped = set((await session.exec(held)).all())
            allowed = {"", *(await session.exec(active)).all()}
        return [each for each, guardian in watched.items() if each in stopped or guardian not in allowed]


def _hold(session_id: str, source: str, rule: str, now: datetime, hours: float) -> ChildHold:
    return ChildHold(
        session_id=session_id,
        incident_id=new_id(),
        source=source,
        rule=rule,
        held_at=now,
        erase_at=now + timedelta(hours=hours),
    )
