"""What goes over the wire: closed types, so that an unknown field is refused and a known one is bounded."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

MESSAGE_CHARACTERS = 4000
STATE_CHARACTERS = 56_000

Text = Annotated[str, Meta(min_length=1, max_length=MESSAGE_CHARACTERS, examples=["How do I connect Zoho to Odoo?"])]
Sealed = Annotated[str, Meta(max_length=STATE_CHARACTERS, pattern="^[A-Za-z0-9_-]*$")]
Country = Annotated[
    str, Meta(pattern="^[A-Z]{2}$", max_length=2, examples=["ZA"], description="ISO 3166-1; ZZ for elsewhere.")
]
Language = Annotated[str, Meta(pattern="^[a-z]{2}$", max_length=2, examples=["en"])]
Version = Annotated[str, Meta(max_length=80, description="The notice's version from GET /v1/notice.")]
Choices = Annotated[dict[str, bool], Meta(max_length=20, examples=[{"store": True, "improve": False}])]


class Wire(Struct, forbid_unknown_fields=True, kw_only=True):
    """A request body: nothing but its fields."""


class NewSession(Wire):
    """The age question's answer and the choices; the month of birth is judged and dropped."""

    country: Country
    born: Annotated[str, Meta(max_length=7, examples=["1990-07"], description="Year and month.")]
    notice_version: Version
    consents: Choices = {}
    language: Language = "en"
    subject_type: Annotated[
        Literal["natural", "juristic"],
        Meta(description="On whose behalf: juristic for a company or association; who writes is asked for the age."),
    ] = "natural"


class NewMessage(Wire):
    """A visitor's message; `state` brings an ephemeral conversation along."""

    text: Text
    state: Sealed | None = None


class NewRating(Wire):
    """A rating of one reply."""

    turn: Annotated[int, Meta(ge=1, le=1_000_000)]
    rating: Literal["up", "down"]
    comment: Annotated[str, Meta(max_length=2000)] | None = None


class NewHandoff(Wire):
    """A message for a person."""

    message: Annotated[str, Meta(min_length=1, max_length=MESSAGE_CHARACTERS)]


class NewChoices(Wire):
    """The choices from now on; `state` brings an ephemeral conversation along that shall be stored."""

    consents: Choices
    notice_version: Version
    language: Language | None = None
    state: Sealed | None = None


class NewAcknowledgement(Wire):
    """The notice that was seen."""

    notice_version: Version


class Acknowledged(Struct, kw_only=True):
    """A notice was seen; `kept` says whether that is on record."""

    notice_version: str
    kept: bool


class SessionOut(Struct, kw_only=True, omit_defaults=False):
    """A session, or a kind word why there is none."""

    id: str | None
    token: str | None
    state: Literal["stored", "ephemeral", "guardian_required", "refused"]
    language: str
    message: str
    expires_at: datetime | None
    minor: bool = False
    """Under 18: statistics and advertising stay off, also on the page around the chat."""
    decision: dict[str, str] | None = None
    """By which rule somebody was refused for their age, and whom to write to; nothing of it is kept."""


class ChoicesOut(Struct, kw_only=True):
    """What stands; `token` replaces the old one, `conversation` is what the visitor now keeps."""

    consents: dict[str, bool]
    notice_version: str
    state: Literal["stored", "ephemeral"]
    subject_type: str = "natural"
    objections: list[dict[str, Any]] = []
    token: str | None = None
    conversation: str | None = None
    held: dict[str, str] | None = None
    """The law that keeps what was to be erased, closed and unread, and until when."""


class TurnOut(Struct, kw_only=True):
    """A stored turn, with the visitor's own values put back."""

    turn: int
    question: str
    redacted_question: str
    findings: list[dict[str, Any]]
    answer: str | None
    citations: list[dict[str, Any]]
    status: str
    model: str
    at: datetime


class TurnsOut(Struct, kw_only=True):
    """A page of turns, newest first; `before` fetches the next page, None at the end."""

    turns: list[TurnOut]
    before: int | None


class RatingOut(Struct, kw_only=True):
    """A rating was counted; it is kept only with the conversation."""

    turn: int
    rating: str


class HandoffOut(Struct, kw_only=True):
    """A message waits for a person."""

    reference: str
    message: str


class ErasedOut(Struct, kw_only=True):
    """What was kept is gone."""

    erased: bool
    at: datetime
    reference: str
    held: dict[str, str] | None = None
    """The law that keeps what was said, closed and unread, and until when; everything else is gone."""
