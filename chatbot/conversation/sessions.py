"""Age and consent become a session.

    create   guardian_required | refused   only a counter remains
             ephemeral                     only a token, which the visitor holds
             stored                        subject, ledger, session: one transaction

What happens to a session later (other choices, the end) is in choices.py.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from chatbot.consents import auditing
from chatbot.consents.auditing import act
from chatbot.conversation import objecting
from chatbot.conversation.returning import continued
from chatbot.decisions.downstream import WITHDRAW
from chatbot.errors import ConsentStale, IdempotencyConflict
from chatbot.memory import rows as memory
from chatbot.seals import KEY_BYTES, Claims
from chatbot.storage.tables import ChatSession, Subject, VaultRow
from consent import ledger
from consent.age import AgeOutcome, Birth, judge
from consent.audit import Verb
from consent.gate import Admission, State
from consent.tables import EventType, SubjectType, new_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.services import Services

AGE_KIND = "age_limit"
SESSION_CONTROL = "session-choices"
REPEAT_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a visitor answered: country, choices, notice read, language. The month of birth is judged apart.

    `subject_type` says on whose behalf: a natural or a juristic person; who writes is asked for their age either way.
    """

    country: str
    choices: Mapping[str, bool]
    notice_version: str
    language: str
    subject_type: str = SubjectType.NATURAL.value
    earlier: Claims | None = None
    """The conversation before this one, when the visitor brings its token."""


class Ground(NamedTuple):
    """What a session is kept on: the age rule that was applied, the answers, and the subject that it goes on with."""

    age_rule: str
    choices: Mapping[str, bool]
    subject_id: str | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """How it went; `token` and `claims` only when messages may be read. `minor`: under 18, where it was asked."""

    state: State
    token: str | None = None
    claims: Claims | None = None
    minor: bool = False
    rule: str = ""
    """The version of the age rule that refused, when one did."""


async def create(services: Services, wish: Wish, born: str, idempotency_key: str) -> Admitted:
    """Judge age and choices and begin a session; nothing is written unless storing was agreed to."""
    now = datetime.now(UTC)
    age = judge(wish.country, Birth.parse(born, now.date()), now.date())
    admission = admit(services, age, wish)
    services.metrics.session(admission.state)
    if not admission.admitted:
        if not age.guardian_required:
            return Admitted(admission.state, minor=age.minor)
        services.metrics.decision(AGE_KIND, age.rule_version)
        return Admitted(admission.state, minor=age.minor, rule=age.rule_version)
    stored = admission.state is State.STORED
    # Nothing is kept of an ephemeral session that a repeat could find again: it simply gets another one.
    session_id = services.seals.repeatable(idempotency_key) if stored else new_id()
    identity = session_id, secrets.token_bytes(KEY_BYTES)
    claims = _claims(services, wish, admission, identity, minor=age.minor)
    if stored:
        await _keep_once(services, claims, age.rule_version, wish, admission)
    return Admitted(admission.state, services.seals.token(claims), claims, minor=age.minor)


def admit(services: Services, age: AgeOutcome, wish: Wish) -> Admission:
    """Ask the gate; raises ConsentStale when an older notice was answered."""
    admission = services.gate.admit(
        age, wish.choices, wish.notice_version, services.notices.version, abroad=services.answerer.abroad
    )
    if admission.state is State.CONSENT_STALE:
        raise stale(services)
    return admission


def stale(services: Services, renewed: frozenset[str] | set[str] = frozenset()) -> ConsentStale:
    """Say that the notice has changed; `renewed` names the purposes to ask again."""
    return ConsentStale(
        "Our notice has changed. Please read it and choose again.",
        notice_version=services.notices.version,
        purposes=sorted(renewed),
    )


async def keep(session: AsyncSession, services: Services, claims: Claims, ground: Ground) -> ChatSession:
    """Write a new stored session: its subject, what was agreed to, and the session itself."""
    now = datetime.now(UTC)
    subject_id = ground.subject_id or await _new_subject(session, claims, now)
    await agree(session, services, subject_id, claims, ground.choices)
    kept = ChatSession(
        id=claims.session_id,
        subject_id=subject_id,
        token_lookup=claims.lookup,
        language=claims.language,
        country=claims.country,
        age_rule=ground.age_rule,
        minor=claims.minor,
        created_at=now,
        last_seen_at=now,
    )
    await auditing.take_up(session, kept, act(Verb.COLLECT, auditing.CONVERSATION), now=now)
    session.add(kept)
    await objecting.carry(services, session, kept, claims)
    return kept


async def agree(
    session: AsyncSession, services: Services, subject_id: str, claims: Claims, choices: Mapping[str, bool]
) -> None:
    """Append the visitor's answers to the ledger, and tell operators what is not agreed to any more."""
    notice = services.notices.best(claims.language)
    how = ledger.Circumstances(notice=notice, jurisdiction=claims.country, control=SESSION_CONTROL)
    events = await ledger.record(session, subject_id, choices, how, now=datetime.now(UTC))
    if ended := [event.purpose for event in events if event.event_type == EventType.WITHDRAWN]:
        services.downstream.tell(session, WITHDRAW, claims.session_id, ended)
    if choices.get(memory.PURPOSE) is False:
        await memory.erase(session, subject_id)


async def _new_subject(session: AsyncSession, claims: Claims, now: datetime) -> str:
    subject = Subject(created_at=now, subject_type=claims.subject_type)
    session.add(subject)
    await session.flush()
    return subject.id


async def _keep_once(services: Services, claims: Claims, age_rule: str, wish: Wish, admission: Admission) -> None:
    """Keep the session; a quick repeat of an unused one finds it, anything else must use a fresh key."""
    async with services.database.transaction() as session:
        before = await session.get(ChatSession, claims.session_id, with_for_update=True)
        if before is None:
            subject_id = await continued(session, services, claims, wish.earlier)
            kept = await keep(session, services, claims, Ground(age_rule, admission.granted, subject_id))
            await auditing.record(session, kept, *auditing.not_taken(admission), now=kept.created_at)
            return
        stands = await ledger.standing(session, before.subject_id, datetime.now(UTC), written=True)
        same = all(bool(stands.get(purpose)) == yes for purpose, yes in admission.granted.items())
        too_late = datetime.now(UTC) - before.created_at > REPEAT_WINDOW
        used = await session.get(VaultRow, claims.session_id) is not None
        other = (await session.get_one(Subject, before.subject_id)).subject_type != wish.subject_type
        if too_late or used or not same or other or before.country != wish.country:
            raise IdempotencyConflict("Use a fresh Idempotency-Key to begin a new conversation.")
        before.token_lookup = claims.lookup  # the token of the answer that was lost opens nothing any more


def _claims(
    services: Services, wish: Wish, admission: Admission, identity: tuple[str, bytes], *, minor: bool
) -> Claims:
    session_id, secret = identity
    return Claims(
        session_id=session_id,
        secret=secret,
        stored=admission.state is State.STORED,
        language=services.notices.best(wish.language).language,
        country=wish.country,
        purposes=tuple(purpose for purpose, yes in admission.granted.items() if yes),
        minor=minor,
        notice_version=services.notices.version,
        expires=int(time.time()) + services.settings.session_hours * 3600,
        issued=time.time(),
        subject_type=wish.subject_type,
    )
