"""What the service needs of whoever answers: the embedded answerer and every language model look alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from chatbot.knowledge.search import Hit
    from consent.transfers import Ruling
    from pii.text import Redacted


class Exchange(NamedTuple):
    """One earlier turn, redacted."""

    question: Redacted
    answer: Redacted


class Length(StrEnum):
    """How long a visitor wants answers to be."""

    SHORT = "short"
    NORMAL = "normal"
    LONG = "long"


class Memory(NamedTuple):
    """What is remembered of a visitor who agreed to it; for everybody else, and for every child, this empty one.

    `topics` are titles of pages that earlier conversations cited, `questions` what was asked there, without
    placeholders; both latest first.
    """

    length: Length = Length.NORMAL
    topics: tuple[str, ...] = ()
    questions: tuple[Redacted, ...] = ()


NOTHING = Memory()


class Sending(NamedTuple):
    """Whose message is about to leave: the country they are in, whether a transfer was agreed, whether a minor."""

    country: str = ""
    consented: bool = False
    minor: bool = False


NOBODY = Sending()


def _unheard(_code: str) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """One question with all that may be used to answer it; every text is redacted.

    `sending` says whose it is, for the judgement of a transfer; nobody's goes nowhere. `notify` hears a code when
    something happens that the visitor should know: `model_fallback`, `reply_cut`.
    """

    question: Redacted
    history: tuple[Exchange, ...] = ()
    hits: tuple[Hit, ...] = ()
    language: str = "en"
    minor: bool = False
    memory: Memory = NOTHING
    sending: Sending = NOBODY
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

    def ruling(self, sending: Sending) -> Ruling:
        """Judge whether this person's message may go to whoever answers, today."""
        ...

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
