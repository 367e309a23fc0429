"""The door for records: whatever a transaction adds must come through a channel that is open.

Each table about people has a `source`; the register of channels says which are open (`consent/sources.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import class_mapper, sessionmaker
from sqlmodel import Session

from consent.sources import SourceDenied
from consent.types import SourceColumn

if TYPE_CHECKING:
    from consent.sources import Door

SOURCE = "source"


def guarded(door: Door) -> sessionmaker[Session]:
    """Make sessions that show the door each record they write; a refused one leaves nothing of its transaction."""
    sessions = sessionmaker(class_=Session)

    def check(session: Session, _context: Any, _instances: Any) -> None:
        today = datetime.now(UTC).date()
        for record in session.new:
            if _names_channel(record):
                door(getattr(record, SOURCE), today)
        for record in session.dirty:
            if _names_channel(record) and inspect(record).attrs[SOURCE].history.has_changes():
                raise SourceDenied("where a record came from never changes")

    event.listen(sessions, "before_flush", check)
    return sessions


def _names_channel(record: object) -> bool:
    column = class_mapper(type(record)).columns.get(SOURCE)
    return column is not None and isinstance(column.type, SourceColumn)
