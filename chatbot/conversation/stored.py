"""Conversations that are kept here after a yes: redacted text, and values only inside the sealed vault."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from chatbot.conversation.keeping import HISTORY_TURNS, Asked, Conversation, Record
from chatbot.errors import ConsentRequired, NotFound, TurnInProgress
from chatbot.llm.answerer import Exchange
from chatbot.storage.tables import ChatSession, Turn, VaultRow
from consent import ledger
from pii.errors import VaultError
from pii.vault import Vault

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.seals import Claims
    from chatbot.storage.database import Database

# A running turn whose lease is over belongs to a worker that died.
LEASE = timedelta(seconds=10)
RUNNING, INTERRUPTED = "running", "interrupted"
ANSWERED = ("complete", "stopped", "unanswered")


class StoredKeeper:
    """Keeps conversations in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, claims: Claims, state: str | None) -> Conversation:  # noqa: ARG002 — what is kept here wins
        """Open a kept conversation; raises when it was erased or may no longer be stored."""
        async with self._database.reading() as session:
            kept = await owned_session(session, claims)
            purposes = await granted(session, kept.subject_id)
            turns = await _latest(session, claims.session_id)
            vault = await open_vault(session, claims)
            sealed = await sealed_vault(session, claims)
        history = tuple(
            Exchange(turn.question, turn.answer)
            for turn in reversed(turns)
            if turn.answer is not None and turn.status in ANSWERED
        )
        return Conversation(claims, (turns[0].number if turns else 0) + 1, history, vault, purposes, sealed)

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
                await hold(session, conversation.claims)
                if await sealed_vault(session, conversation.claims) != conversation.sealed:
                    raise TurnInProgress("Something else was just written here. Please send it again.", retry_after=1)
                if dead := await _by_key(session, conversation.claims.session_id, asked.idempotency_key):
                    await session.delete(dead)  # its reply never came; `hold` has seen that nobody writes it
                    await session.flush()
                session.add(turn)
                await keep_vault(session, conversation.claims, conversation.vault)
        except IntegrityError:
            raise TurnInProgress("Wait for the reply, then send the next message.", retry_after=1) from None

    async def finish(self, conversation: Conversation, asked: Asked, record: Record) -> None:
        """Write the reply; a session erased meanwhile stays erased."""
        async with self._database.transaction() as session:
            await session.get(ChatSession, conversation.claims.session_id, with_for_update=True)
            turn = await _by_key(session, conversation.claims.session_id, asked.idempotency_key)
            if turn is None or turn.number != conversation.number:
                return  # erased, or asked again because this worker was thought dead
            turn.answer, turn.status = record.answer, record.status
            turn.model, turn.prompt_version = record.model, record.prompt_version
            turn.citations, turn.offered_handoff = record.citations, record.offered_handoff
            turn.finished_at, turn.lease_until = datetime.now(UTC), None
            await keep_vault(session, conversation.claims, conversation.vault)

    async def repeated(self, claims: Claims, idempotency_key: bytes) -> Turn | None:
        """Find the turn that an idempotency key already made."""
        async with self._database.reading() as session:
            await owned_session(session, claims)
            return await _by_key(session, claims.session_id, idempotency_key)

    async def extend(self, conversation: Conversation) -> None:
        """Say that a reply is still being written."""
        async with self._database.transaction() as session:
            turn = await by_number(session, conversation.claims.session_id, conversation.number)
            if turn is not None:
                turn.lease_until = datetime.now(UTC) + LEASE


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


async def granted(session: AsyncSession, subject_id: str) -> frozenset[str]:
    """Give the purposes that stand; raises ConsentRequired when storing is not among them."""
    standing = await ledger.standing(session, subject_id, datetime.now(UTC))
    if not standing.get("store"):
        raise ConsentRequired("You have withdrawn permission to store this conversation. Please choose again.")
    return frozenset(purpose for purpose, yes in standing.items() if yes)


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
