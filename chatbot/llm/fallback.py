"""When the model cannot answer, the embedded answerer steps in, and the visitor is told."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from chatbot.llm.errors import ModelUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from chatbot.knowledge.search import Hit
    from chatbot.llm.answerer import Answerer, AnswerRequest, Sending
    from chatbot.llm.embedded import EmbeddedAnswerer
    from consent.transfers import Ruling

NOTICE = "model_fallback"


class FallbackAnswerer:
    """A model with the embedded answerer behind it: for failures before the first word, never in mid-sentence."""

    def __init__(self, first: Answerer, embedded: EmbeddedAnswerer) -> None:
        self._first, self._embedded = first, embedded
        self.name, self.prompt_version = first.name, first.prompt_version
        self.abroad, self.operator, self.country = first.abroad, first.operator, first.country

    def ruling(self, sending: Sending) -> Ruling:
        """Judge whether the message may go to the model."""
        return self._first.ruling(sending)

    def cited(self, request: AnswerRequest) -> tuple[Hit, ...]:
        """Give the passages that the model gets; the embedded answerer uses the same numbers."""
        return self._first.cited(request)

    def unanswered(self, request: AnswerRequest) -> bool:
        """Tell whether a person should be offered."""
        return self._first.unanswered(request)

    async def stream(self, request: AnswerRequest) -> AsyncGenerator[str]:
        """Yield the model's answer; when it gives none, notify `model_fallback` and yield the embedded one."""
        begun = False
        try:
            async with aclosing(self._first.stream(request)) as pieces:
                async for piece in pieces:
                    begun = True
                    yield piece
        except ModelUnavailable:
            if begun:
                raise
            request.notify(NOTICE)
            async for piece in self._embedded.stream(request, numbered=self.cited(request)):
                yield piece

    async def aclose(self) -> None:
        """Close both."""
        await self._first.aclose()
        await self._embedded.aclose()
