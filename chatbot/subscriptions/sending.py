"""One letter to many: queued once, and each message checked against the ledger at the moment it leaves.

    queued ──claim──> sending ──taken──> sent
                 │            └refused─> failed        (tried again only when somebody says so)
                 └no yes───> withheld

A claim is kept before the mail server is called, and holds for a minute. Whether a message arrived whose sender died,
nobody knows, so it is sent again: at least once, under the same Message-ID, and not without asking the ledger anew.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError
from sqlmodel import and_, col, or_, select

from chatbot.consents import auditing
from chatbot.consents.subscribed import subscribers
from chatbot.errors import MailStopped
from chatbot.storage.tables.subscriptions import Delivery, Mailing, Subscription
from chatbot.subscriptions.counting import State, counts
from chatbot.subscriptions.parts import SEND_SECONDS, Use
from consent.audit import Fact, Verb
from consent.egress import MailError
from consent.operators import OperatorError

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.consents.subscribed import Subscriber
    from chatbot.subscriptions.counting import Letter
    from chatbot.subscriptions.parts import Desk

BATCH = 100
LEASE = timedelta(seconds=60)
LOOK_SECONDS = 0.2
STREAM = "mail"
"""The audit's stream of who had something sent to many."""


async def send(desk: Desk, letter: Letter, by: str, *, again: bool = False) -> dict[str, int]:
    """Send a letter to everybody who agreed, or go on with it; gives how many messages stand where.

    ``by`` is who had it sent, an id of the staff register; ``again`` also takes up what the mail server refused.
    Raises MailStopped where no mail leaves.
    """
    if desk.mailer is None:
        raise MailStopped("Mail is off: set CHATBOT_SMTP_HOST.")
    try:
        await _queue(desk, letter, by)
    except IntegrityError:  # another sender entered it at this moment, and has done so by now
        await _queue(desk, letter, by)
    if again:
        await _requeue(desk, letter)
    while True:
        for delivery in (batch := await _waiting(desk, letter)):
            await _one(desk, letter, delivery)
        counted = await counts(desk, letter.id)
        if not batch and not counted[State.QUEUED] + counted[State.SENDING]:
            return counted
        if not batch:  # somebody else has the last ones in hand, or died with them
            await asyncio.sleep(LOOK_SECONDS)


async def _queue(desk: Desk, letter: Letter, by: str) -> None:
    """Enter a mailing and whom it is for."""
    now = datetime.now(UTC)
    async with desk.database.transaction() as session:
        known = await session.get(Mailing, letter.id, with_for_update=True)
        if known is None:
            session.add(Mailing(id=letter.id, kind=letter.kind, purpose=letter.purpose, by=by, created_at=now))
            await session.flush()
            fact = Fact(Verb.USE, "officer", by, "contact", letter.purpose, "mail", letter.kind)
            await auditing.write(session, STREAM, [fact], now=now)
        elif not letter.late:
            return
        session.add_all(
            Delivery(mailing_id=letter.id, subscription_id=identity, state=State.QUEUED, at=now)
            for identity in await _missing(session, desk, letter, now)
        )


async def _missing(session: AsyncSession, desk: Desk, letter: Letter, now: datetime) -> list[str]:
    """Give the subscriptions that agreed and for which no message was ever queued."""
    found = await subscribers(session, letter.purpose, now, desk.editions.touched_since)
    there = set((await session.exec(select(Delivery.subscription_id).where(Delivery.mailing_id == letter.id))).all())
    return [each.subscription.id for each in found if each.subscription.id not in there]


async def _requeue(desk: Desk, letter: Letter) -> None:
    query = select(Delivery).where(Delivery.mailing_id == letter.id, Delivery.state == State.FAILED)
    async with desk.database.transaction() as session:
        for row in (await session.exec(query.with_for_update())).all():
            row.state = State.QUEUED


