"""A confirmed request becomes a subscription; its choices change; it ends when no yes is left.

Each answer is an event of the ledger under the words on the page where the button was pressed. The row with the
sealed address lives exactly as long as a yes stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from chatbot.consents import auditing
from chatbot.errors import ConsentStale, NotFound
from chatbot.storage.tables.subscriptions import SpentLink, Subscription
from chatbot.subscriptions.parts import OVER, REQUEST_HOURS
from consent import ledger
from consent.audit import Fact, Verb
from consent.sources import Source
from consent.tables import Subject, new_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.subscriptions.parts import Desk, Pass, Request
    from consent.tables import ConsentEvent

CONFIRMED, CHANGED, STOPPED = "subscribe-confirmed", "subscribe-choices", "subscribe-stop"
DOUBLE_OPT_IN = "double_opt_in"
REMIND_BEFORE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class View:
    """A subscription as its own page shows it: until when each yes holds, and every answer so far."""

    language: str
    ends: Mapping[str, datetime | None]
    events: Sequence[ConsentEvent]


async def used(desk: Desk, request: Request) -> bool:
    """Tell whether a link was pressed already and its yes stands; raises NotFound when it does not work any more."""
    async with desk.database.reading() as session:
        lookup = desk.lookup(request.address)
        row = (await session.exec(select(Subscription).where(Subscription.lookup == lookup))).first()
        return _used(request, row, await session.get(SpentLink, desk.spent(lookup)))


async def confirm(desk: Desk, request: Request, version: str) -> str | None:
    """Keep what was asked for; gives the lookup of the subscription, or None when this link has done so before.

    Raises ConsentStale for other words, and NotFound when a stop or a newer link made this one useless.
    """
    _current(desk, version)
    try:
        return await _keep(desk, request)
    except IntegrityError:  # a double click: the other press has begun the row by now
        return await _keep(desk, request)


async def _keep(desk: Desk, request: Request) -> str | None:
    lookup, now = desk.lookup(request.address), datetime.now(UTC)
    async with desk.database.transaction() as session:
        row = await _find(session, lookup)
        if _used(request, row, await session.get(SpentLink, desk.spent(lookup), with_for_update=True)):
            return None
        await _spend(session, desk, lookup, request.asked, now)
        verb = Verb.COLLECT if row is None else Verb.MODIFY
        row = row or await _begin(session, desk, request, now)
        row.language, row.country, row.age_rule = request.language, request.country, request.age_rule
        row.address = desk.hide(row.id, request.address)
        how = _how(desk, row, CONFIRMED, DOUBLE_OPT_IN)
        await _answer(session, row, dict.fromkeys(request.purposes, True), how, now)
        await _on_record(session, row, _fact(verb, request.purposes), now)
    return lookup


async def known(desk: Desk, lookup: str) -> Subscription | None:
    """Give a subscription by the keyed hash of its address, or None."""
    async with desk.database.reading() as session:
        return (await session.exec(select(Subscription).where(Subscription.lookup == lookup))).first()


async def view(desk: Desk, lookup: str) -> View:
    """Give what a subscription's page shows; raises NotFound once it is over."""
    async with desk.database.reading() as session:
        row = (await session.exec(select(Subscription).where(Subscription.lookup == lookup))).first()
        if row is None:
            raise NotFound(OVER)
        ends = await ledger.until(
            session, row.subject_id, datetime.now(UTC), touched=desk.editions.touched_since, written=True
        )
        return View(row.language, ends, await ledger.history(session, row.subject_id))


async def change(desk: Desk, opened: Pass, ticked: frozenset[str], version: str) -> bool:
    """Answer every purpose of the page anew; gives whether a subscription is left.

    A pass that gives no yes only takes back: what it ticks stays as it was.
    """
    _current(desk, version)
    now = datetime.now(UTC)
    async with desk.database.transaction() as session:
        row = await _find(session, opened.lookup)
        if row is None:
            raise NotFound(OVER)
        asked = [purpose.id for purpose in desk.editions.current.notices.best("en").purposes.subscribing()]
        stood = await ledger.standing(session, row.subject_id, now, written=True)
        answers = {each: each in ticked for each in asked if each in ticked or stood.get(each)}
        answers = {each: yes for each, yes in answers.items() if opened.gives or not yes}
        if not all(answers.values()):
            await _spend(session, desk, opened.lookup, _micros(now), now)
        kept = await _answer(session, row, answers, _how(desk, row, CHANGED), now)
        await _on_record(session, row, _fact(Verb.MODIFY if kept else Verb.DESTROY, answers), now)
    await _leave_no_trace(desk, kept=kept)
    return kept


