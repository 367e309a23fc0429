"""Who may be written to for a purpose now: the subscriptions whose latest answer is a yes that stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from chatbot.storage.tables.subscriptions import Subscription
from consent.tables import ConsentEvent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

    from consent.ledger import Touched


class Subscriber(NamedTuple):
    """A subscription, and the event of the yes on which it may be written to."""

    subscription: Subscription
    yes: ConsentEvent


async def subscribers(
    session: AsyncSession, purpose: str, at: datetime, touched: Touched, *, only: str | None = None
) -> Sequence[Subscriber]:
    """Give everybody who agreed to a purpose, oldest first; ``only`` asks about one subscription.

    A yes that ran out, was taken back, or was given to words that changed since is none.
    """
    later = aliased(ConsentEvent)
    answered_since = select(later.id).where(
        later.subject_id == ConsentEvent.subject_id, later.purpose == purpose, later.seq > ConsentEvent.seq
    )
    query = (
        select(Subscription, ConsentEvent)
        .where(
            col(ConsentEvent.subject_id) == Subscription.subject_id,
            ConsentEvent.purpose == purpose,
            ConsentEvent.granted,
            col(ConsentEvent.valid_until) > at,
            ~answered_since.exists(),
        )
        .order_by(col(Subscription.created_at), Subscription.id)
    )
    if only is not None:
        query = query.where(Subscription.id == only)
    found = (await session.exec(query)).all()
    return [Subscriber(*row) for row in found if purpose not in touched(row[1].notice_version)]
