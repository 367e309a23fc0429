"""Tables of the notice, the policies and of proof: all but the counts are appended to and never changed.

notice_edition ─< announcement     each notice and policy that took effect or is announced; how often it was told
acknowledgement                    who has seen which; apart from consent, and never a substitute for it
audit_event                        what the gate refused, chained by hash; nothing personal
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from consent.sources import Source
from consent.tables import new_id
from consent.types import SourceColumn, UtcDateTime

HEX = 32
DIGEST = 64
NOTICE = "notice"


class NoticeEdition(SQLModel, table=True):
    """A notice, or the policy that `document` names, from the day that it took or takes effect.

    `touched` names the purposes that a notice asks again, or the policy itself: what everybody is told of. `abroad`
    says whether transfer was asked for under it. Mail is counted, never listed.
    """

    __tablename__ = "notice_edition"

    id: int | None = Field(default=None, primary_key=True)
    document: str = Field(default=NOTICE, max_length=DIGEST)
    version: str = Field(max_length=DIGEST)
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    touched: list[str] = Field(sa_column=Column(JSON, nullable=False))
    abroad: bool
    published_at: datetime = Field(sa_type=UtcDateTime)
    effective_from: datetime = Field(sa_type=UtcDateTime)
    mailed: int = 0
    mail_failed: int = 0
    mail_note: str = Field(default="", max_length=120)

    def __repr__(self) -> str:
        return f"<NoticeEdition {self.version[:8]} from {self.effective_from:%Y-%m-%d}>"


class AnnouncementCount(SQLModel, table=True):
    """How often an edition to come was told on the pages or in the chat; a count, of nobody in particular."""

    __tablename__ = "announcement"

    edition_id: int = Field(foreign_key="notice_edition.id", primary_key=True)
    channel: str = Field(primary_key=True, max_length=16)
    told: int = 0
    first_at: datetime = Field(sa_type=UtcDateTime)

    def __repr__(self) -> str:
        return f"<AnnouncementCount {self.channel}, {self.told}>"


class Acknowledgement(SQLModel, table=True):
    """A subject has seen a notice."""

    __tablename__ = "acknowledgement"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=HEX)
    subject_id: str = Field(foreign_key="subject.id", index=True, max_length=HEX)
    notice_version: str = Field(max_length=DIGEST)
    language: str = Field(max_length=16)
    source: str = Field(default=Source.CHAT.value, sa_type=SourceColumn)
    at: datetime = Field(sa_type=UtcDateTime)

    def __repr__(self) -> str:
        return "<Acknowledgement>"


class AuditEvent(SQLModel, table=True):
    """One entry of `consent.audit`, in its place in the chain of its stream."""

    __tablename__ = "audit_event"
    __table_args__ = (UniqueConstraint("stream", "number", name="uq_audit_event_stream_number"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=HEX)
    stream: str = Field(max_length=DIGEST)
    number: int
    at: datetime = Field(sa_type=UtcDateTime)
    verb: str = Field(max_length=16)
    role: str = Field(max_length=DIGEST)
    actor: str = Field(max_length=DIGEST)
    data_class: str = Field(max_length=DIGEST)
    purpose: str = Field(max_length=DIGEST)
    recipient: str = Field(max_length=DIGEST)
    reason: str = Field(max_length=DIGEST)
    previous: str = Field(max_length=DIGEST)
    digest: str = Field(max_length=DIGEST)

    def __repr__(self) -> str:
        return f"<AuditEvent {self.number} {self.verb} {self.purpose}>"
