"""The tables of mail: who subscribed, what was sent to whom, and on which yes.

    subject ── subscription      while any yes stands; the address sealed, found again by a keyed hash
    spent_link                   for two days: which links of an address are used up; a keyed hash, no address
    mailing ─< delivery          stays: random ids, counts and times, no address and no text

A subscription that ends is deleted with its address; its deliveries and its events in the ledger name nobody.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from consent.sources import Source
from consent.types import SourceColumn, UtcDateTime

HEX = 32
SHA = 64


class Subscription(SQLModel, table=True):
    """One address that may be written to; ``next_end`` is when the first yes of it runs out.

    ``remind_at`` is when a reminder of that is due, None once it went out.
    """

    __tablename__ = "subscription"

    id: str = Field(primary_key=True, max_length=HEX)
    subject_id: str = Field(foreign_key="subject.id", unique=True, max_length=HEX)
    address: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    lookup: str = Field(max_length=SHA, unique=True)
    language: str = Field(max_length=8)
    country: str = Field(max_length=2)
    age_rule: str = Field(max_length=80)
    source: str = Field(default=Source.SUBSCRIPTION.value, sa_type=SourceColumn)
    created_at: datetime = Field(sa_type=UtcDateTime)
    next_end: datetime = Field(sa_type=UtcDateTime, index=True)
    remind_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)

    def __repr__(self) -> str:
        return f"<Subscription {self.id}>"


class SpentLink(SQLModel, table=True):
    """No link to confirm that was asked for until ``asked`` (microseconds since 1970) works any more.

    ``mark`` is a keyed hash of its own; the row goes when the last such link has run out.
    """

    __tablename__ = "spent_link"

    mark: str = Field(primary_key=True, max_length=SHA)
    asked: int = Field(sa_column=Column(BigInteger, nullable=False))
    until: datetime = Field(sa_type=UtcDateTime, index=True)

    def __repr__(self) -> str:
        return "<SpentLink>"


class Mailing(SQLModel, table=True):
    """One thing that is told to many; its id is the hash of its words, so that telling it again goes on with it.

    ``by`` is an id of the staff register.
    """

    __tablename__ = "mailing"

    id: str = Field(primary_key=True, max_length=HEX)
    kind: str = Field(max_length=16)
    purpose: str = Field(max_length=32)
    by: str = Field(max_length=SHA)
    created_at: datetime = Field(sa_type=UtcDateTime)

    def __repr__(self) -> str:
        return f"<Mailing {self.id[:8]}, {self.kind}>"


class Delivery(SQLModel, table=True):
    """One message of a mailing to one subscription: where it stands, and the event of the yes it was sent on."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("mailing_id", "subscription_id", name="uq_delivery_once"),)

    id: int | None = Field(default=None, primary_key=True)
    mailing_id: str = Field(foreign_key="mailing.id", max_length=HEX)
    subscription_id: str = Field(max_length=HEX)
    state: str = Field(max_length=16)
    event_id: str | None = Field(default=None, foreign_key="consent_event.id", max_length=HEX)
    at: datetime = Field(sa_type=UtcDateTime)

    def __repr__(self) -> str:
        return f"<Delivery {self.state}>"
