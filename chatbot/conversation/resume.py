"""A reply told again from what was kept: after a dropped stream, on any worker, after a restart.

The kept answer is redacted; putting the visitor's values back gives the very text that was streamed, so a position
in it means the same in memory and here.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from chatbot.conversation.events import LAST, Event, EventId, after, token
from chatbot.conversation.reply import PING_SECONDS
from chatbot.conversation.rows import ANSWERED, alive, by_number, open_vault, owned_session, page
from chatbot.errors import ChatbotError, Interrupted, NotFound
from pii.stream import restore_reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from chatbot.seals import Claims
    from chatbot.services import Services
    from chatbot.storage.tables import Turn
    from consent.notice import Notice

POLL_SECONDS = 0.25


async def resume(
    services: Services, claims: Claims, number: int, last: EventId | None
) -> AsyncIterator[Event | None]:
    """Find where a turn can be followed: live where it is written here, from what is kept otherwise.

    Raises NotFound before anything is sent when it is nowhere; in the stream, None means: send a ping.
    """
    reply = services.replies.of(claims.session_id)
    if reply is not None and reply.turn == number:
        return reply.follow(last)
    if not claims.stored:
        raise NotFound("This reply is no longer here. Please send the message again.")
    await _load(services, claims, number)
    return _told_or_error(_from_storage(services, claims, number, last))


async def _told_or_error(events: AsyncIterator[Event | None]) -> AsyncIterator[Event | None]:
    """Tell what goes wrong in a stream, such as an erasure, as its last event: the headers have left already."""
    try:
        async for event in events:
            yield event
    except ChatbotError as problem:
        yield Event("error", problem.problem() | {"retryable": problem.retryable})


async def _from_storage(
    services: Services, claims: Claims, number: int, last: EventId | None
) -> AsyncIterator[Event | None]:
    pinged = time.monotonic()
    while alive(turn := await _load(services, claims, number)):
        if time.monotonic() - pinged > PING_SECONDS:
            pinged = time.monotonic()
            yield None
        await asyncio.sleep(POLL_SECONDS)
    if turn.status not in ANSWERED:
        problem = Interrupted("The reply was cut off before its end. Please send the message again.", retry_after=1)
        yield Event("error", problem.problem() | {"retryable": True})
        return
    async with services.database.reading() as session:
        vault = await open_vault(session, claims)
    answer = restore_reply(turn.answer.text, vault) if turn.answer else ""
    for event in told(turn, answer, services.notices.best(claims.language)):
        if missing := after(event, number, last):
            yield missing


def told(turn: Turn, answer: str, notice: Notice) -> Iterator[Event]:
    """Give a finished turn's events anew, in order."""
    yield Event(
        "disclosure", {"turn": turn.number, "ai_generated": True, "model": turn.model, "label": notice.words.label}
    )
    yield Event("redaction", {"text": turn.question.text, "findings": turn.findings, "flags": []})
    for citation in turn.citations:
        yield Event("citation", citation, citation["number"])
    if answer:
        yield token(answer, 0)
    if turn.offered_handoff:
        yield Event("handoff", {"offer": True, "reason": "unanswered", "message": notice.strings["handoff_offer"]})
    yield Event(
        "done",
        {"turn": turn.number, "status": turn.status, "model": turn.model, "prompt_version": turn.prompt_version},
    )


async def _load(services: Services, claims: Claims, number: int) -> Turn:
    async with services.database.reading() as session:
        await owned_session(session, claims)
        turn = await by_number(session, claims.session_id, number)
    if turn is None:
        raise NotFound("There is no such turn in this conversation.")
    return turn


async def turn_after(services: Services, claims: Claims, last: EventId | None) -> int:
    """Say which turn a listener means: the one being read, the next after a finished one, or the latest."""
    reply = services.replies.of(claims.session_id)
    if last is not None and not (last.phase == LAST and reply and reply.turn > last.turn):
        return last.turn
    if reply is not None:
        return reply.turn
    if not claims.stored:
        raise NotFound("No reply is being written.")
    async with services.database.reading() as session:
        await owned_session(session, claims)
        turns = await page(session, claims.session_id, None, 1)
    if not turns:
        raise NotFound("No message was sent yet.")
    return turns[0].number
