"""Which kept texts a purpose may read now, as queries: never one question for each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, case, literal, or_, true
from sqlalchemy import select as sa_select
from sqlmodel import col, select

from chatbot.storage.tables import ChatSession, Feedback, Handoff, Turn
from chatbot.storage.tables.guardians import ChildHold
from chatbot.storage.tables.wall import Emergency
from consent import filters
from consent.gate import Reason
from consent.ledger import WRITTEN
from consent.purposes import Basis

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.sql.elements import ColumnElement

    from consent.purposes import Purpose

STORING = "store"


class Source(NamedTuple):
    """Where a data class is kept: its table, and the columns of a text in its place."""

    table: Any
    turn: Any
    text: Any
    rating: Any = literal("")


SOURCES = {
    "message": Source(Turn, Turn.number, Turn.question),
    "reply": Source(Turn, Turn.number, Turn.answer),
    "feedback": Source(Feedback, Feedback.turn_number, Feedback.comment, Feedback.rating),
    "handoff": Source(Handoff, literal(0), Handoff.message),
}


class Now(NamedTuple):
    """What a query is asked under: the moment, who asks, and the notices under which a purpose's yes still counts."""

    at: datetime
    actor: str
    versions: Callable[[str], Collection[str]]


def conditions(row: Purpose, now: Now) -> Mapping[Reason, ColumnElement[bool]]:
    """Give what must be true of a session before a purpose reads it, by the reason that says it is not.

    A life in danger needs no yes, and a held session is no bar; it needs the emergency that two people opened.
    """
    minor = true() if row.minors else ~col(ChatSession.minor)
    if row.basis is Basis.VITAL_INTERESTS:
        return {Reason.MINOR: minor, Reason.NO_EMERGENCY: _emergency(now)}
    agreed = _stands(STORING, now)
    if row.basis is Basis.CONSENT:
        agreed = and_(agreed, _stands(row.id, now))
    objected = filters.stopped(row, ChatSession.subject_id, WRITTEN) if row.objectable else ~true()
    return {Reason.MINOR: minor, Reason.HELD: ~_held(), Reason.NO_CONSENT: agreed, Reason.OBJECTED: ~objected}


def page(data_class: str, row: Purpose, now: Now, after: Any, size: int) -> Select[Any]:
    """Give the query of one page of texts, in the order of their keys, with the key first."""
    source = SOURCES[data_class]
    columns = (source.table.id, source.table.session_id, source.turn, source.table.created_at, source.text)
    query = (
        sa_select(*columns, source.rating)
        .join(ChatSession, col(ChatSession.id) == source.table.session_id)
        .where(*conditions(row, now).values())
        .order_by(source.table.id)
        .limit(size)
    )
    if data_class == "reply":
        query = query.where(col(Turn.answer).is_not(None))
    return query.where(source.table.id > after) if after is not None else query


def verdict(session_id: str, row: Purpose, now: Now) -> Select[Any]:
    """Give the query for the first reason that keeps one session shut, in the order of `conditions`; else None."""
    shut = [(~condition, reason.value) for reason, condition in conditions(row, now).items()]
    return sa_select(case(*shut, else_=None)).where(col(ChatSession.id) == session_id)


def _stands(purpose: str, now: Now) -> ColumnElement[bool]:
    return filters.stands(purpose, ChatSession.subject_id, now.versions(purpose), now.at)


def _held() -> ColumnElement[bool]:
    held = select(ChildHold.session_id).where(
        col(ChildHold.session_id) == col(ChatSession.id), col(ChildHold.lifted_at).is_(None)
    )
    return held.exists()


def _emergency(now: Now) -> ColumnElement[bool]:
    opened = select(Emergency.id).where(
        col(Emergency.session_id) == col(ChatSession.id),
        col(Emergency.until) > now.at,
        or_(col(Emergency.opened_by) == now.actor, col(Emergency.approved_by) == now.actor),
    )
    return opened.exists()
