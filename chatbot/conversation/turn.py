"""One turn, start to finish: from a redacted message to a kept reply.

disclosure, redaction -> knowledge -> citations -> model -> restored tokens -> redacted record -> done
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from chatbot.consents.publishing import announce
from chatbot.conversation.events import Event, token
from chatbot.conversation.keeping import Asked, Conversation, Keeper, Record
from chatbot.errors import ChatbotError, ModelStopped, RedactionStopped
from chatbot.llm.answerer import AnswerRequest
from chatbot.llm.errors import ModelUnavailable
from pii.errors import RedactionError
from pii.stream import Restorer

if TYPE_CHECKING:
    from chatbot.conversation.reply import Reply
    from chatbot.knowledge.search import Hit
    from chatbot.services import Services

LEASE_SECONDS = 3.0
REMIND_BEFORE = timedelta(days=14)
log = structlog.get_logger()


class Turn:
    """The writing of one reply."""

    def __init__(self, services: Services, keeper: Keeper, conversation: Conversation, asked: Asked) -> None:
        self._services, self._keeper = services, keeper
        self._conversation, self._asked = conversation, asked
        self._answerer = services.answerer_for(conversation.purposes, minor=conversation.claims.minor)
        self._notice = services.notices.best(conversation.claims.language)
        self._model = self._answerer.name
        self._raw: list[str] = []
        self._shown = 0
        self._begun = time.perf_counter()
        self._status = "complete"

    async def write(self, reply: Reply) -> None:
        """Write the reply; whatever happens, listeners get a last event and the visitor's message is kept."""
        try:
            with (
                self._services.metrics.streams.track_inprogress(),
                self._services.watch.over(self._conversation.claims),
            ):
                await self._write(reply)
        except ChatbotError as problem:
            await self._fail(reply, problem)
        except Exception as error:
            log.exception("reply_failed", error=type(error).__name__)
            await self._fail(reply, ChatbotError())

    async def _write(self, reply: Reply) -> None:
        self._open(reply)
        hits = await asyncio.to_thread(self._search)
        request = self._request(reply, tuple(hits))
        cited = self._answerer.cited(request)
        citations = [_citation(number, hit) for number, hit in enumerate(cited, 1)]
        for citation in citations:
            reply.publish(Event("citation", citation, citation["number"]))
        await self._stream(reply, request)
        unanswered = self._answerer.unanswered(request)
        record = await self._record(citations, unanswered=unanswered)
        if unanswered:
            reply.publish(
                Event(
                    "handoff",
                    {"offer": True, "reason": "unanswered", "message": self._notice.strings["handoff_offer"]},
                )
            )
        await self._remind(reply)
        state = await self._keeper.finish(self._conversation, self._asked, record)
        self._services.metrics.reply(record.status, record.model)
        reply.publish(Event("done", self._done(record, state)))

    def _search(self) -> list[Hit]:
        """Look for passages; the question before says what "how does that work?" is about."""
        history = self._conversation.history
        before = history[-1].question.text if history else ""
        return self._services.knowledge.search(self._asked.redaction.text.text, before=before)

    def _open(self, reply: Reply) -> None:
        answerer, redaction = self._answerer, self._asked.redaction
        reply.publish(
            Event(
                "disclosure",
                {
                    "turn": reply.turn,
                    "ai_generated": True,
                    "model": answerer.name,
                    "label": self._notice.words.label,
                },
            )
        )
        flags = [flag.kind for flag in redaction.flags]
        data = {"text": redaction.text.text, "findings": self._asked.findings, "flags": flags}
        reply.publish(Event("redaction", data))
        for finding in redaction.findings:
            self._services.metrics.hidden(finding.kind)
        for kind in flags:
            self._services.metrics.flag(kind)

    def _request(self, reply: Reply, hits: tuple[Hit, ...]) -> AnswerRequest:
        conversation = self._conversation
        return AnswerRequest(
            question=self._asked.redaction.text,
            history=conversation.history,
            hits=hits,
            language=conversation.claims.language,
            minor=conversation.claims.minor,
            notify=lambda code: self._notify(reply, code),
        )

    def _notify(self, reply: Reply, code: str) -> None:
        """Pass on what the visitor should know, and remember who really answers."""
        self._model = f"{self._services.embedded.name} for {self._answerer.name}"
        reply.publish(Event("notice", {"code": code, "message": self._notice.strings[f"notice_{code}"]}))

    async def _remind(self, reply: Reply) -> None:
        """Tell a session once of a notice to come, and of a yes that runs out soon."""
        services, claims = self._services, self._conversation.claims
        row = services.editions.announced
        notices = services.editions.notices(row.version) if row else None
        if row and notices and await services.signals.once(f"announced:{row.version}", claims):
            message = announce(row, notices, claims.language)
            reply.publish(Event("notice", {"code": "notice_announced", "message": message}, 1))
        ends = self._conversation.ends
        if ends and ends - datetime.now(UTC) <= REMIND_BEFORE and await services.signals.once("expiring", claims):
            message = self._notice.strings["notice_consent_expiring"].format(date=ends.date().isoformat())
            data = {"code": "consent_expiring", "message": message, "valid_until": ends.isoformat()}
            reply.publish(Event("notice", data, 2))

    async def _stream(self, reply: Reply, request: AnswerRequest) -> None:
        """Send tokens as they come, until the model ends, the visitor stops it, or nobody listens any more."""
        if reply.stop_requested.is_set():
            self._status = "stopped"
            return
        model = asyncio.create_task(self._consume(reply, request))
        stop = asyncio.create_task(reply.stop_requested.wait())
        try:
            while not model.done():
                await asyncio.wait({model, stop}, timeout=LEASE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if not model.done():
                    if stop.done() or (not self._conversation.claims.stored and reply.abandoned):
                        self._status = "stopped"
                        break
                    with contextlib.suppress(SQLAlchemyError):  # a busy database must not end a reply
                        await self._keeper.extend(self._conversation)
        finally:
            stop.cancel()
            model.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await model

    async def _consume(self, reply: Reply, request: AnswerRequest) -> None:
        restorer = Restorer(self._conversation.vault)
        try:
            # Closed for sure, so that a stop also ends the provider's stream.
            async with contextlib.aclosing(self._answerer.stream(request)) as pieces:
                async for piece in pieces:
                    if not self._raw:
                        self._services.metrics.first_token_seconds.observe(time.perf_counter() - self._begun)
                    self._raw.append(piece)
                    self._show(reply, restorer.feed(piece))
        except ModelUnavailable:
            raise ModelStopped("The model stopped answering. Please try again.", retry_after=2) from None
        finally:
            self._show(reply, restorer.close())

    def _show(self, reply: Reply, text: str) -> None:
        if text:
            reply.publish(token(text, self._shown))
            self._shown += len(text)

    async def _record(self, citations: list[dict[str, Any]], *, unanswered: bool = False) -> Record:
        try:
            kept = await self._services.redaction.redact_reply("".join(self._raw), self._conversation.vault)
        except RedactionError:
            raise RedactionStopped("The reply could not be protected and was not kept. Please try again.") from None
        status = "unanswered" if unanswered and self._status == "complete" else self._status
        return Record(kept.text, status, self._model, self._answerer.prompt_version, citations, unanswered)

    async def _fail(self, reply: Reply, problem: ChatbotError) -> None:
        """Keep what was said before the failure, and tell the visitor."""
        self._status, reply.failed = "failed", True
        with contextlib.suppress(Exception):
            await self._keeper.finish(self._conversation, self._asked, await self._record([]))
        self._services.metrics.reply("failed", self._answerer.name)
        reply.publish(Event("error", problem.problem() | {"retryable": problem.retryable}))

    def _done(self, record: Record, state: str | None) -> dict[str, Any]:
        done = {
            "turn": self._conversation.number,
            "status": record.status,
            "model": record.model,
            "prompt_version": record.prompt_version,
        }
        return done | ({"state": state} if state else {})


def _citation(number: int, hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {
        "number": number,
        "id": passage.id,
        "title": passage.title if passage.heading == passage.title else f"{passage.title}: {passage.heading}",
        "url": passage.url,
        "excerpt": hit.excerpt,
    }
