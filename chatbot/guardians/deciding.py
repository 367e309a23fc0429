"""What a guardian decides: consent for each purpose, a pause, an end; and how the child comes in with it."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlmodel import select

from chatbot.consents import auditing
from chatbot.consents.auditing import act
from chatbot.conversation.children import told
from chatbot.conversation.erasing import conversations, remove
from chatbot.conversation.sessions import Admitted
from chatbot.errors import ConsentStale, InvalidRequest, NotFound
from chatbot.guardians import rows
from chatbot.seals import KEY_BYTES, Claims
from chatbot.storage.tables import ChatSession, Subject
from chatbot.storage.tables.guardians import GuardianRow
from consent import ledger
from consent.audit import Verb
from consent.gate import State
from consent.guardian import Act, Stage, code_digest, invite
from consent.sources import Source
from consent.tables import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.services import Services
    from consent.notice import Notice
    from consent.purposes import Purpose
    from consent.wording import Titled

CONTROL = "guardian-choices"


def asked(services: Services, notice: Notice) -> tuple[tuple[Purpose, Titled], ...]:
    """Give the purposes that a guardian may allow: those that exist for children at all."""
    return tuple((row, words) for row, words in notice.asked(abroad=services.answerer.abroad) if row.minors)


async def consent(services: Services, identity: str, choices: Mapping[str, bool], notice_version: str) -> str | None:
    """Record the guardian's answers; the first time the child may come in, and the code for that is given."""
    if notice_version != services.notices.version:
        raise ConsentStale("Our notice has changed. Please read it and choose again.")
    now, code = datetime.now(UTC), None
    async with services.database.transaction() as session:
        row = await rows.find(session, identity, lock=True)
        if row.stage == Stage.VERIFIED:
            rows.step(row, Act.CONSENT, now=now)
            session.add(subject := Subject(created_at=now))
            await session.flush()
            row.subject_id, code = subject.id, new_code(row)
        if row.stage not in {Stage.ACTIVE, Stage.PAUSED}:
            raise InvalidRequest("The choices cannot be changed now.")
        stopped = await _record(session, services, row, choices, now)
        row.notice_version = services.notices.version
    await _stopped(services, stopped)
    return code


def new_code(row: GuardianRow) -> str:
    """Make a new code with which the child comes in; the one before stops working."""
    begun, code = invite(row.id, now=row.changed_at, valid_for=row.expires_at - row.invited_at)
    row.claim_sha256 = begun.code_sha256
    return code


async def renew_code(services: Services, identity: str) -> str:
    """Give a new code for the child, while the guardian agrees."""
    async with services.database.transaction() as session:
        row = await rows.find(session, identity, lock=True)
        if row.stage != Stage.ACTIVE:
            raise InvalidRequest("There is a code only while you agree.")
        return new_code(row)


async def decide(services: Services, identity: str, act: Act) -> list[str]:
    """Pause, resume, refuse, or revoke; revoking closes every session and erases it, at once and everywhere.

    Gives the sessions that were stopped.
    """
    now = datetime.now(UTC)
    async with services.database.transaction() as session:
        row = await rows.find(session, identity, lock=True)
        rows.step(row, act, now=now)
        stopped = await _sessions(session, row)
        if act in {Act.REVOKE, Act.REFUSE}:
            await _end(session, services, row, now)
    await _stopped(services, stopped if act is not Act.RESUME else [])
    return stopped


async def erase(services: Services, identity: str) -> list[str]:
    """Erase what is kept of the child's conversations, and name them; the guardian's consent goes on."""
    async with services.database.transaction() as session:
        stopped = await _sessions(session, await rows.find(session, identity, lock=True))
        for session_id in stopped:
            await remove(session, services, session_id, role="guardian")
    await _stopped(services, stopped)
    return stopped


