"""A LangChain chat model that remembers what it was sent and answers, fails or dawdles as it was told.

model = RememberingModel()
model.will("Hello", " there")              # the next call streams these pieces
model.will(ConnectionError("down"))        # the call after it fails at once
model.will("Hel", ConnectionError("cut"))  # … and this one in mid-stream
model.will(pause(5), "late")               # … and this one lets the caller wait
model.sent                                 # every call's messages as (role, text)
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Pause(NamedTuple):
    """Waiting, in seconds."""

    seconds: float


def pause(seconds: float) -> Pause:
    """Let the caller wait."""
    return Pause(seconds)


class RememberingModel(BaseChatModel):
    """Plays back what `will` was given, one call each; a call without a script answers "OK."."""

    _scripts: list[tuple[Any, ...]] = PrivateAttr(default_factory=list)
    _sent: list[list[tuple[str, str]]] = PrivateAttr(default_factory=list)
    _closed: int = PrivateAttr(default=0)
    _traced: list[bool] = PrivateAttr(default_factory=list)

    @property
    def sent(self) -> list[list[tuple[str, str]]]:
        """What each call was sent, as (role, text)."""
        return self._sent

    @property
    def closed(self) -> int:
        """How many calls were ended, by their end or by the caller."""
        return self._closed

    @property
    def traced(self) -> list[bool]:
        """For each call, whether LangSmith would have traced it."""
        return self._traced

    def will(self, *steps: Any) -> None:
        """Say what one more call does: pieces of text, exceptions, pauses."""
        self._scripts.append(steps)

    @property
    def _llm_type(self) -> str:
        return "remembering"

    def _generate(self, *_arguments: Any, **_options: Any) -> ChatResult:
        raise NotImplementedError

    async def _astream(
        self, messages: list[BaseMessage], *_arguments: Any, **_options: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        from langsmith.utils import tracing_is_enabled

        self._traced.append(bool(tracing_is_enabled()))
        self._sent.append([(message.type, message.text) for message in messages])
        try:
            for step in self._scripts.pop(0) if self._scripts else ("OK.",):
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, Pause):
                    await asyncio.sleep(step.seconds)
                else:
                    yield ChatGenerationChunk(message=AIMessageChunk(content=step))
        finally:
            self._closed += 1
