"""What happens to a session later: other choices, and the end.

stored    -> ephemeral    what was kept is erased, and goes to the visitor, sealed
ephemeral -> stored       what the visitor brings is kept from now on
erase                     everything goes but the proof of consent, which names nobody
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from sqlmodel import col, delete

from chatbot.consents.withdrawn import session_key
from chatbot.conversation import children
from chatbot.conversation.sessions import SESSION_CONTROL, Wish, admit, agree, keep
from chatbot.conversation.stored import owned_session
from chatbot.errors import GuardianRequired, NotFound
from chatbot.seals import KEY_BYTES, Claims
from chatbot.storage.tables import ChatSession, Feedback, Handoff, Turn, VaultRow
from chatbot.storage.tables_consents import Acknowledgement
from chatbot.storage.tables_guardians import TurnNote
from consent import ledger
from consent.age import AgeOutcome
from consent.gate import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.conversation.keeping import Conversation
    from chatbot.services import Services
    from consent.tables import ConsentEvent

STOPPING_SECONDS = 1.0
AGE_RULE_CARRIED = "carried by the token"


@dataclass(frozen=True, slots=True)
class Changed:
    """The session after a change; `conversation` is sealed for the visitor to keep."""

    claims: Claims
    granted: Mapping[str, bool]
    conversation: str | None = None


async def today(services: Services, claims: Claims) -> Claims:
    """Give the claims as things stand: storing may have begun since the token was made, in another tab, say."""
    if claims.stored:
        return claims
    async with services.database.reading() as session:
        kept = await session.get(ChatSession, claims.session_id)
    mine = kept is not None and hmac.compare_digest(kept.token_lookup, claims.lookup)
    return msgspec.structs.replace(claims, stored=True) if mine else claims


async def standing(services: Services, claims: Claims) -> Mapping[str, bool]:
    """Give what stands for each purpose that is asked, under the notice in force."""
    claims = await today(services, claims)
    asked = [purpose.id for purpose, _ in services.notices.best("en").asked(abroad=services.answerer.abroad)]
    if claims.stored:
        async with services.database.reading() as session:
            kept = await owned_session(session, claims)
            now = await services.stored.standing(session, kept.subject_id)
        return {purpose: bool(now.get(purpose)) for purpose in asked}
    agreed = set(claims.purposes) - services.editions.touched_since(claims.notice_version)
    return {purpose: purpose in agreed for purpose in asked}


async def change(services: Services, claims: Claims, wish: Wish, state: str | None) -> Changed:
    """Put new choices into effect at once; a purpose that is not named keeps its answer.

    What is withdrawn is lost to every older token too, and stops the reply being written. For a child the choices
    are the guardian's.
    """
    if claims.guardian:
        raise GuardianRequired("Your parent or guardian chooses this on their page.")
    await children.check(services, claims)
    claims = await today(services, claims)
    before = await standing(services, claims)
    admission = admit(services, _age(claims), replace(wish, choices={**before, **wish.choices}))
    granted = admission.granted
    new = msgspec.structs.replace(
        claims,
        stored=admission.state is State.STORED,
        language=services.notices.best(wish.language).language,
        purposes=tuple(purpose for purpose, yes in granted.items() if yes),
        notice_version=services.notices.version,
        issued=time.time(),
    )
    answered = {purpose: yes for purpose, yes in granted.items() if purpose in wish.choices or yes != before[purpose]}
    conversation = await _move(services, claims, new, _Answers(granted, answered), state)
    if withdrawn := [purpose for purpose, yes in before.items() if yes and not granted[purpose]]:
        at = await services.signals.withdraw(claims, withdrawn)
        await services.signals.stop_reply(claims.session_id)
        new = msgspec.structs.replace(new, issued=at)
    return Changed(new, granted, conversation)


class _Answers(NamedTuple):
    """Every choice as it now stands, and those that were answered this time."""

    granted: Mapping[str, bool]
    answered: Mapping[str, bool]


async def _move(services: Services, old: Claims, new: Claims, answers: _Answers, state: str | None) -> str | None:
    """Record the answers and take the conversation where it now belongs; gives what the visitor shall keep."""
    if old.stored and new.stored:
        await _agree_again(services, old, new, answers.answered)
        return None
    if old.stored:
        return await _hand_over(services, old, new, answers.answered)
    conversation = await services.ephemeral.open(old, state)
    if new.stored:
        await _take_in(services, new, conversation, answers.granted)
        return None
    return state


async def history(services: Services, claims: Claims) -> Sequence[ConsentEvent]:
    """Give every answer of this visitor, oldest first; without a stored conversation, those that the token holds."""
    if claims.stored:
        async with services.database.reading() as session:
            kept = await owned_session(session, claims)
            return await ledger.history(session, kept.subject_id)
    notice = services.editions.notices(claims.notice_version) or services.notices
    asked = [purpose.id for purpose, _ in notice.best("en").asked(abroad=services.answerer.abroad)]
    how = ledger.Circumstances(notice.best(claims.language), claims.country, SESSION_CONTROL)
    chosen = {purpose: purpose in claims.purposes for purpose in asked}
    at = datetime.fromtimestamp(claims.issued, UTC)
    return ledger.chain(session_key(claims.session_id)[:32], chosen, how, now=at)


async def acknowledge(services: Services, claims: Claims, version: str) -> bool:
    """Record that a notice was seen, which agrees to nothing; False for a visitor of whom nothing is kept."""
    if services.editions.notices(version) is None:
        raise NotFound("There is no notice of this version.")
    if not claims.stored:
        return False
    async with services.database.transaction() as session:
        kept = await owned_session(session, claims)
        session.add(
            Acknowledgement(
                subject_id=kept.subject_id, notice_version=version, language=claims.language, at=datetime.now(UTC)
            )
        )
    return True


async def erase(services: Services, claims: Claims) -> str:
    """Erase what is kept of a session, stop its reply, and give a reference for the visitor."""
    claims = await today(services, claims)
    await services.signals.stop_reply(claims.session_id)
    if claims.stored:
        async with services.database.transaction() as session:
            kept = await owned_session(session, claims, lock=True)
            stands = await ledger.standing(session, kept.subject_id, datetime.now(UTC))
            withdrawn = {purpose: False for purpose, yes in stands.items() if yes}
            if not claims.guardian:  # a child erases the conversation; the yes is the guardian's to take back
                await agree(session, services, kept.subject_id, claims, withdrawn)
            await remove(session, claims.session_id)
        await services.database.checkpoint()
    services.replies.forget(claims.session_id)
    return secrets.token_hex(8)


async def _agree_again(services: Services, old: Claims, new: Claims, granted: Mapping[str, bool]) -> None:
    async with services.database.transaction() as session:
        kept = await owned_session(session, old, lock=True)
        kept.language = new.language
        await agree(session, services, kept.subject_id, new, granted)


async def _hand_over(services: Services, old: Claims, new: Claims, granted: Mapping[str, bool]) -> str:
    """Give the kept conversation to the visitor, then erase it here."""
    await services.signals.stop_reply(old.session_id)
    reply = services.replies.of(old.session_id)
    if reply and reply.task:
        await asyncio.wait({reply.task}, timeout=STOPPING_SECONDS)  # so that what it said comes along
    conversation = await services.stored.open(old, None)
    sealed = services.ephemeral.pack(new, conversation.number, list(conversation.history), conversation.vault)
    async with services.database.transaction() as session:
        kept = await owned_session(session, old, lock=True)
        await agree(session, services, kept.subject_id, new, granted)
        await remove(session, old.session_id)
    await services.database.checkpoint()
    return sealed


async def _take_in(services: Services, claims: Claims, brought: Conversation, granted: Mapping[str, bool]) -> None:
    """Keep what the visitor brought: redacted exchanges and the sealed vault."""
    now = datetime.now(UTC)
    async with services.database.transaction() as session:
        if await session.get(ChatSession, claims.session_id):  # said before, and the answer was lost on its way
            kept = await owned_session(session, claims)
            await agree(session, services, kept.subject_id, claims, granted)
            return
        await keep(session, services, claims, AGE_RULE_CARRIED, granted)
        await session.flush()
        first = brought.number - len(brought.history)
        for number, exchange in enumerate(brought.history, first):
            turn = Turn(
                session_id=claims.session_id,
                number=number,
                idempotency_key=secrets.token_bytes(KEY_BYTES),
                fingerprint=secrets.token_bytes(KEY_BYTES),
                question=exchange.question,
                answer=exchange.answer,
                status="complete",
                findings=[],
                citations=[],
                created_at=now,
                finished_at=now,
            )
            session.add(turn)
        sealed = brought.vault.seal(claims.vault_key, claims.session_id.encode())
        session.add(VaultRow(session_id=claims.session_id, sealed=sealed))


async def remove(session: AsyncSession, session_id: str) -> None:
    """Erase a session and all that hangs on it; the ledger stays."""
    for table in (Feedback, Handoff, TurnNote, Turn, VaultRow):
        await session.exec(delete(table).where(col(table.session_id) == session_id))
    await session.exec(delete(ChatSession).where(col(ChatSession.id) == session_id))


def _age(claims: Claims) -> AgeOutcome:
    """Say again what was judged when the session began: the token carries the outcome, not the month of birth."""
    return AgeOutcome(
        adult=True, minor=claims.minor, rule_version=AGE_RULE_CARRIED, judged_on=date.min, effective_age=0
    )
