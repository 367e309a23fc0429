"""A language model of a provider, through LangChain: redacted text out, a stream of pieces back.

Before each call the transfer is judged and the register of operators asked. Time limits run to the first token,
between tokens and over the whole reply. What fails before the first token is tried again; after it the failure is the
caller's to tell. A reply whose end is missing broke off. LangChain's callbacks, cache and tracing stay off.
"""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chatbot.llm.ending import Ending, ending
from chatbot.llm.errors import ModelRefused, ModelTimeout, ModelUnavailable, TransferRefused
from chatbot.llm.messages import compose
from chatbot.llm.reminding import reminded
from consent.transfers import Mechanism, Ruling

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessageChunk

    from chatbot.knowledge.search import Hit
    from chatbot.llm.answerer import AnswerRequest, Sending
    from chatbot.llm.config import AnswererConfig
    from chatbot.llm.embedded import EmbeddedAnswerer
    from chatbot.llm.messages import Message
    from chatbot.llm.prompts import Prompts

REFUSALS = frozenset({400, 401, 403, 404, 405, 413, 422})  # HTTP: asking again will not help
FIRST_PAUSE = 0.2  # seconds before the first retry; doubled each time
LONGEST_REPLY = 16_000  # characters; a model that does not stop is stopped
CUT = "reply_cut"


@dataclass(frozen=True, slots=True)
class Door:
    """Who receives what is sent, whether abroad; `check` raises when the door is shut, `close` ends connections.

    `judge` says whether somebody's message may cross the border; without one, nobody's may. `tells_end`: replies of
    this provider end with a reason.
    """

    operator: str
    country: str
    abroad: bool
    check: Callable[[], object]
    close: Callable[[], Awaitable[None]]
    judge: Callable[[Sending], Ruling] | None = None
    tells_end: bool = False


class ProviderAnswerer:
    """Answers with a LangChain chat model; the embedded answerer decides what is small talk."""

    def __init__(
        self, model: BaseChatModel, prompts: Prompts, config: AnswererConfig, door: Door, embedded: EmbeddedAnswerer
    ) -> None:
        self._model, self._prompts, self._config = model, prompts, config
        self._door, self._embedded = door, embedded
        self.name = config.model
        self.operator, self.country, self.abroad = door.operator, door.country, door.abroad
        self.prompt_version = prompts.version
        self._told_end = not config.base_url
        """Whether this server is known to tell why a reply ends; one of the owner's choosing shows it first."""

    def ruling(self, sending: Sending) -> Ruling:
        """Judge whether this person's message may go to the model, today."""
        if self._door.judge is not None:
            return self._door.judge(sending)
        return Ruling(Mechanism.NO_SAFEGUARD if self.abroad else Mechanism.HOME, self.country)

    def cited(self, request: AnswerRequest) -> tuple[Hit, ...]:
        """Give the passages that the model gets, in the order of their numbers."""
        if self._embedded.small_talk(request):
            return ()
        return tuple(hit for hit in request.hits if hit.answers or hit.maybe)

    def unanswered(self, request: AnswerRequest) -> bool:
        """Tell whether a person should be offered: the model got no passage, or a person was asked for."""
        return self._embedded.unanswered(request)

    async def stream(self, request: AnswerRequest) -> AsyncGenerator[str]:
        """Yield the model's words; raises ModelUnavailable, `partial` when some were yielded."""
        if (talk := self._embedded.small_talk(request)) and talk.always:
            yield talk.text
            return
        messages = self._compose(request)
        deadline = time.monotonic() + self._config.timeout
        for attempt in range(self._config.retries + 1):
            try:
                async with aclosing(self._once(request, messages, deadline)) as pieces:
                    async for piece in pieces:
                        yield piece
            except ModelRefused:
                raise
            except ModelUnavailable as error:
                if error.partial or attempt == self._config.retries or time.monotonic() >= deadline:
                    raise
                await asyncio.sleep(FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 — spreads retries
            else:
                return

    async def aclose(self) -> None:
        """Close the connections."""
        await self._door.close()

    def _compose(self, request: AnswerRequest) -> list[Message]:
        prompt = self._prompts.choose("answer", request.language, "child" if request.minor else "adult")
        messages = compose(prompt, request, self.cited(request), self._config.company, self._config.history_tokens)
        return reminded(messages, self._prompts, request)

    async def _once(self, request: AnswerRequest, messages: list[Message], deadline: float) -> AsyncGenerator[str]:
        """Ask once, untraced; every failure leaves as ModelUnavailable, without a word of what was said."""
        from langsmith import tracing_context

        said, end = 0, Ending.MISSING
        chunks: AsyncIterator[BaseMessageChunk] | None = None
        try:
            self._open_door(request)
            with tracing_context(enabled=False):
                chunks = self._model.astream(messages, config={"callbacks": []})
                while said <= LONGEST_REPLY and (chunk := await self._next(chunks, deadline, begun=said > 0)):
                    end = ending(chunk) or end
                    if text := _text(chunk):
                        said += len(text)
                        yield text
        except ModelUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 — providers raise anything; nothing of it may be shown
            raise _named(self.name, error, partial=said > 0) from None
        finally:
            await _end(chunks)
        self._ended(request, Ending.CUT if said > LONGEST_REPLY else end, said)

    def _open_door(self, request: AnswerRequest) -> None:
        """Let this message out; raises TransferRefused, or OperatorError when the door is shut for all."""
        ruling = self.ruling(request.sending)
        if not ruling:
            raise TransferRefused(f"{self.name} may not receive this message: {ruling.mechanism}")
        self._door.check()

    def _ended(self, request: AnswerRequest, end: Ending, said: int) -> None:
        """Take a reply as whole, tell that it was cut, or raise when it is empty or broke off."""
        if not said:
            kind = ModelRefused if end is Ending.WITHHELD else ModelUnavailable
            raise kind(f"{self.name} gave an empty answer")
        if end is Ending.MISSING and self._door.tells_end and self._told_end:
            raise ModelUnavailable(f"{self.name} broke off without an end", partial=True)
        self._told_end = self._told_end or end is not Ending.MISSING
        if end in {Ending.CUT, Ending.WITHHELD} or (end is Ending.MISSING and self._door.tells_end):
            request.notify(CUT)

    async def _next(
        self, chunks: AsyncIterator[BaseMessageChunk], deadline: float, *, begun: bool
    ) -> BaseMessageChunk | None:
        """Wait for the next piece; None at the end."""
        patience = self._config.gap_timeout if begun else self._config.first_token_timeout
        left = deadline - time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, min(patience, left))):
                return await anext(chunks)
        except StopAsyncIteration:
            return None
        except TimeoutError:
            what = "next word" if begun else "first word"
            raise ModelTimeout(f"{self.name} took too long for the {what}", partial=begun) from None


def _text(chunk: BaseMessageChunk) -> str:
    """Give a chunk's text; reasoning and tool parts are not for the visitor."""
    content: Any = chunk.content
    if isinstance(content, str):
        return content
    return "".join(part if isinstance(part, str) else part.get("text", "") for part in content)


def _named(name: str, error: Exception, *, partial: bool) -> ModelUnavailable:
    status = getattr(error, "status_code", None)
    kind = ModelRefused if status in REFUSALS else ModelUnavailable
    return kind(f"{name} failed: {type(error).__name__}{f' {status}' if status else ''}", partial=partial)


async def _end(chunks: AsyncIterator[BaseMessageChunk] | None) -> None:
    """Close the stream, so that a stopped reply also stops the provider."""
    close = getattr(chunks, "aclose", None)
    if close is not None:
        await close()
