"""What was done with a kept conversation, as its visitor may read it: roles, not who."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatbot.consents.auditing import read
from chatbot.conversation.rows import owned_session

if TYPE_CHECKING:
    from chatbot.seals import Claims
    from chatbot.storage.database import Database

FIELDS = ("verb", "role", "data_class", "purpose", "recipient", "reason")


async def access_log(database: Database, claims: Claims) -> list[dict[str, Any]]:
    """Give every act on a conversation and every refusal, oldest first; empty when nothing is kept."""
    if not claims.stored:
        return []
    async with database.reading() as session:
        kept = await owned_session(session, claims)
        entries = [*await read(session, kept.id), *await read(session, kept.subject_id)]
    ordered = sorted(entries, key=lambda each: (each.at, each.stream, each.number))
    return [{"at": each.at, **{name: getattr(each.fact, name) for name in FIELDS}} for each in ordered]
