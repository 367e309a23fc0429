"""The child's side of the guardian flow: an invitation to hand on, the way in, the words for a child."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import Controller, Request, get, post
from litestar.params import FromQuery, JSONBody
from msgspec import Meta, Struct

from chatbot.api import access
from chatbot.api.access import Worker
from chatbot.api.wire import Country, Language, SessionOut, Wire
from chatbot.conversation import children
from chatbot.guardians import deciding, identify

Code = Annotated[str, Meta(min_length=12, max_length=20, examples=["AB2C-D3EF-4GHJ"])]


class NewInvitation(Wire):
    """Nothing about the child: the country whose law counts, and a language for the guardian's page."""

    country: Country
    language: Language = "en"


class InvitationOut(Struct, kw_only=True):
    """What the child hands on; it cannot be shown again."""

    code: str
    link: str
    expires_at: datetime


class NewChildSession(Wire):
    """The code that the guardian gave."""

    code: Code
    language: Language = "en"


class NewChildReport(Wire):
    """The reference of a conversation in which a child writes without permission."""

    session: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class ReportOut(Struct, kw_only=True):
    """The report is taken; whether there is such a conversation is not said."""

    received: bool
    message: str


class Guardian(Controller):
    """What the widget asks for a child."""

    path = "/v1/guardian"
    tags = ("guardian",)

    @post("/invitations")
    async def invite(
        self, request: Request[Any, Any, Any], services: Worker, data: JSONBody[NewInvitation]
    ) -> InvitationOut:
        """Make an invitation for a parent or guardian. Only its random id, country, language and end are kept."""
        await services.limits.count("session", access.address(request, services))
        code, end = await identify.new_invitation(services, data.country, data.language)
        return InvitationOut(code=code, link=services.guardians.link(f"/guardian/{code}"), expires_at=end)

    @post("/sessions")
    async def enter(
        self, request: Request[Any, Any, Any], services: Worker, data: JSONBody[NewChildSession]
    ) -> SessionOut:
        """Begin a child's session with the guardian's code and choices; it is always a minor's."""
        await services.limits.count("session", access.address(request, services))
        admitted = await deciding.enter(services, data.code, data.language)
        notice, claims = services.notices.best(data.language), admitted.claims
        return SessionOut(
            id=claims.session_id if claims else None,
            token=admitted.token,
            state=admitted.state.value,  # type: ignore[arg-type]  # a guardian's child is stored or ephemeral
            language=notice.language,
            message=notice.message(admitted.state),
            expires_at=datetime.fromtimestamp(claims.expires, UTC) if claims else None,
            minor=admitted.minor,
        )

    @post("/reports", status_code=202)
    async def report(
        self, request: Request[Any, Any, Any], services: Worker, data: JSONBody[NewChildReport]
    ) -> ReportOut:
        """Report that a child is chatting without permission: the conversation stops at once."""
        await services.limits.count("session", access.address(request, services))
        await children.hold(services, data.session, children.Found("guardian", "reported"))
        return ReportOut(received=True, message=services.guardians.words_for("en").text["reported"])

    @get("/child", sync_to_thread=False)
    def words(self, services: Worker, language: FromQuery[str | None] = None) -> dict[str, Any]:
        """Give what a child reads: the notice in plain words, the card of rights, the reminder to take a break."""
        return services.guardians.words_for(services.notices.best(language).language).child.model_dump()
