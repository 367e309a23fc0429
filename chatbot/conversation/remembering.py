"""What a visitor's memory does and may be told: recalled for a reply, shown, preferred, forgotten.

recall   for the reply that comes next; the gate is asked now, and again for every reply
show     what is remembered, as the visitor may see it
prefer   how answers shall be, kept with the yes
forget   preferences and everything said before are not used any more; always possible
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from chatbot.consents import auditing
from chatbot.conversation import children
from chatbot.conversation.choices import today
from chatbot.conversation.returning import child
from chatbot.conversation.rows import owned_session
from chatbot.errors import ConsentRequired
from chatbot.llm.answerer import NOTHING, Length, Memory
from chatbot.memory import recall as recalling
from chatbot.memory import rows
from chatbot.memory.recall import KEPT, PREFERENCES, READ

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.conversation.stored import Found
    from chatbot.seals import Claims
    from chatbot.services import Services
    from consent.audit import Fact


class Recalled(NamedTuple):
    """What is remembered, and what the gate refused on the way, for the record of a stored conversation."""

    memory: Memory = NOTHING
    refused: tuple[Fact, ...] = ()


async def recall(session: AsyncSession, services: Services, found: Found) -> Recalled:
    """Give what may be used for the next reply, within the look at the conversation.

    A token that never said yes asks for no memory, so that it leaves no refusal either.
    """
    conversation = found.conversation
    claims = conversation.claims
    if rows.PURPOSE not in {*claims.purposes, *conversation.purposes}:
        return Recalled()
    standing = dict.fromkeys(conversation.purposes, True)
    if refused := recalling.refusals(services.gate, standing, minor=child(claims)):
        return Recalled(refused=refused)
    return Recalled(await _read(session, services, found.subject_id, claims.session_id))


async def show(services: Services, claims: Claims) -> Memory:
    """Give what is remembered; raises ConsentRequired without a yes, GuardianRequired in a held session."""
    claims = await _present(services, claims)
    await _ask(services, claims, READ, recalling.MEMORY)
    async with services.database.reading() as session:
        kept = await owned_session(session, claims)
        return await _read(session, services, kept.subject_id, kept.id)


async def prefer(services: Services, claims: Claims, length: Length) -> Memory:
    """Keep how answers shall be, from the next reply on; gives what is then remembered. Raises as `show` does."""
    claims = await _present(services, claims)
    await _ask(services, claims, PREFERENCES, KEPT)
    async with services.database.transaction() as session:
        kept = await owned_session(session, claims, lock=True)
        await rows.prefer(session, kept.subject_id, length, now=datetime.now(UTC))
        return await _read(session, services, kept.subject_id, kept.id)


async def forget(services: Services, claims: Claims) -> None:
    """Use nothing of what was said or preferred until now any more; it needs no yes, and twice is once."""
    claims = await today(services, claims)
    if not claims.stored:
        return
    async with services.database.transaction() as session:
        kept = await owned_session(session, claims, lock=True)
        await rows.forget(session, kept.subject_id, now=datetime.now(UTC))


async def _present(services: Services, claims: Claims) -> Claims:
    """Give the claims of a conversation that goes on."""
    await children.check(services, claims)
    return await today(services, claims)


async def _ask(services: Services, claims: Claims, data: Iterable[str], to: str) -> None:
    """Ask the gate; a refusal stays on the record of the conversation, and the visitor is told what is missing."""
    if not claims.stored:
        raise _not_agreed("store")
    async with services.database.reading() as session:
        kept = await owned_session(session, claims)
        standing = await services.stored.standing(session, kept.subject_id)
    refused = recalling.refusals(services.gate, standing, minor=child(claims), data=data, to=to)
    if refused:
        async with services.database.transaction() as session:
            kept = await owned_session(session, claims, lock=True)
            await auditing.record(session, kept, *refused, now=datetime.now(UTC))
        raise _not_agreed(rows.PURPOSE)
    if not standing.get("store"):
        raise _not_agreed("store")


async def _read(session: AsyncSession, services: Services, subject_id: str, session_id: str) -> Memory:
    days = services.gate.purpose(rows.PURPOSE).retention_days
    oldest = recalling.oldest(datetime.now(UTC), days)
    return await recalling.recall(session, subject_id, session_id, oldest)


def _not_agreed(purpose: str) -> ConsentRequired:
    return ConsentRequired(
        "Nothing is remembered between conversations unless you allow it and let the conversation be kept.",
        purpose=purpose,
    )
