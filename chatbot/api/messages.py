"""Messages and the streams of their replies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream

from chatbot.api import access
from chatbot.api.access import Worker
from chatbot.api.wire import NewMessage, TurnOut, TurnsOut
from chatbot.conversation.asking import ask
from chatbot.conversation.events import PING, EventId
from chatbot.conversation.reply import Reply
from chatbot.conversation.resume import resume, turn_after
from chatbot.conversation.rows import open_vault, owned_session, page
from pii.stream import restore, restore_reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from chatbot.conversation.events import Event
    from chatbot.storage.tables import Turn
    from pii.vault import Vault

STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
PAGE = 50
"""Most turns on a page."""
Before = Annotated[int | None, QueryParameter(ge=1, le=1_000_000, description="Only turns before this one.")]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE, description="Turns on the page.")]


class Messages(Controller):
    """Ask, follow, stop, read back."""

    path = "/v1/sessions/{session_id:str}"
    tags = ("messages",)

    @post("/messages", status_code=200, media_type="text/event-stream")
    async def send(
        self,
        request: Request[Any, Any, Any],
        services: Worker,
        session_id: FromPath[str],
        data: JSONBody[NewMessage],
    ) -> Stream:
        """Send a message; the reply streams back as server-sent events."""
        claims = access.claims(request, services, session_id)
        await services.limits.count("message", claims.session_id)
        key = access.key_digest(access.idempotency_key(request))
        asked = await ask(services, claims, data.text, data.state, key)
        number = asked.turn if isinstance(asked, Reply) else asked.number
        return _stream(number, await resume(services, claims, number, None))

    @get("/events", media_type="text/event-stream")
    async def follow(self, request: Request[Any, Any, Any], services: Worker, session_id: FromPath[str]) -> Stream:
        """Resume a reply after `Last-Event-ID`, on any worker."""
        claims = access.claims(request, services, session_id)
        header = request.headers.get("Last-Event-ID")
        last = EventId.parse(header) if header else None
        number = await turn_after(services, claims, last)
        since = last if last and last.turn == number else None
        return _stream(number, await resume(services, claims, number, since))

    @post("/stop", status_code=202)
    async def stop(
        self, request: Request[Any, Any, Any], services: Worker, session_id: FromPath[str]
    ) -> Response[None]:
        """Stop the reply being written; what was said until then is kept."""
        await services.signals.stop_reply(access.claims(request, services, session_id).session_id)
        return Response(None, status_code=202)

    @get("/turns")
    async def turns(
        self,
        request: Request[Any, Any, Any],
        services: Worker,
        session_id: FromPath[str],
        before: Before = None,
        limit: Limit = 20,
    ) -> TurnsOut:
        """Read back a stored conversation, newest first, with the visitor's own values in place."""
        claims = access.claims(request, services, session_id)
        async with services.database.reading() as session:
            await owned_session(session, claims)
            found = await page(session, claims.session_id, before, limit)
            vault = await open_vault(session, claims)
        return TurnsOut(
            turns=[_turn(turn, vault) for turn in found], before=found[-1].number if len(found) == limit else None
        )


def _stream(turn: int, events: AsyncIterator[Event | None]) -> Stream:
    async def lines() -> AsyncIterator[bytes]:
        async for event in events:
            yield PING if event is None else event.encode(turn)

    return Stream(lines(), media_type="text/event-stream", headers=STREAM_HEADERS)


def _turn(turn: Turn, vault: Vault) -> TurnOut:
    return TurnOut(
        turn=turn.number,
        question=restore(turn.question.text, vault),
        redacted_question=turn.question.text,
        findings=turn.findings,
        answer=restore_reply(turn.answer.text, vault) if turn.answer else None,
        citations=turn.citations,
        status=turn.status,
        model=turn.model,
        at=turn.created_at,
    )
