"""Automated decisions on record: what was decided, by which rule, on which ids and scores; never on which words.

    Made ── write ──> decision ── ask ──> a person ── decide ──> upheld | reversed

Asking and deciding are in `chatbot/officers/reviewing.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlmodel import col, select

from chatbot.consents import auditing
from chatbot.storage.tables.decisions import Decision
from consent.audit import Fact, Verb, is_id
from consent.tables import new_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

UPHELD, REVERSED = "upheld", "reversed"
STREAM = "decisions"
MOST_INPUTS = 12


class Made(NamedTuple):
    """What a rule decided: `kind` and `effect` are ids, `inputs` ids and numbers by name."""

    kind: str
    effect: str
    rule: str
    version: str
    inputs: Mapping[str, str | float | bool]


class Where(NamedTuple):
    """About which session (None: one of which nothing is kept), when, with which incident, and under which id."""

    session_id: str | None
    at: datetime
    incident_id: str | None = None
    identity: str | None = None


class Judgement(NamedTuple):
    """What a person decided: the outcome, who (an id), why (an id), and when."""

    outcome: str
    by: str
    reason: str
    at: datetime


def write(session: AsyncSession, made: Made, where: Where) -> Decision:
    """Put a decision on record in the transaction of the act; raises ValueError when an input is no id or number.

    Nothing is written about a visitor who is not stored, unless they ask for it.
    """
    if len(made.inputs) > MOST_INPUTS or not all(map(_is_plain, made.inputs.values())):
        raise ValueError("a decision keeps ids and numbers only")
    row = Decision(
        id=where.identity or new_id(),
        kind=made.kind,
        session_id=where.session_id,
        incident_id=where.incident_id,
        at=where.at,
        effect=made.effect,
        rule=made.rule,
        version=made.version,
        inputs=dict(made.inputs),
    )
    session.add(row)
    return row


async def of_sessions(session: AsyncSession, sessions: Collection[str]) -> list[Decision]:
    """Give the decisions about sessions, oldest first."""
    query = select(Decision).where(col(Decision.session_id).in_(sessions))
    return list((await session.exec(query.order_by(col(Decision.at), col(Decision.id)))).all())


async def settle(session: AsyncSession, row: Decision, judgement: Judgement) -> None:
    """Write down what a person decided, and chain it in the audit log."""
    row.outcome, row.decided_by, row.reason, row.decided_at = judgement
    said = f"{judgement.outcome}_{judgement.reason}"
    fact = Fact(Verb.DECIDE, "officer", judgement.by, "decision", "human_review", row.id, said)
    await auditing.write(session, STREAM, [fact], now=judgement.at)


def _is_plain(value: object) -> bool:
    return isinstance(value, (bool, int, float)) or (isinstance(value, str) and is_id(value))
