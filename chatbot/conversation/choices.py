"""What happens to a session later: other choices, and the end.

stored    -> ephemeral    what was kept is erased, and goes to the visitor, sealed
ephemeral -> stored       what the visitor brings is kept from now on
erase                     everything goes but the proof of consent, which names nobody
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import msgspec
from sqlmodel import col, delete

from chatbot.conversation.sessions import Wish, admit, agree, keep
from chatbot.conversation.stored import owned_session
from chatbot.seals import KEY_BYTES, Claims
from chatbot.storage.tables import ChatSession, Feedback, Handoff, Turn, VaultRow
from consent import ledger
from consent.age import AgeOutcome
from consent.gate import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.conversation.keeping import Conversation
    from chatbot.services import Services

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
    """Give what stands for each purpose that is asked."""
    claims = await today(services, claims)
    asked = [purpose.id for purpose, _ in services.notices.best("en").asked(abroad=services.answerer.abroad)]
    if claims.stored:
        async with services.database.reading() as session:
            kept = await owned_session(session, claims)
            now = await ledger.standing(session, kept.subject_id, datetime.now(UTC))
        return {purpose: bool(now.get(purpose)) for purpose in asked}
    return {purpose: purpose in claims.purposes for purpose in asked}


async def change(services: Services, claims: Claims, wish: Wish, state: str | None) -> Changed:
    """Put new choices into effect at once."""
    admission = admit(services, _age(claims), wish)
    claims = await today(services, claims)
    before = await standing(services, claims)
    stored = admission.state is State.STORED
    new = msgspec.structs.replace(
        claims,
        stored=stored,
        language=services.notices.best(wish.language).language,
        purposes=tuple(purpose for purpose, yes in admission.granted.items() if yes),
        notice_version=services.notices.version,
    )
    changed = await _changed(services, claims, new, admission.granted, state)
    if any(yes and not admission.granted.get(purpose) for purpose, yes in before.items()):
        await services.signals.stop_reply(claims.session_id)
    return changed


async def _changed(
    services: Services, claims: Claims, new: Claims, granted: Mapping[str, bool], state: str | None
) -> Changed:
    if claims.stored and new.stored:
        await _agree_again(services, claims, new, granted)
        return Changed(new, granted)
    if claims.stored:
        return Changed(new, granted, await _hand_over(services, claims, new, granted))
    conversation = await services.ephemeral.open(claims, state)
    if new.stored:
        await _take_in(services, new, conversation, granted)
        return Changed(new, granted)
    return Changed(new, granted, state)


async def erase(services: Services, claims: Claims) -> str:
    """Erase what is kept of a session, stop its reply, and give a reference for the visitor."""
    claims = await today(services, claims)
    await services.signals.stop_reply(claims.session_id)
    if claims.stored:
        async with services.database.transaction() as session:
            kept = await owned_session(session, claims, lock=True)
            stands = await ledger.standing(session, kept.subject_id, datetime.now(UTC))
            withdrawn = {purpose: False for purpose, yes in stands.items() if yes}
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
    for table in (Feedback, Handoff, Turn, VaultRow):
        await session.exec(delete(table).where(col(table.session_id) == session_id))
    await session.exec(delete(ChatSession).where(col(ChatSession.id) == session_id))


def _age(claims: Claims) -> AgeOutcome:
    """Say again what was judged when the session began: the token carries the outcome, not the month of birth."""
    return AgeOutcome(
        adult=True, minor=claims.minor, rule_version=AGE_RULE_CARRIED, judged_on=date.min, effective_age=0
    )
