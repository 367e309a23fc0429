"""One turn, start to finish: from a redacted message to a kept reply.

disclosure, redaction -> knowledge -> citations -> model -> moderated, restored tokens -> redacted record -> done
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from chatbot.consents.announcing import announce
from chatbot.consents.delivered import CHAT
from chatbot.conversation.events import Event, citation, notice, token
from chatbot.conversation.keeping import Asked, Conversation, Keeper, Record
from chatbot.conversation.objecting import countable
from chatbot.conversation.saying import BLOCKED, Saying, put_on_record
from chatbot.errors import ChatbotError, ModelStopped, RedactionStopped
from chatbot.llm.answerer import AnswerRequest, Length
from chatbot.llm.errors import ModelUnavailable
from chatbot.llm.fallback import NOTICE as FALLBACK
from chatbot.llm.provider import CUT
from chatbot.observe.metrics import Uncounted
from pii.errors import RedactionError

if TYPE_CHECKING:
    from chatbot.conversation.reply import Reply
    from chatbot.knowledge.search import Hit
    from chatbot.observe.metrics import Counts
    from chatbot.services import Services

LEASE_SECONDS = 3.0
SENTENCES = {Length.SHORT: 1, Length.NORMAL: 3, Length.LONG: 9}
"""How many of a passage's sentences are quoted, by the visitor's choice."""
REMIND_BEFORE = timedelta(days=14)
log = structlog.get_logger()


class Turn:
    """The writing of one reply."""

    def __init__(self, services: Services, keeper: Keeper, conversation: Conversation, asked: Asked) -> None:
        self._services, self._keeper = services, keeper
        self._conversation, self._asked = conversation, asked
        self._sending = services.sending(conversation.purposes, conversation.claims)
        self._answerer = services.answerer_for(conversation.purposes, self._sending)
        self._notice = services.notices.best(conversation.claims.language)
        minor, objected = conversation.claims.minor, conversation.objected
        self._counts: Counts = services.metrics if countable(services, objected, minor=minor) else Uncounted()
        screen = services.moderation.screen(minor=minor)
        self._saying = Saying(screen, conversation.vault, self._notice.strings[BLOCKED])
        self._notices: list[str] = []
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
        request = self._request(tuple(hits))
        cited = self._answerer.cited(request)
        citations = [citation(number, hit) for number, hit in enumerate(cited, 1)]
        for each in citations:
            reply.publish(Event("citation", each, each["number"]))
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
        await self._tell(reply)
        await self._remind(reply)
        state = await self._keeper.finish(self._conversation, self._asked, record)
        self._counts.reply(record.status, record.model)
        reply.publish(Event("done", self._done(record, state)))

    def _search(self) -> list[Hit]:
        """Look for passages; the question before, or an earlier topic, says what "how does that work?" is about."""
        history, memory = self._conversation.history, self._asked.memory
        before = history[-1].question.text if history else next(iter(memory.topics), "")
        question, sentences = self._asked.redaction.text.text, SENTENCES[memory.length]
        found = self._services.knowledge.search(question, before=before, sentences=sentences)
        return [hit for hit in found if self._services.policies.may_be_quoted(hit.passage.url)]

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
            self._counts.hidden(finding.kind)
        for kind in flags:
            self._counts.flag(kind)

    def _request(self, hits: tuple[Hit, ...]) -> AnswerRequest:
        conversation = self._conversation
        return AnswerRequest(
            question=self._asked.redaction.text,
            history=conversation.history,
            hits=hits,
            language=conversation.claims.language,
            minor=conversation.claims.minor,
            memory=self._asked.memory,
            sending=self._sending,
            notify=self._notices.append,
        )

    async def _tell(self, reply: Reply) -> None:
        """Pass on what the visitor should know of this reply, and put on record what was not said."""
        if blocked := self._saying.blocked:
            await put_on_record(self._services, self._conversation, blocked)
            self._notices.append(BLOCKED)
        for code in sorted(set(self._notices)):
            reply.publish(notice(code, self._notice.strings[f"notice_{code}"]))

    async def _remind(self, reply: Reply) -> None:
        """Tell a session once of what is to come, and of a yes that runs out soon."""
        services, claims = self._services, self._conversation.claims
        for nth, row in enumerate(services.editions.announced):
            if await services.signals.once(f"announced:{row.version}", claims):
                said = announce(row, services.editions.words(row), claims.language)
                reply.publish(notice("notice_announced", said.message, nth, label=said.label, link=said.path))
                services.editions.delivered.note(row, CHAT)
        ends = self._conversation.ends
        if ends and ends - datetime.now(UTC) <= REMIND_BEFORE and await services.signals.once("expiring", claims):
            message = self._notice.strings["notice_consent_expiring"].format(date=ends.date().isoformat())
            reply.publish(notice("consent_expiring", message, valid_until=ends.isoformat()))

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
        saying, heard = self._saying, False
        try:
            # Closed for sure, so that a stop also ends the provider's stream.
            async with contextlib.aclosing(self._answerer.stream(request)) as pieces:
                async for piece in pieces:
                    if not heard:
                        self._services.metrics.first_token_seconds.observe(time.perf_counter() - self._begun)
                    heard = True
                    self._show(reply, saying.feed(piece))
                    if saying.blocked:
                        break
            self._show(reply, saying.end())
        except ModelUnavailable:
            raise ModelStopped("The model stopped answering. Please try again.", retry_after=2) from None
        finally:
            self._show(reply, saying.close())

    def _show(self, reply: Reply, text: str) -> None:
        if text:
            reply.publish(token(text, self._shown))
            self._shown += len(text)

    async def _record(self, citations: list[dict[str, Any]], *, unanswered: bool = False) -> Record:
        try:
            kept = await self._services.redaction.redact_reply(self._saying.record, self._conversation.vault)
        except RedactionError:
            raise RedactionStopped("The reply could not be protected and was not kept. Please try again.") from None
        embedded = f"{self._services.embedded.name} for {self._answerer.name}"
        model = embedded if FALLBACK in self._notices else self._answerer.name
        return Record(
            kept.text, self._ended(unanswered=unanswered), model, self._answerer.prompt_version, citations, unanswered
        )

    def _ended(self, *, unanswered: bool) -> str:
        """Say how the reply ended, the visitor's stop and a failure before all else."""
        if self._status != "complete":
            return self._status
        if self._saying.blocked:
            return "blocked"
        return "unanswered" if unanswered else "cut" if CUT in self._notices else "complete"

    async def _fail(self, reply: Reply, problem: ChatbotError) -> None:
        """Keep what was said before the failure, and tell the visitor."""
        self._status, reply.failed = "failed", True
        with contextlib.suppress(Exception):
            await self._keeper.finish(self._conversation, self._asked, await self._record([]))
        self._counts.reply("failed", self._answerer.name)
        reply.publish(Event("error", problem.problem() | {"retryable": problem.retryable}))

    def _done(self, record: Record, state: str | None) -> dict[str, Any]:
        done = {
            "turn": self._conversation.number,
            "status": record.status,
            "model": record.model,
            "prompt_version": record.prompt_version,
        }
        return done | ({"state": state} if state else {})
