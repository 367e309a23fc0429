"""The tables of conversations.

    subject (consent/) ─< chat_session ─< turn ─< feedback
                              │           └ handoff
                              └ vault          one sealed vault a session

Free text is `Redacted` by column type, and each record names the channel that it came through. Personal values
exist in `vault.sealed` alone, which only the visitor's token opens. Row reprs show ids and numbers, never text.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from chatbot.storage.columns import RedactedText
from consent.audit import GENESIS
from consent.sources import Source
from consent.types import SourceColumn, UtcDateTime
from pii.text import Redacted

ID_LENGTH = 32


class ChatSession(SQLModel, table=True):
    """One stored conversation."""

    __tablename__ = "chat_session"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    subject_id: str = Field(foreign_key="subject.id", index=True, max_length=ID_LENGTH)
    token_lookup: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    language: str = Field(max_length=8)
    country: str = Field(max_length=2)
    age_rule: str = Field(max_length=80)
    source: str = Field(default=Source.CHAT.value, sa_type=SourceColumn)
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    last_seen_at: datetime = Field(sa_type=UtcDateTime, index=True)
    minor: bool = True
    """Unless somebody says otherwise, so that what forgets to say it is read by nobody who may not."""
    audit_number: int = 0
    audit_digest: str = Field(default=GENESIS, max_length=64)
    """The head of the session's chain of audit events, so that a turn does not look for it."""

    def __repr__(self) -> str:
        return f"<ChatSession {self.id}>"


class VaultRow(SQLModel, table=True):
    """One conversation's sealed values; noise without the visitor's token."""

    __tablename__ = "vault"

    session_id: str = Field(foreign_key="chat_session.id", primary_key=True, max_length=ID_LENGTH)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))

    def __repr__(self) -> str:
        return f"<VaultRow of {self.session_id}>"


class Turn(SQLModel, table=True):
    """One message and its reply, as kept: redacted."""

    __tablename__ = "turn"
    __table_args__ = (
        UniqueConstraint("session_id", "number", name="uq_turn_number"),
        UniqueConstraint("session_id", "idempotency_key", name="uq_turn_idempotency"),
    )

    id: int | None = Field(default=None, primary_key=True)
    session_id: str = Field(foreign_key="chat_session.id", max_length=ID_LENGTH)
    number: int
    idempotency_key: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    fingerprint: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    question: Redacted = Field(sa_column=Column(RedactedText, nullable=False))
    answer: Redacted | None = Field(default=None, sa_column=Column(RedactedText, nullable=True))
    status: str = Field(max_length=16)
    findings: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    citations: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    offered_handoff: bool = False
    model: str = Field(default="", sa_column=Column(String(120), nullable=False))
    prompt_version: str = Field(default="", sa_column=Column(String(80), nullable=False))
    source: str = Field(default=Source.CHAT.value, sa_type=SourceColumn)
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)

    model_config = {"arbitrary_types_allowed": True}

    def __repr__(self) -> str:
        return f"<Turn {self.number} of {self.session_id}, {self.status}>"


class Feedback(SQLModel, table=True):
    """A visitor's rating of one reply."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("session_id", "turn_number", name="uq_feedback_turn"),)

    id: int | None = Field(default=None, primary_key=True)
    session_id: str = Field(foreign_key="chat_session.id", max_length=ID_LENGTH)
    turn_number: int
    rating: str = Field(max_length=4)
    comment: Redacted | None = Field(default=None, sa_column=Column(RedactedText, nullable=True))
    source: str = Field(default=Source.FEEDBACK.value, sa_type=SourceColumn)
    created_at: datetime = Field(sa_type=UtcDateTime)

    model_config = {"arbitrary_types_allowed": True}

    def __repr__(self) -> str:
        return f"<Feedback on turn {self.turn_number} of {self.session_id}>"


class Handoff(SQLModel, table=True):
    """A message for a person on the support team."""

    __tablename__ = "handoff"
    __table_args__ = (UniqueConstraint("session_id", "idempotency_key", name="uq_handoff_idempotency"),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    session_id: str = Field(foreign_key="chat_session.id", max_length=ID_LENGTH)
    idempotency_key: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    message: Redacted = Field(sa_column=Column(RedactedText, nullable=False))
    source: str = Field(default=Source.HANDOFF.value, sa_type=SourceColumn)
    created_at: datetime = Field(sa_type=UtcDateTime)

    model_config = {"arbitrary_types_allowed": True}

    def __repr__(self) -> str:
        return f"<Handoff {self.id}>"
