"""The rows of a kept conversation: found, owned, locked, and its vault opened and sealed."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, or_, select

from chatbot.errors import ConsentRequired, NotFound, TurnInProgress
from chatbot.storage.tables import ChatSession, Turn, VaultRow
from pii.errors import VaultError
from pii.vault import Vault

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession
    from sqlmodel.sql.expression import SelectOfScalar

    from chatbot.seals import Claims

# A running turn whose lease is over belongs to a worker that died.
LEASE = timedelta(seconds=10)
RUNNING, INTERRUPTED = "running", "interrupted"
ANSWERED = ("complete", "stopped", "unanswered", "cut", "blocked")


async def owned_session(session: AsyncSession, claims: Claims, *, lock: bool = False) -> ChatSession:
    """Give the claims' session; NotFound when it is gone or another visitor's. `lock` first, then write."""
    return _owned(await session.get(ChatSession, claims.session_id, with_for_update=lock or None), claims)


async def with_vault(
    session: AsyncSession, claims: Claims, *, lock: bool = False
) -> tuple[ChatSession, bytes | None]:
    """Give the claims' session and its sealed vault in one look; NotFound as `owned_session` says."""
    query = (
        select(ChatSession, VaultRow)
        .outerjoin(VaultRow, col(VaultRow.session_id) == col(ChatSession.id))
        .where(ChatSession.id == claims.session_id)
    )
    found = (await session.exec(query.with_for_update(of=ChatSession) if lock else query)).first()
    kept, vault = found or (None, None)
    return _owned(kept, claims), vault.sealed if vault else None


def of_one_subject(session_id: str) -> SelectOfScalar[str]:
    """Ask for every conversation of the visitor whose conversation this is."""
    subject = select(ChatSession.subject_id).where(ChatSession.id == session_id).scalar_subquery()
    return select(ChatSession.id).where(ChatSession.subject_id == subject)


async def hold(session: AsyncSession, claims: Claims) -> ChatSession:
    """Lock a session for writing; TurnInProgress while any worker writes a reply in it.

    One writer at a time: a vault sealed from an older copy would give two values the same placeholder.
    """
    kept = await owned_session(session, claims, lock=True)
    latest = await page(session, claims.session_id, None, 1)
    if latest and alive(latest[0]):
        raise writing()
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


def writing() -> TurnInProgress:
    """Say that a reply is being written."""
    return TurnInProgress("Wait for the reply, or stop it, then try again.", retry_after=1)


async def sealed_vault(session: AsyncSession, claims: Claims) -> bytes | None:
    """Give the vault as it is kept; who writes it must have opened this very one."""
    row = await session.get(VaultRow, claims.session_id)
    return row.sealed if row else None


async def open_vault(session: AsyncSession, claims: Claims) -> Vault:
    """Open the conversation's vault with the visitor's token; an empty one when there is none yet."""
    return opened(await sealed_vault(session, claims), claims)


def opened(sealed: bytes | None, claims: Claims) -> Vault:
    """Open a sealed vault with the visitor's token; NotFound when it is another's."""
    if sealed is None:
        return Vault()
    try:
        return Vault.open(sealed, claims.vault_key, claims.session_id.encode())
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


async def in_the_way(session: AsyncSession, session_id: str, number: int, key: bytes) -> list[Turn]:
    """Give what a new turn may meet: the one before it, one in its place, and one that its own key made."""
    query = select(Turn).where(
        Turn.session_id == session_id, or_(col(Turn.number) >= number - 1, col(Turn.idempotency_key) == key)
    )
    return list((await session.exec(query)).all())


def alive(turn: Turn) -> bool:
    """Tell whether some worker is still writing the turn's reply."""
    return turn.status == RUNNING and turn.lease_until is not None and turn.lease_until > datetime.now(UTC)


async def by_key(session: AsyncSession, session_id: str, key: bytes) -> Turn | None:
    """Find a turn by the idempotency key that made it."""
    found = await session.exec(select(Turn).where(Turn.session_id == session_id, Turn.idempotency_key == key))
    return found.first()


def _owned(kept: ChatSession | None, claims: Claims) -> ChatSession:
    if kept is None or not hmac.compare_digest(kept.token_lookup, claims.lookup):
        raise NotFound("This conversation does not exist, or it was erased.")
    return kept
