"""The tables of consent: a subject who is only a random number, and what that subject agreed to, append-only.

Nothing here is personal: a subject's row and its consent events stay after an erasure, as proof without a person
(GDPR Art. 7(1)); what linked them to somebody is gone with the sessions and keys.
"""

from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from consent.sources import Source
from consent.types import SourceColumn, UtcDateTime

_HEX = 32
_OBJECTED = text("event_type = 'objected'")


def new_id() -> str:
    """Return a fresh random identity in hex; it says nothing about when or for whom it was made."""
    return uuid4().hex


class EventType(StrEnum):
    """What a consent event says: a yes, a no to a question, an end to an earlier yes, or the way of an objection."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"
    OBJECTION_ENDED = "objection_ended"
    OBJECTION_UPHELD = "objection_upheld"
    OBJECTION_DENIED = "objection_denied"


class SubjectType(StrEnum):
    """Who a subject is: some laws protect companies and associations as they protect people (POPIA s.1 "person")."""

    NATURAL = "natural"
    JURISTIC = "juristic"


class Subject(SQLModel, table=True):
    """The person or company behind a conversation, known here only by a random number."""

    __tablename__ = "subject"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=_HEX)
    subject_type: str = Field(default=SubjectType.NATURAL.value, max_length=16)
    created_at: datetime = Field(
        default_factory=lambda: datetime.now(UTC), sa_column=Column(UtcDateTime, nullable=False)
    )

    def __repr__(self) -> str:
        return "<Subject>"


class ConsentEvent(SQLModel, table=True):
    """One answer about one purpose: who, what, which words, how, when, until when. Never changed, never deleted.

    ``text_sha256`` is the hash of the exact words shown; ``control`` names what was pressed; ``method`` how the
    answer was given; ``actor`` who answered (visitor, guardian, agent); ``source`` through which channel (None
    before channels were kept); ``previous`` and ``digest`` chain the events of one subject.
    """

    __tablename__ = "consent_event"
    __table_args__ = (
        UniqueConstraint("subject_id", "seq", name="uq_consent_event_subject_seq"),
        Index("ix_consent_event_standing", "subject_id", "purpose", "seq"),
        Index("ix_consent_event_valid_until", "valid_until"),
        Index("ix_consent_event_objected", "at", "id", sqlite_where=_OBJECTED, postgresql_where=_OBJECTED),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=_HEX)
    subject_id: str = Field(foreign_key="subject.id", max_length=_HEX)
    seq: int
    purpose: str = Field(max_length=32)
    granted: bool
    event_type: str = Field(max_length=16)
    notice_version: str = Field(max_length=64)
    language: str = Field(max_length=16)
    text_sha256: str = Field(max_length=64)
    control: str = Field(max_length=64)
    method: str = Field(max_length=32)
    actor: str = Field(max_length=16)
    source: str | None = Field(default=Source.CHAT.value, sa_type=SourceColumn, nullable=True)
    jurisdiction: str = Field(max_length=2)
    valid_until: datetime | None = Field(sa_column=Column(UtcDateTime, nullable=True))
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    previous: str = Field(max_length=64)
    digest: str = Field(max_length=64)

    def __repr__(self) -> str:
        return f"<ConsentEvent {self.purpose} {self.event_type}>"


def append_only(table: str, dialect: str) -> tuple[str, ...]:
    """Return the statements that make a table refuse UPDATE and DELETE, for ``sqlite`` or ``postgresql``."""
    return tuple(sql.format(table=table) for sql in _APPEND_ONLY[dialect])


def append_only_undo(table: str, dialect: str) -> tuple[str, ...]:
    """Return the statements that take the refusal away again, for a downgrade."""
    return tuple(sql.format(table=table) for sql in _UNDO[dialect])


_APPEND_ONLY = {
    "sqlite": (
        (
            "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        ),
        (
            "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        ),
        (
            "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
        ),
        (
            "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
        ),
    ),
}

_UNDO = {
    "sqlite": ("DROP TRIGGER {table}_no_update", "DROP TRIGGER {table}_no_delete"),
    "postgresql": (
        "DROP TRIGGER {table}_no_truncate ON {table}",
        "DROP TRIGGER {table}_no_change ON {table}",
        "DROP FUNCTION {table}_refuse()",
    ),
}
