"""A person looks at what a rule decided: the visitor asks, an officer upholds or reverses, both on record.

    ask      a review is asked for; a held conversation is not erased while it waits, but only so long
    uphold   the rule was right: what waited for the review goes on
    reverse  the rule was wrong: its effect is undone

Of a visitor of whom nothing is kept there is no row until they ask; then it holds the rule, the score and the
incident, and no mark of the session. The hold knows the decision, not the other way round (docs/adr/0011).
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from chatbot.conversation import children
from chatbot.conversation.rows import of_one_subject, owned_session
from chatbot.decisions import incidents
from chatbot.decisions import log as decisions
from chatbot.decisions.log import REVERSED, Made, Where
from chatbot.errors import InvalidRequest, NotFound
from chatbot.storage.paging import page
from chatbot.storage.tables.decisions import Decision
from chatbot.storage.tables.guardians import ChildHold, Incident
from consent import law
from consent.audit import is_id

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.consents.held import Held
    from chatbot.decisions.log import Judgement
    from chatbot.seals import Claims
    from chatbot.services import Services
    from chatbot.storage.paging import Asked, Page

OTHERS = "There is no such decision about this conversation."


async def listed(services: Services, claims: Claims) -> list[Decision]:
    """Give every automated decision about a visitor, oldest first."""
    held = services.signals.held(claims.session_id)
    async with services.database.reading() as session:
        found = await decisions.of_sessions(session, await _conversations(session, claims))
        asked = await session.get(Decision, held.decision) if held else None
    if held is None:
        return found
    return [*found, asked or _passing(held)]


async def ask(services: Services, claims: Claims, identity: str) -> Decision:
    """Ask for a person to look at a decision; asking again changes nothing. Raises NotFound for another's."""
    now = datetime.now(UTC)
    async with services.database.transaction() as session:
        row = await _mine(session, services, claims, identity)
        if row.asked_at is None and not row.outcome:
            due = law.due(claims.country, law.Request.HUMAN_REVIEW, now.date()).by
            row.asked_at = now
            row.due_at = datetime(due.year, due.month, due.day, 23, 59, 59, tzinfo=UTC)
            await _wait(session, services, row, now)
    return row


async def decide(session: AsyncSession, services: Services, identity: str, judgement: Judgement) -> Decision:
    """Uphold or reverse a decision, once; raises NotFound, or InvalidRequest when a person decided it already."""
    row = await session.get(Decision, identity, with_for_update=True)
    if row is None:
        raise NotFound("There is no decision of this id.")
    if row.outcome:
        raise InvalidRequest(f"A person has decided this already: {row.outcome}.")
    if judgement.outcome == REVERSED:
        await _undo(session, row, judgement)
    else:
        await _go_on(session, services, row, judgement.at)
    if not row.outcome:  # lifting a hold writes it down itself
        await decisions.settle(session, row, judgement)
    return row


async def waiting(session: AsyncSession, asked: Asked, *, open_only: bool) -> Page[Decision]:
    """Give a page of the decisions on record, newest first; of those that wait for a person, the oldest first."""
    if not open_only:
        return await page(session, select(Decision), Decision.at, asked, newest=True)
    waits = select(Decision).where(col(Decision.asked_at).is_not(None), Decision.outcome == "")
    return await page(session, waits, Decision.asked_at, asked)


def shown(row: Decision) -> dict[str, Any]:
    """Give a decision as its visitor sees it."""
    review = {"asked_at": row.asked_at, "decided_at": row.decided_at, "outcome": row.outcome or None}
    return {
        "id": row.id,
        "kind": row.kind,
        "at": row.at,
        "effect": row.effect,
        "rule": row.rule,
        "version": row.version,
        "inputs": row.inputs,
        "reviewable": row.asked_at is None and not row.outcome,
        "review": review if row.asked_at or row.outcome else None,
    }


async def _mine(session: AsyncSession, services: Services, claims: Claims, identity: str) -> Decision:
    """Find a visitor's own decision; one that is kept nowhere is written down now, because its visitor asks."""
    if not is_id(identity):
        raise NotFound(OTHERS)
    row = await session.get(Decision, identity, with_for_update=True)
    held = services.signals.held(claims.session_id)
    passing = held if held and held.decision == identity else None
    if row is not None and (passing or row.session_id in await _conversations(session, claims)):
        return row
    if row is not None or passing is None:
        raise NotFound(OTHERS)
    at = datetime.fromtimestamp(passing.at, UTC)
    known = await session.get(Incident, passing.incident)
    return decisions.write(session, _made(passing), Where(None, at, known.id if known else None, identity))


async def _conversations(session: AsyncSession, claims: Claims) -> set[str]:
    """Name this conversation and the visitor's others: what holds one of them holds all."""
    with contextlib.suppress(NotFound):
        await owned_session(session, claims)
        return {claims.session_id, *await session.exec(of_one_subject(claims.session_id))}
    return {claims.session_id}


async def _wait(session: AsyncSession, services: Services, row: Decision, now: datetime) -> None:
    """Stop the clock of erasing until a person has decided, at most for the days that the settings allow."""
    held = await _hold_of(session, row)
    if held is not None and held.erased_at is None and row.due_at is not None:
        latest = min(row.due_at, now + timedelta(days=services.settings.review_days))
        held.erase_at = max(held.erase_at, latest)


async def _go_on(session: AsyncSession, services: Services, row: Decision, now: datetime) -> None:
    held = await _hold_of(session, row)
    if held is not None and held.erased_at is None:
        planned = held.held_at + timedelta(hours=services.settings.child_erase_hours)
        held.erase_at = min(held.erase_at, max(planned, now))


async def _undo(session: AsyncSession, row: Decision, judgement: Judgement) -> None:
    """Take a decision's effect back: a hold is lifted; what was never kept is let in by the decision itself."""
    held = await _hold_of(session, row)
    if held is not None:
        if held.erased_at is None and held.lifted_at is None:
            await children.lift(session, held.session_id, by=judgement.by, reason=judgement.reason)
    elif row.incident_id is not None:
        incident = await session.get(Incident, row.incident_id)
        if incident is not None and incident.status == incidents.OPEN:
            end = incidents.FALSE_ALARM
            await incidents.end(session, incident.id, end, now=judgement.at, by=judgement.by)


async def _hold_of(session: AsyncSession, row: Decision) -> ChildHold | None:
    if row.kind != children.KIND or row.session_id is None:
        return None
    held = await session.get(ChildHold, row.session_id, with_for_update=True)
    return held if held is not None and held.decision_id == row.id else None


def _made(held: Held) -> Made:
    return Made(children.KIND, children.EFFECT, held.rule, held.version, held.inputs)


def _passing(held: Held) -> Decision:
    """Give the decision that holds a session of which nothing is kept, as if it were on record."""
    made, at = _made(held), datetime.fromtimestamp(held.at, UTC)
    return Decision(
        id=held.decision,
        kind=made.kind,
        at=at,
        effect=made.effect,
        rule=made.rule,
        version=made.version,
        inputs=dict(made.inputs),
    )
