"""What is remembered when a reply is written: preferences, and what the subject's earlier conversations were about.

Earlier means: another conversation of the same subject, not held, since the yes began that has stood without a gap
until now, since the last "forget", and within the register's days. Topics are the titles of the pages that were
cited. Questions come without a single placeholder: those of another conversation must not resolve in this one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam
from sqlmodel import col, select

from chatbot.consents.auditing import refusal
from chatbot.llm.answerer import Length, Memory
from chatbot.memory.rows import PURPOSE
from chatbot.storage.tables import ChatSession, ConsentEvent, Turn
from chatbot.storage.tables.guardians import ChildHold
from chatbot.storage.tables.memory import MemoryRow
from pii.general import generalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

    from consent.audit import Fact
    from consent.gate import Gate
    from pii.text import Redacted

MEMORY, KEPT = "memory", "database"
PREFERENCES = ("preferences",)
READ = ("message", *PREFERENCES)
"""The classes of data that memory reads."""
MOST_TOPICS, MOST_QUESTIONS = 5, 3
LONGEST_QUESTION = 300  # characters
TURNS = 30  # the latest ones; older ones are not looked at
ANSWERED = ("complete", "stopped", "unanswered")
# Made once: each message of somebody who agreed asks these.
_ANSWERS = (
    select(ConsentEvent.at, ConsentEvent.granted, ConsentEvent.valid_until)
    .where(ConsentEvent.subject_id == bindparam("subject"), ConsentEvent.purpose == PURPOSE)
    .order_by(col(ConsentEvent.seq))
)
_HELD = select(ChildHold.session_id).where(ChildHold.session_id == ChatSession.id, col(ChildHold.lifted_at).is_(None))
_EARLIER = (
    select(col(Turn.question), col(Turn.citations))
    .join(ChatSession, col(ChatSession.id) == col(Turn.session_id))
    .where(ChatSession.subject_id == bindparam("subject"), Turn.session_id != bindparam("session"), ~_HELD.exists())
    .where(Turn.created_at > bindparam("since"), col(Turn.status).in_(ANSWERED))
    .order_by(col(Turn.created_at).desc())
    .limit(TURNS)
)


def refusals(
    gate: Gate, standing: Mapping[str, bool], *, minor: bool, data: Iterable[str] = READ, to: str = MEMORY
) -> tuple[Fact, ...]:
    """Ask the gate for each class of data; gives what it refuses, for the record. Nothing refused: go on."""
    decisions = ((each, gate.may(PURPOSE, each, to, standing, minor=minor)) for each in data)
    return tuple(refusal(PURPOSE, each, to, decision.reason) for each, decision in decisions if not decision)


async def recall(session: AsyncSession, subject_id: str, session_id: str, oldest: datetime) -> Memory:
    """Read what is remembered of a subject outside one conversation; the gate was asked before."""
    row = await session.get(MemoryRow, subject_id)
    forgotten = row.since if row and row.since else oldest
    begun = yes_since(await _answers(session, subject_id))
    turns = await _earlier(session, subject_id, session_id, max(oldest, forgotten, begun)) if begun else []
    questions = [generalise(question, LONGEST_QUESTION) for question, _ in turns]
    topics = dict.fromkeys(str(each["title"]) for _, citations in turns for each in citations)
    return Memory(
        Length(row.length) if row else Length.NORMAL,
        tuple(topics)[:MOST_TOPICS],
        tuple(dict.fromkeys(questions))[:MOST_QUESTIONS],
    )


def oldest(now: datetime, days: int) -> datetime:
    """Give the moment before which nothing is remembered: `days` is the register's retention."""
    return now - timedelta(days=days)


class Answer(NamedTuple):
    """One answer to the purpose: when, and until when it holds if it is a yes."""

    at: datetime
    yes_until: datetime | None


def yes_since(answers: Iterable[Answer]) -> datetime | None:
    """Give when the yes began that the last answer is part of: a no ends it, and so does a day without one."""
    begun, until = None, None
    for answer in answers:
        if answer.yes_until is None:
            begun = None
        elif begun is None or until is None or until <= answer.at:
            begun = answer.at
        until = answer.yes_until
    return begun


async def _answers(session: AsyncSession, subject_id: str) -> list[Answer]:
    """Give a subject's answers to the purpose, oldest first."""
    answers = await session.exec(_ANSWERS, params={"subject": subject_id})
    return [Answer(at, until if granted else None) for at, granted, until in answers]


async def _earlier(
    session: AsyncSession, subject_id: str, session_id: str, since: datetime
) -> list[tuple[Redacted, list[dict[str, Any]]]]:
    """Give questions and citations of the subject's other conversations, latest first."""
    earlier = await session.exec(_EARLIER, params={"subject": subject_id, "session": session_id, "since": since})
    return [(question, citations) for question, citations in earlier]
