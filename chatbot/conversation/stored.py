"""Conversations that are kept here after a yes: redacted text, and values only inside the sealed vault."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from chatbot.consents import auditing
from chatbot.conversation.keeping import HISTORY_TURNS, Asked, Conversation, Record
from chatbot.errors import ConsentRequired, NotFound, TurnInProgress
from chatbot.llm.answerer import Exchange
from chatbot.storage.tables import ChatSession, Turn, VaultRow
from consent import ledger
from consent.gate import Reason
from pii.errors import VaultError
from pii.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.consents.editions import Editions
    from chatbot.seals import Claims
    from chatbot.storage.database import Database

# A running turn whose lease is over belongs to a worker that died.
LEASE = timedelta(seconds=10)
RUNNING, INTERRUPTED = "running", "interrupted"
ANSWERED = ("complete", "stopped", "unanswered")


class StoredKeeper:
    """Keeps conversations in the database."""

    def __init__(self, database: Database, editions: Editions) -> None:
        self._database, self._editions = database, editions

    async def open(self, claims: Claims, state: str | None) -> Conversation:  # noqa: ARG002 — what is kept here wins
        """Open a kept conversation; raises when it was erased or may no longer be stored."""
        async with self._database.reading() as session:
            kept = await owned_session(session, claims)
            agreed = await self._agreed(session, kept.subject_id)
            turns = await _latest(session, claims.session_id)
            vault = await open_vault(session, claims)
            sealed = await sealed_vault(session, claims)
        if agreed is None:
            async with self._database.transaction() as session:
                await self._refuse(session, kept.subject_id)
            raise not_agreed()
        history = tuple(
            Exchange(turn.question, turn.answer)
            for turn in reversed(turns)
            if turn.answer is not None and turn.status in ANSWERED
        )
        number = (turns[0].number if turns else 0) + 1
        return Conversation(claims, number, history, vault, frozenset(agreed), min(agreed.values()), sealed)

    async def begin(self, conversation: Conversation, asked: Asked) -> None:
        """Write the visitor's turn, once, before the reply begins."""
        now = datetime.now(UTC)
        turn = Turn(
            session_id=conversation.claims.session_id,
            number=conversation.number,
            idempotency_key=asked.idempotency_key,
            fingerprint=asked.fingerprint,
            question=asked.redaction.text,
            status=RUNNING,
            findings=asked.findings,
            citations=[],
            created_at=now,
            lease_until=now + LEASE,
        )
        try:
            async with self._database.transaction() as session:
                kept = await hold(session, conversation.claims)
                if await sealed_vault(session, conversation.claims) != conversation.sealed:
                    raise TurnInProgress("Something else was just written here. Please send it again.", retry_after=1)
                if dead := await _by_key(session, conversation.claims.session_id, asked.idempotency_key):
                    await session.delete(dead)  # its reply never came; `hold` has seen that nobody writes it
                    await session.flush()
                session.add(turn)
                await auditing.write(session, kept.subject_id, asked.refused, now=now)
                await keep_vault(session, conversation.claims, conversation.vault)
        except IntegrityError:
            raise TurnInProgress("Wait for the reply, then send the next message.", retry_after=1) from None

    async def finish(self, conversation: Conversation, asked: Asked, record: Record) -> None:
        """Write the reply, if it may still be kept; a session erased meanwhile stays erased."""
        async with self._database.transaction() as session:
            await session.get(ChatSession, conversation.claims.session_id, with_for_update=True)
            turn = await _by_key(session, conversation.claims.session_id, asked.idempotency_key)
            if turn is None or turn.number != conversation.number:
                return  # erased, or asked again because this worker was thought dead
            kept = await owned_session(session, conversation.claims)
            turn.lease_until = None
            if await self._agreed(session, kept.subject_id) is None:
                turn.status = INTERRUPTED
                await self._refuse(session, kept.subject_id)
                return
            turn.answer, turn.status = record.answer, record.status
            turn.model, turn.prompt_version = record.model, record.prompt_version
            turn.citations, turn.offered_handoff = record.citations, record.offered_handoff
            turn.finished_at = datetime.now(UTC)
            await keep_vault(session, conversation.claims, conversation.vault)

    async def repeated(self, claims: Claims, idempotency_key: bytes) -> Turn | None:
        """Find the turn that an idempotency key already made."""
        async with self._database.reading() as session:
            await owned_session(session, claims)
            return await _by_key(session, claims.session_id, idempotency_key)

    async def extend(self, conversation: Conversation) -> None:
        """Say that the reply is still being written; raises ConsentRequired when a yes it began with is gone."""
        async with self._database.transaction() as session:
            turn = await by_number(session, conversation.claims.session_id, conversation.number)
            if turn is None:
                return
            kept = await owned_session(session, conversation.claims)
            agreed = await self._agreed(session, kept.subject_id)
            if agreed is not None and conversation.purposes <= agreed.keys():
                turn.lease_until = datetime.now(UTC) + LEASE
                return
        raise not_agreed()

    async def standing(self, session: AsyncSession, subject_id: str) -> Mapping[str, bool]:
        """Give what a subject has agreed to, under the notice in force, now."""
        touched = self._editions.touched_since
        return await ledger.standing(session, subject_id, datetime.now(UTC), touched=touched)

    async def _agreed(self, session: AsyncSession, subject_id: str) -> dict[str, datetime] | None:
        """Give each purpose that stands with the day it runs out; None when storing is not among them."""
        touched = self._editions.touched_since
        until = await ledger.until(session, subject_id, datetime.now(UTC), touched=touched)
        ends = {purpose: end for purpose, end in until.items() if end is not None}
        return ends if "store" in ends else None

    async def _refuse(self, session: AsyncSession, subject_id: str) -> None:
        fact = auditing.refusal("store", "message", "database", Reason.NO_CONSENT)
        await auditing.write(session, subject_id, [fact], now=datetime.now(UTC))


