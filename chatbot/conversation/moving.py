"""A conversation changes hands: kept here until now, or kept here from now on.

hand_over   what was kept goes to the visitor, sealed, and is erased here
keep_sent   in the same transaction that answer is kept for some minutes, sealed; sent_before gives it again
take_in     what the visitor brings is kept from now on

All of them write in the caller's transaction.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from chatbot.consents import auditing, handed
from chatbot.consents.auditing import act
from chatbot.conversation.erasing import hold_all, remove, remove_others
from chatbot.conversation.rows import owned_session
from chatbot.conversation.sessions import Ground, agree, keep
from chatbot.errors import NotFound
from chatbot.seals import KEY_BYTES, Claims
from chatbot.storage.tables import ChatSession, Turn, VaultRow
from consent.audit import Verb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.conversation.keeping import Conversation
    from chatbot.conversation.sessions import Wish
    from chatbot.services import Services

STOPPING_SECONDS = 1.0
AGE_RULE_CARRIED = "carried by the token"


class Changed(msgspec.Struct, frozen=True):
    """The session after a change; `conversation` is sealed for the visitor to keep."""

    claims: Claims
    granted: dict[str, bool]
    conversation: str | None = None


async def quieten(services: Services, session_id: str) -> None:
    """Stop a session's reply and wait a moment, so that what it said comes along."""
    await services.signals.stop_reply(session_id)
    reply = services.replies.of(session_id)
    if reply and reply.task:
        await asyncio.wait({reply.task}, timeout=STOPPING_SECONDS)


async def hand_over(
    session: AsyncSession, services: Services, old: Claims, new: Claims, granted: Mapping[str, bool]
) -> str:
    """Give the kept conversation to the visitor, and erase it here."""
    kept = await hold_all(session, old)
    found = (await services.stored.look(session, old)).conversation  # also when the yes has run out: it is theirs
    sealed = services.ephemeral.pack(new, found.number, list(found.history), found.vault)
    await agree(session, services, kept.subject_id, new, granted)
    await remove_others(session, services, kept, role="visitor")
    given = act(Verb.DISCLOSE, auditing.CONVERSATION, recipient="sealed_state")
    await auditing.record(session, kept, given, now=datetime.now(UTC))
    await remove(session, services, old.session_id, role="visitor", reason="handed_over")
    return sealed


async def keep_sent(session: AsyncSession, services: Services, old: Claims, wish: Wish, changed: Changed) -> None:
    """Keep the answer to a hand-over for a few minutes, sealed with the secret of the token that asked for it."""
    plain = msgspec.msgpack.encode(_Sent(_print(old, wish), changed))
    await handed.keep(session, old, services.seals.seal_answer(old, plain), datetime.now(UTC))


async def sent_before(services: Services, claims: Claims, wish: Wish) -> Changed:
    """Give the same answer to the same request with the same token, a moment later; NotFound otherwise."""
    async with services.database.reading() as session:
        sealed = await handed.find(session, claims, datetime.now(UTC))
    plain = services.seals.open_answer(claims, sealed) if sealed else None
    sent = msgspec.msgpack.decode(plain, type=_Sent) if plain else None
    if sent is None or not hmac.compare_digest(sent.asked, _print(claims, wish)):
        raise NotFound("This conversation does not exist, or it was erased.")
    return sent.changed


async def take_in(
    session: AsyncSession, services: Services, claims: Claims, brought: Conversation, granted: Mapping[str, bool]
) -> None:
    """Keep what the visitor brought: redacted exchanges and the sealed vault."""
    now = datetime.now(UTC)
    if await session.get(ChatSession, claims.session_id):  # said before, and the answer was lost on its way
        kept = await owned_session(session, claims)
        await agree(session, services, kept.subject_id, claims, granted)
        return
    kept = await keep(session, services, claims, Ground(AGE_RULE_CARRIED, granted))
    if brought.history:
        await auditing.record(session, kept, act(Verb.STORE, auditing.CONVERSATION), now=now)
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


class _Sent(msgspec.Struct, frozen=True):
    """An answer, and the print of the request that it answers."""

    asked: bytes
    changed: Changed


def _print(claims: Claims, wish: Wish) -> bytes:
    asked = [sorted(wish.choices.items()), wish.notice_version, wish.language]
    return claims.fingerprint(msgspec.json.encode(asked).decode())
