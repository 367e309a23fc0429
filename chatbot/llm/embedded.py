"""The embedded answerer: quotes the knowledge base and generates nothing; needs no network and no key."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import TYPE_CHECKING, Self

from chatbot.knowledge.words import WORD, plain
from chatbot.llm.intents import Replies

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from pathlib import Path

    from chatbot.knowledge.search import Hit
    from chatbot.llm.answerer import AnswerRequest
    from chatbot.llm.intents import SmallTalk

MOST_QUOTED = 2  # passages; more makes a reply long without making it better
NEARLY_AS_SURE = 0.75  # a second passage is quoted when its score is at least this share of the first one's
SAME_TEXT = 0.5  # share of common words from which on two passages say the same
PIECE = re.compile(r"\s*(?:\S+\s*){1,3}")


class EmbeddedAnswerer:
    """Answers from the passages that the search found, with whole sentences and their sources."""

    name = "embedded"
    abroad = False
    operator = "own-machine"

    def __init__(self, replies: Replies, prompt_version: str, country: str = "") -> None:
        self._replies = replies
        self.prompt_version = prompt_version
        self.country = country

    @classmethod
    def load(cls, data: Path, country: str = "") -> Self:
        """Read its words from the folder `data`; raises KnowledgeError."""
        path = data / "replies" / "replies.yaml"
        replies = Replies.read(path)
        return cls(replies, hashlib.sha256(path.read_bytes()).hexdigest(), country)

    def small_talk(self, request: AnswerRequest) -> SmallTalk | None:
        """Give what is said without the knowledge base; None when the message needs it."""
        return self._replies.small_talk(request)

    def cited(self, request: AnswerRequest) -> tuple[Hit, ...]:
        """Give the passages that are quoted, in the order of their numbers."""
        return () if self.small_talk(request) else tuple(quoted(request.hits)) or _guess(request.hits)

    def unanswered(self, request: AnswerRequest) -> bool:
        """Tell whether a person should be offered: nothing found, or asked for."""
        talk = self.small_talk(request)
        return talk.offer if talk else not any(hit.answers for hit in request.hits)

    async def stream(self, request: AnswerRequest, numbered: tuple[Hit, ...] | None = None) -> AsyncGenerator[str]:
        """Yield the reply, a few words at a time; other tasks run between them.

        `numbered` are passages that the visitor was already shown, by whose numbers to cite.
        """
        for piece in PIECE.findall(self.reply(request, numbered)):
            yield piece
            await asyncio.sleep(0)

    async def aclose(self) -> None:
        """Nothing is open."""

    def reply(self, request: AnswerRequest, numbered: tuple[Hit, ...] | None = None) -> str:
        """Give the whole reply as Markdown."""
        if talk := self.small_talk(request):
            return talk.text
        hits = tuple(quoted(request.hits))
        shown = hits or _guess(request.hits)
        if not shown:
            return self._replies.words("unknown", request.language)
        numbers = shown if numbered is None else numbered
        quotes = [f"{_quote(hit)} [{numbers.index(hit) + 1}]" for hit in shown]
        foreign = any(hit.passage.language != request.language for hit in shown)
        intro = self._replies.words("quoted", request.language) if foreign else ""
        doubt = self._replies.words("unsure", request.language) if not hits else ""
        return "\n\n".join(part for part in (doubt or intro, *quotes) if part)


def quoted(hits: tuple[Hit, ...]) -> Iterator[Hit]:
    """Choose what to quote: the surest passage, and another that is nearly as sure and says something else."""
    chosen: list[Hit] = []
    for hit in hits:
        if not hit.answers or len(chosen) == MOST_QUOTED:
            return
        if chosen and (hit.score < NEARLY_AS_SURE * chosen[0].score or _overlap(hit, chosen[0]) > SAME_TEXT):
            continue
        chosen.append(hit)
        yield hit


def _guess(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Give the best passage when it is more likely right than wrong, though not sure enough to count as an answer."""
    return hits[:1] if hits and hits[0].maybe else ()


def _quote(hit: Hit) -> str:
    """Give the excerpt; a bare list gets its heading, so that it can be understood alone."""
    return f"**{hit.passage.heading}**\n\n{hit.excerpt}" if hit.excerpt.startswith("- ") else hit.excerpt


def _overlap(one: Hit, other: Hit) -> float:
    first, second = (set(WORD.findall(plain(hit.excerpt))) for hit in (one, other))
    return len(first & second) / (min(len(first), len(second)) or 1)
