"""The rows of a kept conversation: found, owned, locked, and its vault opened and sealed."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam
from sqlmodel import and_, col, or_, select

from chatbot.errors import ConsentRequired, NotFound, TurnInProgress
from chatbot.storage.tables import ChatSession, Turn, VaultRow
from pii.errors import VaultError
from pii.vault import Vault

if TYPE_CHECKING:
    from sqlalchemy import BindParameter
    from sqlmodel.ext.asyncio.session import AsyncSession
    from sqlmodel.sql.expression import SelectOfScalar

    from chatbot.seals import Claims

# A running turn whose lease is over belongs to a worker that died.
LEASE = timedelta(seconds=10)
SKEW = timedelta(minutes=1)
"""By which the clocks of two workers may differ; a lease further ahead was given before a clock was set back."""
RUNNING, INTERRUPTED = "running", "interrupted"
ANSWERED = ("complete", "stopped", "unanswered", "cut", "blocked")
# Made once: each message asks these, and making a statement costs more than running it.
_SESSION = ChatSession.id == bindparam("session")
_TURN = Turn.session_id == bindparam("session")
_LOCKED = select(ChatSession).where(_SESSION).with_for_update().execution_options(populate_existing=True)
_VAULT = select(VaultRow).where(VaultRow.session_id == bindparam("session"))
_WITH_VAULT = (
    select(ChatSession, VaultRow).outerjoin(VaultRow, col(VaultRow.session_id) == col(ChatSession.id)).where(_SESSION)
)
_LATEST = select(Turn).where(_TURN).order_by(col(Turn.number).desc()).limit(bindparam("limit"))
_BY_KEY = select(Turn).where(_TURN, Turn.idempotency_key == bindparam("key"))
_IN_THE_WAY = or_(col(Turn.number) >= bindparam("least"), col(Turn.idempotency_key) == bindparam("key"))
_MET = (
    select(VaultRow, Turn)
    .select_from(ChatSession)
    .outerjoin(VaultRow, col(VaultRow.session_id) == col(ChatSession.id))
    .outerjoin(Turn, and_(col(Turn.session_id) == col(ChatSession.id), _IN_THE_WAY))
    .where(_SESSION)
)


async def owned_session(session: AsyncSession, claims: Claims, *, lock: bool = False) -> ChatSession:
    """Give the claims' session; NotFound when it is gone or another visitor's. `lock` first, then write."""
    found = locked(session, claims.session_id) if lock else session.get(ChatSession, claims.session_id)
    return _owned(await found, claims)


async def locked(session: AsyncSession, session_id: str) -> ChatSession | None:
    """Lock a session for writing; None when it is gone."""
    return (await session.exec(_LOCKED, params={"session": session_id})).first()


async def with_vault(session: AsyncSession, claims: Claims) -> tuple[ChatSession, bytes | None]:
    """Give the claims' session and its sealed vault in one look; NotFound as `owned_session` says."""
    found = (await session.exec(_WITH_VAULT, params={"session": claims.session_id})).first()
    kept, vault = found or (None, None)
    return _owned(kept, claims), vault.sealed if vault else None


def of_one_subject(session_id: str | BindParameter[str]) -> SelectOfScalar[str]:
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
    put_vault(session, await vault_row(session, claims), claims, vault)


def put_vault(session: AsyncSession, row: VaultRow | None, claims: Claims, vault: Vault) -> None:
    """Seal the vault into its row, or into a new one."""
    sealed = vault.seal(claims.vault_key, claims.session_id.encode())
    if row:
        row.sealed = sealed
    else:
        session.add(VaultRow(session_id=claims.session_id, sealed=sealed))


async def vault_row(session: AsyncSession, claims: Claims) -> VaultRow | None:
    """Find the conversation's vault."""
    return (await session.exec(_VAULT, params={"session": claims.session_id})).first()


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
    row = await vault_row(session, claims)
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
    query = _LATEST if before is None else _LATEST.where(Turn.number < before)
    return list((await session.exec(query, params={"session": session_id, "limit": limit})).all())


async def in_the_way(
    session: AsyncSession, session_id: str, number: int, key: bytes
) -> tuple[VaultRow | None, list[Turn]]:
    """Give the vault, and what a new turn may meet: the one before it, one in its place, one that its own key made.

    Asked after the session is locked, never with it: PostgreSQL would show what hung on it before the wait.
    """
    found = (await session.exec(_MET, params={"session": session_id, "least": number - 1, "key": key})).all()
    return found[0][0] if found else None, [turn for _, turn in found if turn]


def alive(turn: Turn) -> bool:
    """Tell whether some worker is still writing the turn's reply."""
    if turn.status != RUNNING or turn.lease_until is None:
        return False
    return timedelta(0) < turn.lease_until - datetime.now(UTC) <= LEASE + SKEW


async def by_key(session: AsyncSession, session_id: str, key: bytes) -> Turn | None:
    """Find a turn by the idempotency key that made it."""
    return (await session.exec(_BY_KEY, params={"session": session_id, "key": key})).first()


def _owned(kept: ChatSession | None, claims: Claims) -> ChatSession:
    if kept is None or not hmac.compare_digest(kept.token_lookup, claims.lookup):
        raise NotFound("This conversation does not exist, or it was erased.")
    return kept
