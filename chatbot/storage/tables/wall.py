"""The table of emergencies: who opened a conversation, who agreed to it, and until when."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from consent.types import UtcDateTime

HEX = 32
SHA = 64


class Emergency(SQLModel, table=True):
    """A conversation opened because a life is in danger; readable once a second person agreed, until a moment.

    It names staff by their ids in the staff register, and goes when the conversation's own proof has gone.
    """

    __tablename__ = "emergency"

    id: str = Field(primary_key=True, max_length=HEX)
    session_id: str = Field(index=True, max_length=HEX)
    reason: str = Field(max_length=16)
    opened_by: str = Field(max_length=SHA)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    approved_by: str = Field(default="", max_length=SHA)
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)

    def __repr__(self) -> str:
        return f"<Emergency {self.id}, {self.reason}>"
