"""What a visitor says beside the conversation: a rating, a message for a person. Redacted like everything else."""

from __future__ import annotations

import hmac
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlmodel import select

from chatbot.consents import auditing
from chatbot.consents.auditing import act, refuse_storing
from chatbot.conversation import children, objecting
from chatbot.conversation.asking import readable, redact
from chatbot.conversation.rows import (
    by_number,
    hold,
    keep_vault,
    not_agreed,
    open_vault,
    owned_session,
    sealed_vault,
)
from chatbot.errors import ConsentRequired, IdempotencyConflict, NotFound, TurnInProgress
from chatbot.storage.tables import Feedback, Handoff
from consent.audit import Verb
from consent.tables import new_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.seals import Claims
    from chatbot.services import Services
    from pii.text import Redacted

REFERENCE_CHARACTERS = 8
TRIES = 3


async def rate(services: Services, claims: Claims, turn: int, rating: str, comment: str | None) -> None:
    """Count a rating; keep it, with its redacted comment, only beside a kept conversation."""
    if await objecting.counted(services, claims):
        services.metrics.rating(rating)
    if not claims.stored:
        return
    async with _on_record(services, claims):
        text = await _redacted(services, claims, comment) if comment and comment.strip() else None
        async with services.database.transaction() as session:
            await _allowed(services, session, claims, lock=True)
            if await by_number(session, claims.session_id, turn) is None:
                raise NotFound("There is no such turn in this conversation.")
            await _keep_rating(session, claims, turn, (rating, text))


async def _keep_rating(session: AsyncSession, claims: Claims, turn: int, given: tuple[str, Redacted | None]) -> None:
    now, verb = datetime.now(UTC), Verb.MODIFY
    query = select(Feedback).where(Feedback.session_id == claims.session_id, Feedback.turn_number == turn)
    kept = (await session.exec(query)).first()
    if kept is None:
        verb, kept = Verb.STORE, Feedback(session_id=claims.session_id, turn_number=turn, rating="", created_at=now)
    kept.rating, kept.comment = given
    session.add(kept)
    await auditing.record(session, await owned_session(session, claims), act(verb, "feedback"), now=now)


async def hand_off(services: Services, claims: Claims, message: str, key: bytes) -> str:
    """Keep a message for a person; gives its reference. The same key gives the same reference again."""
    if not claims.stored:
        support = services.notices.best(claims.language).party.support
        raise ConsentRequired(
            f"A person can only read what we may store. Allow storing under 'My choices', or write to {support}.",
            purpose="store",
        )
    async with _on_record(services, claims):
        text = await _redacted(services, claims, message)
    async with services.database.transaction() as session:
        owned = await owned_session(session, claims, lock=True)
        query = select(Handoff).where(Handoff.session_id == claims.session_id, Handoff.idempotency_key == key)
        kept = (await session.exec(query)).first()
        if kept is None:
            kept = Handoff(
                id=new_id(),
                session_id=claims.session_id,
                idempotency_key=key,
                message=text,
                created_at=datetime.now(UTC),
            )
            session.add(kept)
            await auditing.record(session, owned, act(Verb.STORE, "handoff"), now=kept.created_at)
        elif not hmac.compare_digest(kept.message.text.encode(), text.text.encode()):
            raise IdempotencyConflict("Use a fresh Idempotency-Key for a new message.")
    return kept.id[:REFERENCE_CHARACTERS]


async def _redacted(services: Services, claims: Claims, text: str) -> Redacted:
    """Redact with the conversation's vault, so that a value keeps its placeholder, and seal the vault again."""
    text = readable(text)
    await children.check(services, claims)
    for _ in range(TRIES):
        async with services.database.reading() as session:
            await _allowed(services, session, claims)
            vault, before = await open_vault(session, claims), await sealed_vault(session, claims)
        redaction = await redact(services, text, vault)  # never inside a transaction: it would lock everybody out
        async with services.database.transaction() as session:
            await hold(session, claims)
            if await sealed_vault(session, claims) == before:
                await keep_vault(session, claims, vault)
                break
    else:
        raise TurnInProgress("Something else was just written here. Please try again.", retry_after=1)
    await children.look(services, claims, redaction)
    return redaction.text


@asynccontextmanager
async def _on_record(services: Services, claims: Claims) -> AsyncIterator[None]:
    """Put a refusal on record in a transaction of its own: the one that it ends is rolled back."""
    try:
        yield
    except ConsentRequired:
        async with services.database.transaction() as session:
            await refuse_storing(session, await owned_session(session, claims, lock=True))
        raise


async def _allowed(services: Services, session: AsyncSession, claims: Claims, *, lock: bool = False) -> None:
    """Raise unless this conversation is this visitor's and may still be stored."""
    kept = await owned_session(session, claims, lock=lock)
    if not (await services.stored.standing(session, kept.subject_id)).get("store"):
        raise not_agreed()
