"""What a visitor objects to, and what others did with a kept conversation."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, get, put
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from chatbot.api import access
from chatbot.api.access import Worker
from chatbot.api.wire import ChoicesOut, Wire
from chatbot.conversation import choices, objecting
from chatbot.conversation.access_log import BEGIN, CURSOR, access_log

Objections = Annotated[dict[str, bool], Meta(max_length=20, examples=[{"statistics": True}])]
After = Annotated[str, QueryParameter(pattern=CURSOR, description="The `next` of the page before.")]
Limit = Annotated[int, QueryParameter(ge=1, le=50, description="Entries on the page.")]


class NewObjections(Wire):
    """The purposes that the visitor objects to (true), or no longer (false)."""

    purposes: Objections


class Mine(Controller):
    """The visitor's own, beside the choices."""

    path = "/v1/me"
    tags = ("me",)

    @put("/objections")
    async def put_objections(
        self, request: Request[Any, Any, Any], services: Worker, data: JSONBody[NewObjections]
    ) -> ChoicesOut:
        """Object, or take it back; at once where the register says so, after an officer's decision elsewhere."""
        claims = await choices.today(services, access.claims(request, services))
        await services.limits.count("message", claims.session_id)
        new = await objecting.put(services, claims, data.purposes)
        return ChoicesOut(
            consents=dict(await choices.standing(services, new)),
            notice_version=new.notice_version,
            state="stored" if new.stored else "ephemeral",
            subject_type=new.subject_type,
            objections=await objecting.shown(services, new, new.language),
            token=services.seals.token(new),
        )

    @get("/access-log")
    async def access_log(
        self, request: Request[Any, Any, Any], services: Worker, after: After = BEGIN, limit: Limit = 20
    ) -> dict[str, Any]:
        """Give every act on the kept conversation, and every refusal, newest first; none when nothing is kept."""
        claims = await choices.today(services, access.claims(request, services))
        entries, following = await access_log(services.database, claims, after, limit)
        return {"entries": entries, "next": following}
