"""What stands for a subject, as conditions of a query: one question about any number of subjects, at read time.

They say the same as ``ledger.standing`` and ``objections.stopped`` say of one subject, and use the same index.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from consent.ledger import WRITTEN
from consent.objections import at_once
from consent.purposes import Purpose
from consent.tables import ConsentEvent, EventType


def stands(purpose: str, subject: Any, versions: Collection[str], now: datetime) -> ColumnElement[bool]:
    """Return the condition that a subject's yes stands: given under one of these notices, and not run out."""
    event = aliased(ConsentEvent)
    yes = select(event.id).where(
        event.subject_id == subject,
        event.purpose == purpose,
        event.granted,
        col(event.valid_until) > now,
        event.at <= now,
        col(event.notice_version).in_(versions),
        ~_later(event, WRITTEN).exists(),  # a replica whose clock is ahead may have written the end of this yes
    )
    return yes.exists()


def stopped(row: Purpose, subject: Any, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a subject's objection has stopped a purpose."""
    event = aliased(ConsentEvent)
    kind = EventType.OBJECTED if at_once(row) else EventType.OBJECTION_UPHELD
    objection = select(event.id).where(
        event.subject_id == subject,
        event.purpose == row.id,
        event.event_type == kind,
        event.at <= now,
        ~_later(event, now).exists(),
    )
    return objection.exists()


def _later(event: Any, now: datetime) -> Any:
    later = aliased(ConsentEvent)
    return select(later.id).where(
        later.subject_id == event.subject_id,
        later.purpose == event.purpose,
        later.seq > event.seq,
        later.at <= now,
    )