async def owned_session(session: AsyncSession, claims: Claims, *, lock: bool = False) -> ChatSession:
    """Give the claims' session; NotFound when it is gone or another visitor's. `lock` first, then write."""
    kept = await session.get(ChatSession, claims.session_id, with_for_update=lock or None)
    if kept is None or not hmac.compare_digest(kept.token_lookup, claims.lookup):
        raise NotFound("This conversation does not exist, or it was erased.")
    return kept


async def hold(session: AsyncSession, claims: Claims) -> ChatSession:
    """Lock a session for writing; TurnInProgress while any worker writes a reply in it.

    One writer at a time: a vault sealed from an older copy would give two values the same placeholder.
    """
    kept = await owned_session(session, claims, lock=True)
    latest = await page(session, claims.session_id, None, 1)
    if latest and alive(latest[0]):
        raise TurnInProgress("Wait for the reply, or stop it, then try again.", retry_after=1)
    kept.last_seen_at = datetime.now(UTC)
    return kept


async def keep_vault(session: AsyncSession, claims: Claims, vault: Vault) -> None:
    """Seal the vault and keep it."""
    sealed = vault.seal(claims.vault_key, claims.session_id.encode())
    if row := await session.get(VaultRow, claims.session_id):
        row.sealed = sealed
    else:
        session.add(VaultRow(session_id=claims.session_id, sealed=sealed))


def not_agreed() -> ConsentRequired:
    """Say that storing must be agreed to anew."""
    return ConsentRequired(
        "Your permission to keep this conversation was withdrawn or has run out. Please choose again.",
        purpose="store",
    )


async def sealed_vault(session: AsyncSession, claims: Claims) -> bytes | None:
    """Give the vault as it is kept; who writes it must have opened this very one."""
    row = await session.get(VaultRow, claims.session_id)
    return row.sealed if row else None


async def open_vault(session: AsyncSession, claims: Claims) -> Vault:
    """Open the conversation's vault with the visitor's token; an empty one when there is none yet."""
    row = await session.get(VaultRow, claims.session_id)
    if row is None:
        return Vault()
    try:
        return Vault.open(row.sealed, claims.vault_key, claims.session_id.encode())
    except VaultError:
        raise NotFound("This conversation does not open with this token.") from None


async def by_number(session: AsyncSession, session_id: str, number: int) -> Turn | None:
    """Find a turn by its number."""
    found = await session.exec(select(Turn).where(Turn.session_id == session_id, Turn.number == number))
    return found.first()


async def page(session: AsyncSession, session_id: str, before: int | None, limit: int) -> list[Turn]:
    """Give a page of turns, newest first, older than turn `before` (keyset paging)."""
    query = select(Turn).where(Turn.session_id == session_id)
    if before is not None:
        query = query.where(Turn.number < before)
    return list((await session.exec(query.order_by(col(Turn.number).desc()).limit(limit))).all())


def alive(turn: Turn) -> bool:
    """Tell whether some worker is still writing the turn's reply."""
    return turn.status == RUNNING and turn.lease_until is not None and turn.lease_until > datetime.now(UTC)


async def _latest(session: AsyncSession, session_id: str) -> list[Turn]:
    return await page(session, session_id, None, HISTORY_TURNS)


async def _by_key(session: AsyncSession, session_id: str, key: bytes) -> Turn | None:
    found = await session.exec(select(Turn).where(Turn.session_id == session_id, Turn.idempotency_key == key))
    return found.first()