async def enter(services: Services, code: str, language: str) -> Admitted:
    """Begin a child's session with the guardian's code: always as a minor, with the guardian's choices."""
    now = datetime.now(UTC)
    async with services.database.transaction() as session:
        row = (await session.exec(select(GuardianRow).where(GuardianRow.claim_sha256 == code_digest(code)))).first()
        if row is None or row.subject_id is None:
            raise NotFound("This code is not known. Please ask your parent for a new one.")
        if row.stage != Stage.ACTIVE:
            raise told(services, language, "child_paused")
        if row.notice_version != services.notices.version:
            raise told(services, language, "child_notice_changed")
        standing = await ledger.standing(session, row.subject_id, now, written=True)
        claims = _claims(services, row, language, standing)
        if claims.stored:
            kept = _chat_session(claims, row, now)
            await auditing.take_up(session, kept, act(Verb.COLLECT, auditing.CONVERSATION), now=now)
            session.add(kept)
    state = State.STORED if claims.stored else State.EPHEMERAL
    services.metrics.session(state)
    return Admitted(state, services.seals.token(claims), claims, minor=True)


def _claims(services: Services, row: GuardianRow, language: str, standing: Mapping[str, bool]) -> Claims:
    open_to_minors = {each.id for each, _ in asked(services, services.notices.best("en"))}
    granted = tuple(purpose for purpose, yes in standing.items() if yes and purpose in open_to_minors)
    return Claims(
        session_id=new_id(),
        secret=secrets.token_bytes(KEY_BYTES),
        stored="store" in granted,
        language=services.notices.best(language).language,
        country=row.country,
        purposes=granted,
        minor=True,
        notice_version=row.notice_version,
        expires=int(time.time()) + services.settings.session_hours * 3600,
        guardian=row.id,
    )


def _chat_session(claims: Claims, row: GuardianRow, now: datetime) -> ChatSession:
    return ChatSession(
        id=claims.session_id,
        subject_id=row.subject_id or "",
        token_lookup=claims.lookup,
        language=claims.language,
        country=claims.country,
        age_rule=row.age_rule,
        minor=True,
        created_at=now,
        last_seen_at=now,
    )


async def _record(
    session: AsyncSession, services: Services, row: GuardianRow, choices: Mapping[str, bool], now: datetime
) -> list[str]:
    """Append the answers, what a child may never have as a no; storage withdrawn erases. Gives the ended sessions."""
    notice = services.notices.best(row.language)
    open_to_minors = {each.id for each, _ in asked(services, notice)}
    answers = {
        each.id: each.id in open_to_minors and choices.get(each.id) is True
        for each, _ in notice.asked(abroad=services.answerer.abroad)
    }
    ended = [] if answers.get("store") else await _sessions(session, row)
    await _agree(session, row, notice, answers, now)
    for session_id in ended:
        await remove(session, services, session_id, role="guardian")
    return ended


async def _agree(
    session: AsyncSession, row: GuardianRow, notice: Notice, answers: Mapping[str, bool], now: datetime
) -> None:
    how = ledger.Circumstances(notice, row.country, CONTROL, actor="guardian", source=Source.GUARDIAN)
    await ledger.record(session, row.subject_id or "", answers, how, now=now)


async def _end(session: AsyncSession, services: Services, row: GuardianRow, now: datetime) -> None:
    """Withdraw what stands, erase what is kept, and forget how the guardian was found."""
    if row.subject_id:
        stands = await ledger.standing(session, row.subject_id, now, written=True)
        notice = services.notices.best(row.language)
        await _agree(session, row, notice, {purpose: False for purpose, yes in stands.items() if yes}, now)
        for session_id in await _sessions(session, row):
            await remove(session, services, session_id, role="guardian")
    rows.step(row, Act.ERASE, now=now)
    row.login = row.claim_sha256 = None


async def _sessions(session: AsyncSession, row: GuardianRow) -> list[str]:
    """Give the child's sessions, locked: before the subject, and in the order that everybody keeps."""
    return list(await conversations(session, row.subject_id)) if row.subject_id else []


async def _stopped(services: Services, session_ids: list[str]) -> None:
    """Stop the sessions' replies on every worker, and leave nothing in the database's log."""
    for session_id in session_ids:
        await services.signals.stop_reply(session_id)
    await services.database.checkpoint()
