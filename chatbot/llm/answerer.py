"""What the service needs of whoever answers: the embedded answerer and every language model look alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from chatbot.knowledge.search import Hit
    from pii.text import Redacted


class Exchange(NamedTuple):
    """One earlier turn, redacted."""

    question: Redacted
    answer: Redacted


def _unheard(_code: str) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """One question with all that may be used to answer it; every text is redacted.

    `notify` hears a code when something happens that the visitor should know: `model_fallback`.
    """

    question: Redacted
    history: tuple[Exchange, ...] = ()
    hits: tuple[Hit, ...] = ()
    language: str = "en"
    minor: bool = False
    notify: Callable[[str], None] = _unheard


class Answerer(Protocol):
    """Answers one question at a time, as a stream of text pieces.

    `operator` and `country` say who receives the redacted text, `abroad` whether that is another country than the
    responsible party's. `prompt_version` is the hash of the words that steer the answer.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 — as above
    @property
    def abroad(self) -> bool: ...  # noqa: D102 — as above
    @property
    def operator(self) -> str: ...  # noqa: D102 — as above
    @property
    def country(self) -> str: ...  # noqa: D102 — as above
    @property
    def prompt_version(self) -> str: ...  # noqa: D102 — as above

    def cited(self, request: AnswerRequest) -> tuple[Hit, ...]:
        """Give the passages that the answer may cite, in the order of their numbers, from [1]."""
        ...

    def unanswered(self, request: AnswerRequest) -> bool:
        """Tell whether this cannot be answered from the knowledge base, so that a person should be offered."""
        ...

    def stream(self, request: AnswerRequest) -> AsyncGenerator[str]:
        """Yield the answer as Markdown, piece by piece; raises ModelUnavailable."""
        ...

    async def aclose(self) -> None:
        """Close what is open."""
        ...
