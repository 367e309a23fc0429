"""The purpose wall: whoever reads kept conversations, other than the visitor's own turn, reads them here.

    registered?   data class x purpose x recipient is in the register, or PurposeDenied
    whose?        storing stands, the purpose's yes stands under words that are still the same, no objection has
                  stopped it, no minor where the purpose is not for minors, no session that is held
    page by page  what was withdrawn meanwhile is gone on the next page, for each page asks anew

Each page that gives anything leaves one audit event, in the transaction that read it. A denial leaves one in a
transaction of its own, so that it stays although the read fails. Purposes on a contract, or on a life in danger, read
one session alone; the second only inside an emergency that two people opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlmodel import col

from chatbot.consents import auditing, readable
from chatbot.errors import NotFound, PurposeDenied
from chatbot.storage.tables import ChatSession
from consent.audit import Fact, Verb
from consent.gate import Reason
from consent.purposes import Basis

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.consents.editions import Editions
    from chatbot.storage.database import Database
    from consent.purposes import Purpose
    from pii.text import Redacted

PAGE = 100
STREAM = "wall"
"""The audit stream of reads and denials that concern no single session."""
_ONE_SESSION = frozenset({Basis.CONTRACT, Basis.VITAL_INTERESTS})
_VERBS = {"agent": Verb.DISCLOSE, "authority": Verb.DISCLOSE, "break_glass": Verb.REVEAL}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, for which purpose, and to whom it goes; ids of the registers, never a name."""

    purpose: str
    recipient: str
    role: str
    actor: str

    def fact(self, verb: Verb, data_class: str, reason: str = "") -> Fact:
        """Say what this reader did, or was refused."""
        return Fact(verb, self.role, self.actor, data_class, self.purpose, self.recipient, reason)


class Kept(NamedTuple):
    """One redacted text behind the wall, in its place; a rating may come without a comment."""

    session_id: str
    turn: int
    at: datetime
    text: Redacted | None
    rating: str


class _Wanted(NamedTuple):
    reader: Reader
    data_class: str
    row: Purpose
    session_id: str | None
    size: int


class Wall:
    """Reads kept conversations for everybody but their own visitor."""

    def __init__(self, database: Database, editions: Editions) -> None:
        self._database, self._editions = database, editions

    async def read(
        self, reader: Reader, data_class: str, *, session_id: str | None = None, size: int = PAGE
    ) -> AsyncIterator[Kept]:
        """Give what a reader may read, oldest first; raises PurposeDenied where there is no way through.

        With `session_id`, of that session alone. Raises LookupError for a data class that is not kept here.
        """
        row = await self.admit(reader, data_class, session_id)
        if data_class not in readable.SOURCES:
            raise LookupError(f"no {data_class} is kept behind the wall")
        wanted, after = _Wanted(reader, data_class, row, session_id, size), None
        while rows := await self._page(wanted, after):
            for _, *kept in rows:
                yield Kept(*kept)
            after = rows[-1][0]

    async def admit(self, reader: Reader, data_class: str, session_id: str | None = None) -> Purpose:
        """Give the purpose's row when the register lists this use; raises PurposeDenied, on record, otherwise."""
        gate = self._editions.current.gate
        decision = gate.registered(reader.purpose, data_class, reader.recipient)
        if not decision:
            raise await self.deny(reader, data_class, decision.reason)
        row = gate.purpose(reader.purpose)
        if row.basis in _ONE_SESSION and session_id is None:
            raise await self.deny(reader, data_class, Reason.ONE_SESSION)
        return row

    async def _page(self, wanted: _Wanted, after: Any) -> Sequence[Any]:
        now = readable.Now(datetime.now(UTC), wanted.reader.actor, self._versions)
        async with self._database.transaction() as session:
            kept = await _locked(session, wanted.session_id)
            why = await self._closed(session, wanted, now)
            if why is None:
                query = readable.page(wanted.data_class, wanted.row, now, after, wanted.size)
                if wanted.session_id:
                    query = query.where(col(ChatSession.id) == wanted.session_id)
                rows: Sequence[Any] = (await (await session.connection()).execute(query)).all()
                if rows:
                    verb = _VERBS.get(wanted.reader.recipient, Verb.USE)
                    await _write(session, kept, wanted.reader.fact(verb, wanted.data_class), now.at)
                return rows
        raise await self.deny(wanted.reader, wanted.data_class, why, wanted.session_id)

    async def _closed(self, session: AsyncSession, wanted: _Wanted, now: readable.Now) -> Reason | None:
        """Say why one session may not be read, or None; of many, those that may not are simply not among them."""
        if wanted.session_id is None:
            return None
        asked = readable.verdict(wanted.session_id, wanted.row, now)
        shut = (await (await session.connection()).execute(asked)).scalar_one()
        return Reason(shut) if shut else None

    def _versions(self, purpose: str) -> Collection[str]:
        """Give the notices under which a yes to a purpose still counts: nothing about it has changed since."""
        known = {row.version for row in self._editions.published} | {self._editions.current.notices.version}
        return [version for version in known if purpose not in self._editions.touched_since(version)]

    async def deny(
        self, reader: Reader, data_class: str, reason: Reason, session_id: str | None = None
    ) -> PurposeDenied:
        """Put a denial on record, for good, and give the error to raise."""
        now = datetime.now(UTC)
        async with self._database.transaction() as session:
            kept = await _locked(session, session_id)
            await _write(session, kept, reader.fact(Verb.DENY, data_class, reason), now)
        return PurposeDenied(
            f"{data_class} may not go to {reader.recipient} for {reader.purpose}: {reason}.", reason=reason.value
        )


async def _locked(session: AsyncSession, session_id: str | None) -> ChatSession | None:
    if session_id is None:
        return None
    kept = await session.get(ChatSession, session_id, with_for_update=True)
    if kept is None:
        raise NotFound("There is no such conversation, or it was erased.")
    return kept


async def _write(session: AsyncSession, kept: ChatSession | None, fact: Fact, now: datetime) -> None:
    if kept is None:
        await auditing.write(session, STREAM, [fact], now=now)
    else:
        await auditing.record(session, kept, fact, now=now)