async def stop(desk: Desk, lookup: str, purpose: str = "") -> bool:
    """Take back one yes, or all of them; gives whether a subscription is left. What is over already stays over."""
    now = datetime.now(UTC)
    async with desk.database.transaction() as session:
        row = await _find(session, lookup)
        if row is None:
            return False
        stood = await ledger.standing(session, row.subject_id, now, written=True)
        answers = {each: False for each, yes in stood.items() if yes and purpose in {"", each}}
        await _spend(session, desk, lookup, _micros(now), now)
        kept = await _answer(session, row, answers, _how(desk, row, STOPPED), now)
        if answers or not kept:
            await _on_record(session, row, _fact(Verb.MODIFY if kept else Verb.DESTROY, answers), now)
    await _leave_no_trace(desk, kept=kept)
    return kept


async def run_out(desk: Desk, identity: str, now: datetime) -> bool:
    """Destroy a subscription whose last yes ran out; gives whether it was."""
    async with desk.database.transaction() as session:
        row = await session.get(Subscription, identity, with_for_update=True)
        kept = row is None or await _settle(session, row, now)
        if row is not None and not kept:
            await _on_record(session, row, _fact(Verb.DESTROY, (), "expired"), now)
    await _leave_no_trace(desk, kept=kept)
    return not kept


def _used(request: Request, row: Subscription | None, spent: SpentLink | None) -> bool:
    if spent is None or request.asked > spent.asked:
        return False
    if row is None or request.asked != spent.asked:
        raise NotFound(OVER)
    return True


async def _spend(session: AsyncSession, desk: Desk, lookup: str, asked: int, now: datetime) -> None:
    """Let no link to confirm work any more that was asked for until a moment."""
    mark = desk.spent(lookup)
    row = await session.get(SpentLink, mark, with_for_update=True) or SpentLink(mark=mark, asked=asked, until=now)
    row.asked, row.until = max(row.asked, asked), now + timedelta(hours=REQUEST_HOURS)
    session.add(row)


def _micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


async def _find(session: AsyncSession, lookup: str) -> Subscription | None:
    return (await session.exec(select(Subscription).where(Subscription.lookup == lookup).with_for_update())).first()


async def _begin(session: AsyncSession, desk: Desk, request: Request, now: datetime) -> Subscription:
    session.add(subject := Subject(created_at=now))
    await session.flush()
    identity = new_id()
    return Subscription(
        id=identity,
        subject_id=subject.id,
        address=desk.hide(identity, request.address),
        lookup=desk.lookup(request.address),
        language=request.language,
        country=request.country,
        age_rule=request.age_rule,
        created_at=now,
        next_end=now,
    )


async def _answer(
    session: AsyncSession, row: Subscription, answers: Mapping[str, bool], how: ledger.Circumstances, now: datetime
) -> bool:
    """Record answers, and let the row live on or end with them."""
    session.add(row)
    if answers:
        await ledger.record(session, row.subject_id, answers, how, now=now)
    return await _settle(session, row, now)


async def _settle(session: AsyncSession, row: Subscription, now: datetime) -> bool:
    """Note when the first yes ends; without any, delete the row and the address with it."""
    ends = [
        end for end in (await ledger.until(session, row.subject_id, now, written=True)).values() if end is not None
    ]
    if not ends:
        await session.delete(row)
        return False
    if row.next_end != min(ends):
        row.next_end, row.remind_at = min(ends), min(ends) - REMIND_BEFORE
    return True


def _how(desk: Desk, row: Subscription, control: str, method: str = ledger.EXPLICIT) -> ledger.Circumstances:
    notice = desk.editions.current.notices.best(row.language)
    return ledger.Circumstances(notice, row.country, control, method=method, source=Source.SUBSCRIPTION)


def _current(desk: Desk, version: str) -> None:
    if version != desk.editions.current.notices.version:
        raise ConsentStale("Our texts have changed since. Please read them again.")


def _fact(verb: Verb, purposes: Iterable[str], reason: str = "") -> Fact:
    """Say what was done to an address; the service does it where a reason is given, else its owner."""
    actor = "service" if reason else "visitor"
    return Fact(verb, actor, actor, "contact", ".".join(sorted(purposes)), "database", reason)


async def _on_record(session: AsyncSession, row: Subscription, fact: Fact, now: datetime) -> None:
    await auditing.write(session, row.subject_id, [fact], now=now)


async def _leave_no_trace(desk: Desk, *, kept: bool) -> None:
    if not kept:
        await desk.database.checkpoint()
