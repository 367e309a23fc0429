"""A life is in danger: two people open one conversation, for an hour, and everything they do is on record.

    open      one person names the conversation and the reason
    approve   another one agrees; from then on both may read, until the hour is over
    read      the redacted words, through the wall; the values stay sealed with the visitor's key

The visitor sees all of it under `GET /v1/me/access-log`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import col, delete

from chatbot.consents import auditing
from chatbot.consents.auditing import staff
from chatbot.consents.wall import Kept, Reader
from chatbot.errors import InvalidRequest, NotFound, PurposeDenied
from chatbot.storage.tables import ChatSession
from chatbot.storage.tables.wall import Emergency
from consent.audit import Fact, Verb
from consent.gate import Reason
from consent.tables import new_id

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.services import Services

PURPOSE, RECIPIENT, ROLE = "safety", "break_glass", "officer"
OPEN_FOR = timedelta(minutes=60)
CLASSES = ("message", "reply", "handoff")


class Danger(StrEnum):
    """What makes it an emergency (GDPR Art. 6(1)(d), POPIA s.11(1)(d))."""

    LIFE = "life"
    INJURY = "injury"


async def open_(services: Services, session_id: str, *, officer: str, reason: Danger) -> Emergency:
    """Ask for a conversation to be opened; nothing can be read before somebody else agreed."""
    now = datetime.now(UTC)
    async with services.database.transaction() as session:
        kept = await _conversation(session, session_id)
        asked = Emergency(id=new_id(), session_id=kept.id, reason=reason, opened_by=staff(officer), opened_at=now)
        session.add(asked)
        await auditing.record(session, kept, _fact(Verb.DECIDE, officer, f"asked_{reason}"), now=now)
    return asked


async def approve(services: Services, identity: str, *, officer: str) -> Emergency:
    """Agree to an emergency; raises PurposeDenied, on record, for the one who asked."""
    now = datetime.now(UTC)
    async with services.database.transaction() as session:
        asked = await _found(session, identity)
        kept = await _conversation(session, asked.session_id)
        if asked.approved_at is not None:
            raise InvalidRequest("Somebody agreed to this emergency already.")
        alone = _one_person(asked.opened_by, staff(officer))
        verb, reason = (Verb.DENY, "second_person") if alone else (Verb.DECIDE, "agreed")
        await auditing.record(session, kept, _fact(verb, officer, reason), now=now)
        if not alone:
            asked.approved_by, asked.approved_at, asked.until = officer, now, now + OPEN_FOR
    if alone:
        raise PurposeDenied("Another person has to agree.", reason="second_person")
    return asked


async def read(services: Services, identity: str, *, officer: str) -> list[tuple[str, Kept]]:
    """Give the conversation of an emergency, redacted, in order; raises PurposeDenied where it is shut."""
    async with services.database.reading() as session:
        asked = await _found(session, identity)
    reader = Reader(PURPOSE, RECIPIENT, ROLE, staff(officer))
    if officer not in {asked.opened_by, asked.approved_by}:
        raise await services.wall.deny(reader, CLASSES[0], Reason.NO_EMERGENCY, asked.session_id)
    found = [
        (data_class, each)
        for data_class in CLASSES
        async for each in services.wall.read(reader, data_class, session_id=asked.session_id)
    ]
    return sorted(found, key=lambda item: (item[1].at, item[1].turn, CLASSES.index(item[0])))


async def forget(session: AsyncSession, before: datetime) -> None:
    """Erase the emergencies of before a moment; the audit of each stays."""
    await session.exec(delete(Emergency).where(col(Emergency.opened_at) < before))


def _one_person(one: str, other: str) -> bool:
    """Tell whether two ids can be one person's: capitals and the kind of separator make no second person."""
    plain = [re.sub(r"[-_.]+", "-", each.lower()).strip("-") for each in (one, other)]
    return plain[0] == plain[1]


def _fact(verb: Verb, officer: str, reason: str) -> Fact:
    return Fact(verb, ROLE, officer, auditing.CONVERSATION, PURPOSE, RECIPIENT, reason)


async def _found(session: AsyncSession, identity: str) -> Emergency:
    asked = await session.get(Emergency, identity, with_for_update=True)
    if asked is None:
        raise NotFound("There is no emergency of this id.")
    return asked


async def _conversation(session: AsyncSession, session_id: str) -> ChatSession:
    kept = await session.get(ChatSession, session_id, with_for_update=True)
    if kept is None:
        raise NotFound("There is no such conversation, or it was erased.")
    return kept
