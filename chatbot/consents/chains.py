"""Checking the whole record: every stream from its first entry, page by page, and no session's stream cut short."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import tuple_
from sqlmodel import col, select

from chatbot.consents.auditing import entry
from chatbot.storage.tables import ChatSession
from chatbot.storage.tables.consents import AuditEvent
from consent.audit import AuditError, follow
from consent.data import digest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from chatbot.storage.database import Database
    from consent.audit import Entry

PAGE = 1000


@dataclass
class Verified:
    """What was found: the last digest of each stream, and what is wrong with those that are broken."""

    entries: int = 0
    heads: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    @property
    def seal(self) -> str:
        """One digest over every head."""
        return digest(self.heads)


async def verify(database: Database, *, progress: Callable[[int], None] = lambda _: None) -> Verified:
    """Check every chain; a session that is still kept also knows where its own must end."""
    found, last = Verified(), None
    async for each in _entries(database):
        last = last if last and last.stream == each.stream else None
        try:
            follow(last, each)
        except AuditError as error:
            found.broken.setdefault(each.stream, str(error))
        found.heads[each.stream], found.entries, last = each.digest, found.entries + 1, each
        if found.entries % PAGE == 0:
            progress(found.entries)
    async for session_id, head in _sessions(database):
        if found.heads.get(session_id) != head:
            found.broken.setdefault(session_id, "the audit chain was cut short")
    return found


async def _entries(database: Database) -> AsyncIterator[Entry]:
    """Give every entry, stream by stream, in order (keyset paging)."""
    stream, number = "", 0
    while True:
        after = tuple_(col(AuditEvent.stream), col(AuditEvent.number)) > (stream, number)
        query = select(AuditEvent).where(after).order_by(col(AuditEvent.stream), col(AuditEvent.number)).limit(PAGE)
        async with database.reading() as session:
            rows = (await session.exec(query)).all()
        for row in rows:
            yield entry(row)
        if len(rows) < PAGE:
            return
        stream, number = rows[-1].stream, rows[-1].number


async def _sessions(database: Database) -> AsyncIterator[tuple[str, str]]:
    """Give each kept session that has a chain, and its head."""
    last = ""
    while True:
        query = select(ChatSession.id, ChatSession.audit_digest).where(
            ChatSession.id > last, ChatSession.audit_number > 0
        )
        async with database.reading() as session:
            rows = (await session.exec(query.order_by(col(ChatSession.id)).limit(PAGE))).all()
        for row in rows:
            yield row
        if len(rows) < PAGE:
            return
        last = rows[-1][0]
