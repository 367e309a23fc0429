"""The tables about children: who answers for one, whose session is held, what went wrong, what a guardian put right.

    guardianship ── subject (once the guardian agreed) ─< chat_session ─< turn_note
    child_hold ── incident, decision (tables_decisions.py)

Nothing here names anybody: ids are random, codes and addresses are hashes, and the one address that a second mail
still needs is sealed and goes with the outcome.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Column, LargeBinary
from sqlmodel import Field, SQLModel

from chatbot.storage.columns import RedactedText
from consent.sources import Source
from consent.types import SourceColumn, UtcDateTime
from pii.text import Redacted

HEX = 32
SHA = 64


class GuardianRow(SQLModel, table=True):
    """One guardianship: where it stands, the hashes of its codes, and what remains of the verification."""

    __tablename__ = "guardianship"

    id: str = Field(primary_key=True, max_length=HEX)
    stage: str = Field(max_length=16, index=True)
    code_sha256: str = Field(max_length=SHA, unique=True)
    claim_sha256: str | None = Field(default=None, max_length=SHA, unique=True)
    country: str = Field(max_length=2)
    language: str = Field(max_length=8)
    age_rule: str = Field(max_length=80)
    invited_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    method: str = Field(default="", max_length=32)
    address: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    first_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    second_sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    evidence_verified: bool | None = None
    evidence_sha256: str = Field(default="", max_length=SHA)
    evidence_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    login: str | None = Field(default=None, max_length=SHA, index=True)
    notice_version: str = Field(default="", max_length=SHA)
    subject_id: str | None = Field(default=None, foreign_key="subject.id", max_length=HEX)

    def __repr__(self) -> str:
        return f"<GuardianRow {self.id}, {self.stage}>"


class Incident(SQLModel, table=True):
    """Something that went wrong, and which of confidentiality, integrity, and availability it touched.

    ``aware_at`` starts the clocks of the law, in ``countries``; ``opened_by`` is empty when the service found it.
    """

    __tablename__ = "incident"

    id: str = Field(primary_key=True, max_length=HEX)
    kind: str = Field(max_length=32)
    status: str = Field(max_length=16, index=True)
    confidentiality: bool = False
    integrity: bool = False
    availability: bool = False
    opened_at: datetime = Field(sa_type=UtcDateTime, index=True)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    aware_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    countries: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    opened_by: str = Field(default="", max_length=SHA)
    closed_by: str = Field(default="", max_length=SHA)

    def __repr__(self) -> str:
        return f"<Incident {self.kind}, {self.status}>"


class ChildHold(SQLModel, table=True):
    """A session that is held because a child seems to write in it; lifted by an officer, or erased in time.

    ``rule`` says what found it; ``decided_by`` and ``reason`` are the officer's record.
    """

    __tablename__ = "child_hold"

    session_id: str = Field(primary_key=True, max_length=HEX)
    incident_id: str = Field(foreign_key="incident.id", index=True, max_length=HEX)
    decision_id: str | None = Field(default=None, max_length=HEX)
    source: str = Field(max_length=16)
    rule: str = Field(max_length=80)
    held_at: datetime = Field(sa_type=UtcDateTime, index=True)
    erase_at: datetime = Field(sa_type=UtcDateTime, index=True)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str = Field(default="", max_length=SHA)
    reason: str = Field(default="", max_length=32)

    def __repr__(self) -> str:
        return f"<ChildHold of {self.session_id}>"


class TurnNote(SQLModel, table=True):
    """What a guardian says is wrong in a turn, beside it, redacted."""

    __tablename__ = "turn_note"

    id: int | None = Field(default=None, primary_key=True)
    session_id: str = Field(foreign_key="chat_session.id", index=True, max_length=HEX)
    turn_number: int
    text: Redacted = Field(sa_column=Column(RedactedText, nullable=False))
    source: str = Field(default=Source.GUARDIAN.value, sa_type=SourceColumn)
    created_at: datetime = Field(sa_type=UtcDateTime)

    model_config = {"arbitrary_types_allowed": True}

    def __repr__(self) -> str:
        return f"<TurnNote on turn {self.turn_number} of {self.session_id}>"
