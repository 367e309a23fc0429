"""What a visitor may do with their own: see and change choices, end and erase."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from litestar import Controller, Request, Response, delete, get, post, put
from litestar.params import FromQuery, JSONBody

from chatbot.api import access
from chatbot.api.access import Worker
from chatbot.api.decisions import kept_by_law, mine
from chatbot.api.wire import Acknowledged, ChoicesOut, ErasedOut, NewAcknowledgement, NewChoices
from chatbot.consents.receipts import told
from chatbot.conversation import choices, objecting
from chatbot.conversation.sessions import Wish


class Me(Controller):
    """The visitor's own."""

    path = "/v1/me"
    tags = ("me",)

    @get("/consents")
    async def standing(
        self, request: Request[Any, Any, Any], services: Worker, language: FromQuery[str | None] = None
    ) -> ChoicesOut:
        """Give the choices that stand, in words of `language`; without one, of the conversation's."""
        claims = access.claims(request, services)
        words = services.notices.best(language, claims.language).language
        return ChoicesOut(
            consents=dict(await choices.standing(services, claims)),
            notice_version=claims.notice_version,
            state="stored" if claims.stored else "ephemeral",
            subject_type=claims.subject_type,
            objections=await objecting.shown(services, await choices.today(services, claims), words),
        )

    @put("/consents")
    async def choose(
        self, request: Request[Any, Any, Any], services: Worker, data: JSONBody[NewChoices]
    ) -> ChoicesOut:
        """Put other choices into effect at once; the old token is replaced."""
        claims = access.claims(request, services)
        await services.limits.count("message", claims.session_id)
        wish = Wish(claims.country, data.consents, data.notice_version, data.language or claims.language)
        before = await mine(services, claims)
        changed = await choices.change(services, claims, wish, data.state)
        return ChoicesOut(
            consents=dict(changed.granted),
            notice_version=changed.claims.notice_version,
            state="stored" if changed.claims.stored else "ephemeral",
            subject_type=changed.claims.subject_type,
            objections=await objecting.shown(services, changed.claims, changed.claims.language),
            token=services.seals.token(changed.claims),
            conversation=changed.conversation,
            held=None if changed.claims.stored else await kept_by_law(services, before, claims.language),
        )

    @get("/consents/receipt")
    async def receipt(self, request: Request[Any, Any, Any], services: Worker) -> Response[dict[str, Any]]:
        """Give a signed receipt over the choices (ISO/IEC TS 27560); `chatbot verify receipt` checks it offline."""
        claims = access.claims(request, services)
        events = await choices.history(services, claims)
        made = services.receipts.issue(
            events, claims.language, stored=claims.stored, subject_type=claims.subject_type
        )
        return Response(made, headers={"Content-Disposition": 'attachment; filename="consent-receipt.json"'})

    @get("/consents/history")
    async def history(self, request: Request[Any, Any, Any], services: Worker) -> dict[str, Any]:
        """Give every answer, oldest first; without a stored conversation, those that the token holds."""
        claims = access.claims(request, services)
        return {"events": [told(event) for event in await choices.history(services, claims)]}

    @post("/acknowledgements")
    async def acknowledge(
        self, request: Request[Any, Any, Any], services: Worker, data: JSONBody[NewAcknowledgement]
    ) -> Acknowledged:
        """Say that a notice was seen. It agrees to nothing, and is kept only beside a stored conversation."""
        claims = access.claims(request, services)
        await services.limits.count("message", claims.session_id)
        kept = await choices.acknowledge(services, claims, data.notice_version)
        return Acknowledged(notice_version=data.notice_version, kept=kept)

    @delete("/", status_code=200)
    async def erase(self, request: Request[Any, Any, Any], services: Worker) -> ErasedOut:
        """End the session and erase what is kept of it; the ledger keeps proof that names nobody.

        `held` says when a law keeps what was said for a while, closed and unread.
        """
        claims = access.claims(request, services)
        before = await mine(services, claims)
        reference = await choices.erase(services, claims)
        held = await kept_by_law(services, before, claims.language)
        return ErasedOut(erased=True, at=datetime.now(UTC), reference=reference, held=held)
