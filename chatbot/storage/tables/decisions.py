"""What is decided about a visitor, what the law holds, whom we still have to tell, and the marks of our secrets.

    decision        each automated refusal or suspension, what it looked at, and what a person said of it
    legal_hold      a conversation that a law keeps from being erased, until a day
    outgoing        what an operator must be told of an erasure, a correction, or a withdrawal
    secret_print    the print of each server secret that was ever in use here

Ids, scores and moments only: no column here takes text.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from consent.tables import new_id
from consent.types import UtcDateTime

HEX = 32
ID = 64


class Decision(SQLModel, table=True):
    """One automated decision. ``session_id`` is None for a visitor who is not stored and asked for a review."""

    __tablename__ = "decision"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=HEX)
    kind: str = Field(max_length=32)
    session_id: str | None = Field(default=None, index=True, max_length=HEX)
    incident_id: str | None = Field(default=None, foreign_key="incident.id", index=True, max_length=HEX)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    effect: str = Field(max_length=32)
    rule: str = Field(max_length=80)
    version: str = Field(max_length=80)
    inputs: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = Field(default="", max_length=16)
    decided_by: str = Field(default="", max_length=ID)
    reason: str = Field(default="", max_length=32)

    def __repr__(self) -> str:
        return f"<Decision {self.kind}, {self.outcome or 'standing'}>"


class LegalHold(SQLModel, table=True):
    """A conversation that a law keeps. ``frozen_id`` is where it lies once its erasure was asked for."""

    __tablename__ = "legal_hold"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=HEX)
    session_id: str = Field(index=True, max_length=HEX)
    law: str = Field(max_length=40)
    reference: str = Field(max_length=ID)
    approved_by: str = Field(max_length=ID)
    placed_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime, index=True)
    frozen_id: str | None = Field(default=None, index=True, max_length=HEX)
    frozen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    ended_by: str = Field(default="", max_length=ID)

    def __repr__(self) -> str:
        return f"<LegalHold {self.law} until {self.until:%Y-%m-%d}>"


class Outgoing(SQLModel, table=True):
    """One thing to tell one operator, written in the transaction of the act; delivered at least once."""

    __tablename__ = "outgoing"
    # What has arrived stays for a while, and everybody looks every few seconds for what has not.
    __table_args__ = (Index("ix_outgoing_waiting", "delivered_at", "due_at"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=HEX)
    operator: str = Field(max_length=ID)
    kind: str = Field(max_length=16)
    subject: str = Field(max_length=HEX)
    purposes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was given up, because its operator has had no address for too long."""

    def __repr__(self) -> str:
        return f"<Outgoing {self.kind} to {self.operator}, {self.attempts} attempts>"


class SecretPrint(SQLModel, table=True):
    """A print of a server secret: it tells one secret from another and gives neither away."""

    __tablename__ = "secret_print"

    print: str = Field(primary_key=True, max_length=ID)
    first_at: datetime = Field(sa_type=UtcDateTime)

    def __repr__(self) -> str:
        return f"<SecretPrint since {self.first_at:%Y-%m-%d}>"
