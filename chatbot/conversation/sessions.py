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
from typing import TYPE_CHECKING

from chatbot.errors import ConsentStale, IdempotencyConflict
from chatbot.seals import KEY_BYTES, Claims
from chatbot.storage.tables import ChatSession, Subject, VaultRow
from consent import ledger
from consent.age import AgeOutcome, Birth, judge
from consent.gate import Admission, State
from consent.tables import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.services import Services

SESSION_CONTROL = "session-choices"
REPEAT_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a visitor answered: country, choices, notice read, language. The month of birth is judged apart."""

    country: str
    choices: Mapping[str, bool]
    notice_version: str
    language: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """How it went; `token` and `claims` only when messages may be read."""

    state: State
    token: str | None = None
    claims: Claims | None = None


async def create(services: Services, wish: Wish, born: str, idempotency_key: str) -> Admitted:
    """Judge age and choices and begin a session; nothing is written unless storing was agreed to."""
    now = datetime.now(UTC)
    age = judge(wish.country, Birth.parse(born, now.date()), now.date())
    admission = admit(services, age, wish)
    services.metrics.session(admission.state)
    if not admission.admitted:
        return Admitted(admission.state)
    stored = admission.state is State.STORED
    # Nothing is kept of an ephemeral session that a repeat could find again: it simply gets another one.
    session_id = services.seals.repeatable(idempotency_key) if stored else new_id()
    identity = session_id, secrets.token_bytes(KEY_BYTES)
    claims = _claims(services, wish, admission, identity, minor=age.minor)
    if stored:
        await _keep_once(services, claims, age.rule_version, wish, admission)
    return Admitted(admission.state, services.seals.token(claims), claims)


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


async def keep(
    session: AsyncSession, services: Services, claims: Claims, age_rule: str, choices: Mapping[str, bool]
) -> None:
    """Write a new stored session: its subject, what was agreed to, and the session itself."""
    now = datetime.now(UTC)
    subject = Subject(created_at=now)
    session.add(subject)
    await session.flush()
    await agree(session, services, subject.id, claims, choices)
    session.add(
        ChatSession(
            id=claims.session_id,
            subject_id=subject.id,
            token_lookup=claims.lookup,
            language=claims.language,
            country=claims.country,
            age_rule=age_rule,
            created_at=now,
            last_seen_at=now,
        )
    )


async def agree(
    session: AsyncSession, services: Services, subject_id: str, claims: Claims, choices: Mapping[str, bool]
) -> None:
    """Append the visitor's answers to the ledger."""
    notice = services.notices.best(claims.language)
    how = ledger.Circumstances(notice=notice, jurisdiction=claims.country, control=SESSION_CONTROL)
    await ledger.record(session, subject_id, choices, how, now=datetime.now(UTC))


async def _keep_once(services: Services, claims: Claims, age_rule: str, wish: Wish, admission: Admission) -> None:
    """Keep the session; a quick repeat of an unused one finds it, anything else must use a fresh key."""
    async with services.database.transaction() as session:
        before = await session.get(ChatSession, claims.session_id, with_for_update=True)
        if before is None:
            await keep(session, services, claims, age_rule, admission.granted)
            return
        stands = await ledger.standing(session, before.subject_id, datetime.now(UTC))
        same = all(bool(stands.get(purpose)) == yes for purpose, yes in admission.granted.items())
        too_late = datetime.now(UTC) - before.created_at > REPEAT_WINDOW
        used = await session.get(VaultRow, claims.session_id) is not None
        if too_late or used or not same or before.country != wish.country:
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
    )
