"""What tokens out there still matter for: purposes that they have lost, and an answer that may be asked for again.

    withdrawal     which purposes older tokens of a conversation have lost
    handed_over    the conversation that its visitor gets in the answer, sealed, for a few minutes

Both are found by a mark that only the conversation's own token leads to: no column here can be joined to anything,
nothing here says who or what about, and every row names the moment when it goes.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Column, LargeBinary
from sqlmodel import Field, SQLModel

from consent.tables import new_id
from consent.types import UtcDateTime

HEX = 32
MARK = 64


class WithdrawalRow(SQLModel, table=True):
    """One withdrawal: tokens that have seen fewer than `change` of them have lost the purposes."""

    __tablename__ = "withdrawal"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=HEX)
    mark: str = Field(max_length=MARK)
    purposes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    change: int
    until: datetime = Field(sa_type=UtcDateTime, index=True)

    def __repr__(self) -> str:
        return f"<WithdrawalRow {self.change}>"


class HandedOver(SQLModel, table=True):
    """An answer on its way; noise without the token that asked for it."""

    __tablename__ = "handed_over"

    mark: str = Field(primary_key=True, max_length=MARK)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    until: datetime = Field(sa_type=UtcDateTime, index=True)

    def __repr__(self) -> str:
        return f"<HandedOver until {self.until:%H:%M}>"
