"""A linked channel is unlinked: everything of one subject that came through it is erased, on record.

The ledger of consent and the acknowledgements are appended to only; they hold proof and nothing that came in.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, or_
from sqlmodel import SQLModel

from chatbot.consents import auditing
from chatbot.conversation.erasing import conversations, remove
from chatbot.errors import NotFound
from chatbot.storage.tables import ChatSession, Subject
from consent.audit import Fact, Verb
from consent.sources import Source, part
from consent.types import SourceColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Table

    from chatbot.services import Services

ROLE, REASON = "officer", "unlinked"
PROOF = frozenset({"consent_event", "acknowledgement"})


async def unlink(services: Services, subject_id: str, source: Source, *, by: str) -> int:
    """Erase what a subject's channel brought; gives how many records went, conversations counted as one each."""
    erased, now = 0, datetime.now(UTC)
    async with services.database.transaction() as session:
        if await session.get(Subject, subject_id) is None:
            raise NotFound("There is no subject of this id.")  # nor does what was typed get on record
        run = (await session.connection()).execute
        for session_id in await conversations(session, subject_id):
            kept = await session.get_one(ChatSession, session_id)
            if part(kept.source)[0] is source:
                await remove(session, services, session_id, role=ROLE, reason=REASON)
                erased += 1
        mine = await conversations(session, subject_id, lock=False)
        for table, owner in _tables():
            ids = [subject_id] if owner == "subject_id" else mine
            erased += (await run(delete(table).where(table.c[owner].in_(ids), _came(table, source)))).rowcount
        fact = Fact(Verb.DESTROY, ROLE, by, auditing.CONVERSATION, "store", source.value, REASON)
        await auditing.write(session, subject_id, [fact], now=now)
    await services.database.checkpoint()
    return erased


def _tables() -> Iterator[tuple[Table, str]]:
    """Give each table whose rows name a channel and belong to a session or a subject; what hangs on others first."""
    for table in reversed(SQLModel.metadata.sorted_tables):
        named = isinstance(getattr(table.columns.get("source"), "type", None), SourceColumn)
        owner = next((name for name in ("session_id", "subject_id") if name in table.columns), None)
        if named and owner and table.name not in PROOF | {ChatSession.__tablename__}:
            yield table, owner


def _came(table: Table, source: Source) -> ColumnElement[Any]:
    return or_(table.c.source == source.value, table.c.source.startswith(f"{source.value}:"))