async def _waiting(desk: Desk, letter: Letter) -> list[int]:
    query = select(Delivery.id).where(Delivery.mailing_id == letter.id, _free())
    async with desk.database.reading() as session:
        found = (await session.exec(query.order_by(col(Delivery.id)).limit(BATCH))).all()
    return [number for number in found if number is not None]


def _free() -> ColumnElement[bool]:
    over = col(Delivery.at) < datetime.now(UTC) - LEASE
    return or_(col(Delivery.state) == State.QUEUED, and_(col(Delivery.state) == State.SENDING, over))


async def _one(desk: Desk, letter: Letter, number: int) -> None:
    """Claim one message, send it, and note how it went."""
    claimed = await _claim(desk, letter, number)
    if claimed is None or desk.mailer is None:
        return
    row = claimed.subscription
    address, text = desk.reveal(row.id, row.address), letter.text(row.language)
    outcome = State.FAILED
    try:
        if address is not None:
            stop = desk.link(f"/subscribe/stop/{desk.make_pass(row.lookup, Use.STOP, letter.purpose)}")
            body = f"{text.body.rstrip()}\n\n{_foot(desk, letter, claimed, stop)}"
            headers = _one_click(stop) | {"Message-ID": desk.message_id("letter", letter.id, row.id)}
            async with asyncio.timeout(SEND_SECONDS):
                await desk.mailer.send(address, text.subject, body, headers)
            outcome = State.SENT
    except (MailError, TimeoutError):
        outcome = State.FAILED
    except OperatorError:
        await _note(desk, number, State.QUEUED)
        raise
    await _note(desk, number, outcome)


async def _claim(desk: Desk, letter: Letter, number: int) -> Subscriber | None:
    """Ask the ledger and the gate at this very moment; a message without a yes is withheld, on record."""
    now = datetime.now(UTC)
    async with desk.database.transaction() as session:
        mine = select(Delivery).where(Delivery.id == number, _free()).with_for_update()
        if (delivery := (await session.exec(mine)).first()) is None:
            return None
        touched, only = desk.editions.touched_since, delivery.subscription_id
        found = await subscribers(session, letter.purpose, now, touched, only=only)
        asked = {letter.purpose: bool(found)}
        decision = desk.editions.current.gate.may(letter.purpose, "contact", "mail", asked)
        delivery.at = now
        if not decision or not found:
            delivery.state = State.WITHHELD
            await _refused(session, letter, delivery.subscription_id, decision.reason, now)
            return None
        [subscriber] = found
        delivery.state, delivery.event_id = State.SENDING, subscriber.yes.id
        fact = Fact(Verb.USE, "service", "mailing", "contact", letter.purpose, "mail", letter.kind)
        await auditing.write(session, subscriber.subscription.subject_id, [fact], now=now)
    return subscriber


async def _refused(session: AsyncSession, letter: Letter, subscription: str, reason: str, now: datetime) -> None:
    """Put it on record that a message was withheld; where the address is gone there is nobody to say it of."""
    row = await session.get(Subscription, subscription)
    if row is not None:
        fact = auditing.refusal(letter.purpose, "contact", "mail", reason)
        await auditing.write(session, row.subject_id, [fact], now=now)


async def _note(desk: Desk, number: int, state: State) -> None:
    async with desk.database.transaction() as session:
        delivery = await session.get_one(Delivery, number, with_for_update=True)
        delivery.state, delivery.at = state, datetime.now(UTC)


def _foot(desk: Desk, letter: Letter, claimed: Subscriber, stop: str) -> str:
    """Say why this mail came and how it ends."""
    row, notice = claimed.subscription, desk.editions.current.notices.best(claimed.subscription.language)
    return desk.words_for(row.language).say(
        "mail_foot",
        date=f"{claimed.yes.at:%Y-%m-%d}",
        purpose=notice.words.purposes[letter.purpose].title,
        manage=desk.page(row.lookup, gives=False),
        stop=stop,
        support=notice.party.support,
    )


def _one_click(stop: str) -> dict[str, str]:
    """Let a mail program stop it with one click (RFC 8058)."""
    return {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
