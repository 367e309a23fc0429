"""The embedded answerer: quotes the knowledge base and generates nothing; needs no network and no key."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import TYPE_CHECKING, Self

from chatbot.knowledge.words import WORD, plain
from chatbot.llm.answerer import Length
from chatbot.llm.intents import Replies
from consent.transfers import Mechanism, Ruling

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from pathlib import Path

    from chatbot.knowledge.search import Hit
    from chatbot.llm.answerer import AnswerRequest, Sending
    from chatbot.llm.intents import SmallTalk

# Passages; more makes a reply long without making it better, so only who asked for long answers gets a third.
MOST_QUOTED = {Length.SHORT: 1, Length.NORMAL: 2, Length.LONG: 3}
NEARLY_AS_SURE = 0.75  # a second passage is quoted when its score is at least this share of the first one's
NOT_FAR_OFF = 0.25  # a passage of the same page joins a long answer from this score on
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

    def ruling(self, sending: Sending) -> Ruling:  # noqa: ARG002 — whoever it is, nothing leaves this machine
        """Allow it: nothing leaves this machine."""
        return Ruling(Mechanism.HOME, self.country)

    def cited(self, request: AnswerRequest) -> tuple[Hit, ...]:
        """Give the passages that are quoted, in the order of their numbers."""
        if self.small_talk(request):
            return ()
        return tuple(quoted(request.hits, request.memory.length)) or _guess(request.hits)

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
        hits = tuple(quoted(request.hits, request.memory.length))
        shown = hits or _guess(request.hits)
        if not shown:
            return self._replies.words("unknown", request.language)
        numbers = shown if numbered is None else numbered
        quotes = [f"{_quote(hit)} [{numbers.index(hit) + 1}]" for hit in shown]
        foreign = any(hit.passage.language != request.language for hit in shown)
        intro = self._replies.words("quoted", request.language) if foreign else ""
        doubt = self._replies.words("unsure", request.language) if not hits else ""
        return "\n\n".join(part for part in (doubt or intro, *quotes) if part)


def quoted(hits: tuple[Hit, ...], length: Length = Length.NORMAL) -> Iterator[Hit]:
    """Choose what to quote: the surest passage, and others that are nearly as sure and say something else.

    A long answer also takes what its page says beside it.
    """
    chosen: list[Hit] = []
    for hit in hits:
        more = length is Length.LONG and chosen
        if not (hit.answers or more) or len(chosen) == MOST_QUOTED[length]:
            return
        if chosen and (not _belongs(hit, chosen[0]) or _repeats(hit, chosen)):
            continue
        chosen.append(hit)
        yield hit


def _guess(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Give the best passage when it is more likely right than wrong, though not sure enough to count as an answer."""
    return hits[:1] if hits and hits[0].maybe else ()


def _quote(hit: Hit) -> str:
    """Give the excerpt; a bare list gets its heading, so that it can be understood alone."""
    return f"**{hit.passage.heading}**\n\n{hit.excerpt}" if hit.excerpt.startswith("- ") else hit.excerpt


def _belongs(hit: Hit, first: Hit) -> bool:
    """Say whether a passage may stand beside the surest one: nearly as sure, or of the same page and not far off."""
    if hit.answers:
        return hit.score >= NEARLY_AS_SURE * first.score
    return hit.passage.title == first.passage.title and hit.score >= NOT_FAR_OFF


def _repeats(hit: Hit, chosen: list[Hit]) -> bool:
    return any(_overlap(hit, before) > SAME_TEXT for before in chosen)


def _overlap(one: Hit, other: Hit) -> float:
    first, second = (set(WORD.findall(plain(hit.excerpt))) for hit in (one, other))
    return len(first & second) / (min(len(first), len(second)) or 1)
