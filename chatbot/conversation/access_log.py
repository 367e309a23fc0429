"""What was done with a kept conversation, as its visitor may read it: roles, not who.

Two streams tell of it, the conversation's and its subject's. A cursor, `12.3`, is the number of the last entry of
each that was given; empty where none was yet.
"""

from __future__ import annotations

from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from chatbot.consents.auditing import page
from chatbot.conversation.rows import owned_session

if TYPE_CHECKING:
    from chatbot.seals import Claims
    from chatbot.storage.database import Database

FIELDS = ("verb", "role", "data_class", "purpose", "recipient", "reason")
CURSOR = r"^[0-9]{0,9}\.[0-9]{0,9}(?![\s\S])"  # `$` would let a line's end through
BEGIN = "."


class Log(NamedTuple):
    """A page of the log, newest first, and the cursor of the next one; None at the end."""

    entries: list[dict[str, Any]]
    next: str | None = None


async def access_log(database: Database, claims: Claims, after: str = BEGIN, limit: int = 20) -> Log:
    """Give every act on a conversation and every refusal, page by page; nothing when nothing is kept."""
    if not claims.stored:
        return Log([])
    told = [int(number) if number else None for number in after.split(".")]
    async with database.reading() as session:
        kept = await owned_session(session, claims)
        streams = kept.id, kept.subject_id
        found = [await page(session, *place, limit + 1) for place in zip(streams, told, strict=True)]
    # Within a stream the order is that of its numbers, whatever the clocks of two replicas said.
    given = list(islice(merge(*found, key=lambda each: each.at, reverse=True), limit))
    for each in given:
        told[streams.index(each.stream)] = each.number
    entries = [{"at": each.at, **{name: getattr(each.fact, name) for name in FIELDS}} for each in given]
    more = sum(map(len, found)) > len(given)
    return Log(entries, ".".join(str(number or "") for number in told) if more else None)
