"""The table of memory: how a visitor who agreed to it wants to be answered, and from when on we may look back.

    subject ── memory        one row, or none; it goes with the yes, and with the subject's last conversation

No text and nothing personal is in it: what earlier conversations were about is read from them, never copied.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from consent.sources import Source
from consent.types import SourceColumn, UtcDateTime

HEX = 32


class MemoryRow(SQLModel, table=True):
    """One subject's preferences; `since` is when everything before was forgotten, if ever."""

    __tablename__ = "memory"

    subject_id: str = Field(foreign_key="subject.id", primary_key=True, max_length=HEX)
    length: str = Field(max_length=16)
    source: str = Field(default=Source.CHAT.value, sa_type=SourceColumn)
    since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)

    def __repr__(self) -> str:
        return "<MemoryRow>"
