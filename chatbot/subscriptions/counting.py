"""What a mailing is, whom it is for, and how its messages stand: counts alone, nobody is listed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func
from sqlmodel import col, select

from chatbot.consents.subscribed import subscribers
from chatbot.storage.tables.subscriptions import Delivery, Mailing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatbot.subscriptions.parts import Desk


class State(StrEnum):
    """Where one message stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"


class Text(NamedTuple):
    """A letter in one language."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What is told to everybody who agreed to a purpose; ``id`` is the hash of what it says.

    ``late`` tells it also to who subscribed after it was sent first, when it is sent again.
    """

    id: str
    kind: str
    purpose: str
    texts: Mapping[str, Text]
    late: bool = False

    def text(self, language: str) -> Text:
        """Give the letter in a language, or in English."""
        return self.texts.get(language) or self.texts["en"]


async def audience(desk: Desk, purpose: str, now: datetime) -> Counter[str]:
    """Count by language who would be written to now."""
    async with desk.database.reading() as session:
        found = await subscribers(session, purpose, now, desk.editions.touched_since)
    return Counter(each.subscription.language for each in found)


async def mailings(desk: Desk) -> list[dict[str, object]]:
    """List every mailing, oldest first, with how many messages stand where."""
    async with desk.database.reading() as session:
        found = (await session.exec(select(Mailing).order_by(col(Mailing.created_at)))).all()
    return [
        {"id": row.id, "kind": row.kind, "purpose": row.purpose, "by": row.by, "at": row.created_at}
        | await counts(desk, row.id)
        for row in found
    ]


async def counts(desk: Desk, mailing: str) -> dict[str, int]:
    """Count a mailing's messages by where they stand."""
    query = select(Delivery.state, func.count()).where(Delivery.mailing_id == mailing).group_by(col(Delivery.state))
    async with desk.database.reading() as session:
        found = dict((await session.exec(query)).all())
    return {state.value: found.get(state, 0) for state in State}


async def missed(desk: Desk, letter: Letter) -> int:
    """Count those who agreed and were not written to: neither sent, nor refused by the mail server."""
    now = datetime.now(UTC)
    reached = (State.SENT.value, State.SENDING.value, State.FAILED.value)
    there = select(Delivery.subscription_id).where(Delivery.mailing_id == letter.id, col(Delivery.state).in_(reached))
    async with desk.database.reading() as session:
        found = await subscribers(session, letter.purpose, now, desk.editions.touched_since)
        written = set((await session.exec(there)).all())
    return sum(each.subscription.id not in written for each in found)
