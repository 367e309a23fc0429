"""Automated decisions about a visitor, and the button for a person to look at them; open while a session is held."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from msgspec import Struct

from chatbot.api import access
from chatbot.api.access import Worker
from chatbot.conversation import choices
from chatbot.conversation.sessions import AGE_KIND
from chatbot.decisions import holds
from chatbot.errors import NotFound
from chatbot.officers import reviewing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatbot.conversation.sessions import Admitted
    from chatbot.seals import Claims
    from chatbot.services import Services


class DecisionsOut(Struct, kw_only=True):
    """Every automated decision about this visitor, oldest first: `inputs` holds ids and scores, never words."""

    decisions: list[dict[str, Any]]


class ReviewOut(Struct, kw_only=True):
    """A person will look at it."""

    id: str
    asked_at: datetime


class Decisions(Controller):
    """What a rule decided, and how to have it looked at."""

    path = "/v1/me/decisions"
    tags = ("me",)

    @get("/")
    async def decisions(self, request: Request[Any, Any, Any], services: Worker) -> DecisionsOut:
        """List them; of a visitor of whom nothing is kept, the one that holds the session now."""
        claims = access.claims(request, services)
        return DecisionsOut(decisions=[reviewing.shown(row) for row in await reviewing.listed(services, claims)])

    @post("/{decision_id:str}/review", status_code=202)
    async def review(
        self, request: Request[Any, Any, Any], services: Worker, decision_id: FromPath[str]
    ) -> ReviewOut:
        """Ask for a person to look at it. What was held waits meanwhile, for the days that the site allows."""
        claims = access.claims(request, services)
        await services.limits.count("message", claims.session_id)
        row = await reviewing.ask(services, claims, decision_id)
        if row.asked_at is None:
            raise NotFound("A person has decided this already.")
        return ReviewOut(id=row.id, asked_at=row.asked_at)


def about_age(services: Services, admitted: Admitted, language: str) -> dict[str, str] | None:
    """Say by which rule somebody was refused for their age, and who looks at it; only a count of it is kept."""
    if not admitted.rule:
        return None
    contact = services.notices.best(language).party.support
    return {"kind": AGE_KIND, "rule": "consent.age", "version": admitted.rule, "human_review": contact}


async def mine(services: Services, claims: Claims) -> Sequence[str]:
    """Name a visitor's conversations before they are erased; this one, when nothing is kept any more."""
    with contextlib.suppress(NotFound):
        return await choices.mine_of(services, await choices.today(services, claims))
    return [claims.session_id]


async def kept_by_law(services: Services, sessions: Sequence[str], language: str) -> dict[str, str] | None:
    """Say which law keeps what was to be erased, and until when at the latest; None when all of it is gone."""
    async with services.database.reading() as session:
        hold = await holds.frozen(session, sessions)
    if hold is None:
        return None
    law, until = holds.law_of(hold), hold.until.date().isoformat()
    text = services.notices.best(language).strings["held_by_law"]
    return {"law": law, "until": until, "message": text.format(law=law, date=until)}
