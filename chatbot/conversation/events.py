"""What a reply sends, and the ids to resume from.

    disclosure -> redaction -> citation* -> token* -> handoff? -> notice* -> done | error

An id is `turn-phase-offset`. For tokens the offset counts the characters that the visitor has read, so a reply
can be resumed from memory, from another worker or from the database alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import msgspec

from chatbot.errors import InvalidRequest

if TYPE_CHECKING:
    from chatbot.knowledge.search import Hit

PHASES = {
    "disclosure": 0,
    "redaction": 1,
    "citation": 2,
    "token": 3,
    "handoff": 4,
    "notice": 5,
    "done": 9,
    "error": 9,
}
NOTICES = ("model_fallback", "reply_blocked", "reply_cut", "notice_announced", "consent_expiring")
"""The codes of notices, in the order in which they are sent."""
ALIKE = 100
"""How many notices of one code a reply can have."""
TOKEN = PHASES["token"]
LAST = PHASES["done"]
PING = b": ping\n\n"
_ID = re.compile(r"(\d{1,9})-(\d)-(\d{1,9})", re.ASCII)


class EventId(NamedTuple):
    """Where an event stands in a session; ids sort in the order of sending."""

    turn: int
    phase: int
    offset: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a `Last-Event-ID`; raises InvalidRequest when it is not one of ours."""
        match = _ID.fullmatch(text)
        if match is None:
            raise InvalidRequest("Last-Event-ID must be the id of an event of this session.")
        return cls(*map(int, match.groups()))

    def __str__(self) -> str:
        return f"{self.turn}-{self.phase}-{self.offset}"


class Event(NamedTuple):
    """One event of a reply."""

    kind: str
    data: dict[str, Any]
    offset: int = 0

    def id(self, turn: int) -> EventId:
        """Give the event's id within its turn."""
        return EventId(turn, PHASES[self.kind], self.offset)

    def encode(self, turn: int) -> bytes:
        """Write the event as server-sent-event text."""
        data = msgspec.json.encode(self.data).decode()
        return f"id: {self.id(turn)}\nevent: {self.kind}\ndata: {data}\n\n".encode()


def token(text: str, begin: int) -> Event:
    """Make a token event; its offset is where its text ends."""
    return Event("token", {"text": text, "offset": begin}, begin + len(text))


def citation(number: int, hit: Hit) -> dict[str, Any]:
    """Say where a quoted passage stands."""
    passage = hit.passage
    return {
        "number": number,
        "id": passage.id,
        "title": passage.title if passage.heading == passage.title else f"{passage.title}: {passage.heading}",
        "url": passage.url,
        "excerpt": hit.excerpt,
    }


def notice(code: str, message: str, nth: int = 0, **more: str) -> Event:
    """Make a notice; its offset is its place among all that there can be, so that a resumed listener misses none."""
    return Event("notice", {"code": code, "message": message, **more}, NOTICES.index(code) * ALIKE + nth)


def after(event: Event, turn: int, last: EventId | None) -> Event | None:
    """Give what a listener who has read up to `last` still misses of an event, or None."""
    if last is None or event.id(turn) > last:
        if last and event.kind == "token" and last[:2] == (turn, TOKEN) and event.data["offset"] < last.offset:
            return token(event.data["text"][last.offset - event.data["offset"] :], last.offset)
        return event
    return None
