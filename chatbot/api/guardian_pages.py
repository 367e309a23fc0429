"""The guardian's pages. A link that was mailed, or given by staff, is the key to them; no cookie is set.

/guardian/{code}            who asks, what for, how to be identified        (the code that the child handed on)
/guardian/confirm/{pass}    a confirmation of the address, first or second  (mailed)
/guardian/portal/{pass}     the decision, then the portal                   (mailed, or from staff or provider)
/guardian/login, /report    a new link; a child who chats without permission
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from chatbot.api import access, rendering
from chatbot.api.access import Worker
from chatbot.conversation import children
from chatbot.errors import ChatbotError, InvalidRequest, NotFound
from chatbot.guardians import deciding, identify, reviewing, rows
from chatbot.guardians.pages import Pages, heading, paragraph
from chatbot.guardians.parts import Use
from chatbot.observe.middleware import CSP
from consent import ledger
from consent.guardian import Act, Stage, open_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatbot.services import Services

NO_SCRIPTS = CSP.replace("script-src 'self'", "script-src 'none'")
_SCRIPT = re.compile(r"\s*<script[^>]*></script>")
_SESSION = re.compile(r"[0-9a-f]{32}")
_DECISIONS = {"refuse": Act.REFUSE, "pause": Act.PAUSE, "resume": Act.RESUME, "revoke": Act.REVOKE}
_ENDED = {"refuse": "refused", "revoke": "revoked"}
_SAID = {"choices": "saved", "erase": "erased", "pause": "paused", "annotate": "noted"}


class GuardianPages(Controller):
    """What a guardian opens in a browser."""

    path = "/guardian"
    include_in_schema = False
    media_type = MediaType.HTML
    exception_handlers = {ChatbotError: lambda _request, error: _problem(error)}  # noqa: RUF012 — Litestar's attribute

    @get("/login", sync_to_thread=False)
    def login(self, request: Request[Any, Any, Any], services: Worker) -> Response[str]:
        """Ask for the address under which the page is found again."""
        return _page(_language(request, services), Pages(services, _language(request, services)).login())

    @post("/login", status_code=200)
    async def mail_links(self, request: Request[Any, Any, Any], services: Worker) -> Response[str]:
        """Mail a link when the address is known; the answer is the same when it is not."""
        await services.limits.count("session", access.address(request, services))
        address, language = str((await request.form()).get("value", "")), _language(request, services)
        for row in await reviewing.log_in(services, address):
            token = services.guardians.portal(row.id).rpartition("/")[2]
            await identify.send(services, row.language, address, "login", token)
        return _page(language, Pages(services, language).told("login_title", "login_sent"))

    @get("/report", sync_to_thread=False)
    def report(self, request: Request[Any, Any, Any], services: Worker) -> Response[str]:
        """Ask for the reference of a conversation in which a child writes."""
        language = _language(request, services)
        return _page(language, Pages(services, language).ask("report", "/guardian/report"))

    @post("/report", status_code=200)
    async def reported(self, request: Request[Any, Any, Any], services: Worker) -> Response[str]:
        """Hold the conversation at once."""
        await services.limits.count("session", access.address(request, services))
        reference, language = str((await request.form()).get("value", "")).strip(), _language(request, services)
        if not _SESSION.fullmatch(reference):
            raise InvalidRequest("A reference has 32 letters and digits. Please copy the whole of it.")
        await children.hold(services, reference, source="guardian", rule="reported")
        return _page(language, Pages(services, language).told("report_title", "reported", "appeal"))

    @get("/provider")
    async def to_provider(self, services: Worker, code: FromQuery[str]) -> Redirect:
        """Send the guardian to the identity provider, with nothing but a sealed number."""
        parts = services.guardians
        async with services.database.transaction() as session:
            row = await rows.find_code(session, code)
            rows.read(row)
        if not parts.provider_url:
            raise NotFound("There is no identity provider here.")
        if row.stage in {Stage.INVITED, Stage.IDENTIFIED}:
            await identify.begin(services, code, "provider_local")
        request = parts.make_pass(row.id, Use.PROVIDER, 3600)
        query = urlencode({"request": request, "return": parts.link("/guardian/callback")})
        return Redirect(f"{parts.provider_url}?{query}", status_code=303)

    @get("/callback")
    async def from_provider(self, services: Worker, assertion: FromQuery[str], signature: FromQuery[str]) -> Redirect:
        """Take the provider's signed answer."""
        return Redirect(await identify.asserted(services, assertion, signature), status_code=303)

    @get("/confirm/{token:str}")
    async def confirm(self, request: Request[Any, Any, Any], services: Worker, token: FromPath[str]) -> Response[str]:
        """Show the button; a mail scanner that only opens the link confirms nothing."""
        language = _language(request, services)
        return _page(language, Pages(services, language).confirm(token))

    @post("/confirm/{token:str}", status_code=200)
    async def confirmed(self, services: Worker, token: FromPath[str]) -> Response[str]:
        """Take a confirmation: after the first one waits, after the second one decides."""
        try:
            row = await identify.confirm_first(services, token)
        except NotFound:
            row = await identify.confirm_second(services, token)
            return Redirect(services.guardians.portal(row.id), status_code=303)
        return _page(row.language, Pages(services, row.language).told("first_done_title", "first_done_text"))

    @get("/portal/{token:str}")
    async def portal(self, services: Worker, token: FromPath[str]) -> Response[str]:
        """Show the decision, or the portal."""
        return await _portal(services, token)

    @post("/portal/{token:str}", status_code=200)
    async def act(self, request: Request[Any, Any, Any], services: Worker, token: FromPath[str]) -> Response[str]:
        """Do what a button of the portal says."""
        identity, sent = services.guardians.open_pass(token, Use.PORTAL), await request.form()
        act, code = str(sent.get("act", "")), None
        if act in {"consent", "choices"}:
            choices = dict.fromkeys(map(str, sent.getall("purpose", [])), True)
            code = await deciding.consent(services, identity, choices, str(sent.get("version", "")))
        elif act == "code":
            code = await deciding.renew_code(services, identity)
        elif act == "erase":
            await deciding.erase(services, identity)
        elif act == "annotate":
            await _annotate(services, identity, sent)
        elif act in _DECISIONS:
            await deciding.decide(services, identity, _DECISIONS[act])
        else:
            raise InvalidRequest("Use one of the buttons of the page.")
        return await _portal(services, token, act, code)

    @get("/portal/{token:str}/receipt", media_type=MediaType.JSON)
    async def receipt(self, services: Worker, token: FromPath[str]) -> dict[str, Any]:
        """Give the signed receipt of what the guardian decided."""
        view = await reviewing.view(services, services.guardians.open_pass(token, Use.PORTAL))
        async with services.database.reading() as session:
            events = await ledger.history(session, view.row.subject_id or "")
        if not events:
            raise NotFound("Nothing was decided yet.")
        return services.receipts.issue(events, view.row.language, stored=True)

    @get("/{code:str}")
    async def invitation(self, services: Worker, code: FromPath[str]) -> Response[str]:
        """Show who asks and what for."""
        async with services.database.transaction() as session:
            row = await rows.find_code(session, code)
        pages = Pages(services, row.language)
        if Act.EXPIRE not in open_steps(Stage(row.stage)) or row.expires_at <= datetime.now(UTC):
            return _page(row.language, pages.told("over_title", "over_text"))
        return _page(row.language, pages.invitation(row, code))

    @post("/{code:str}", status_code=200)
    async def begin(self, request: Request[Any, Any, Any], services: Worker, code: FromPath[str]) -> Response[str]:
        """Begin the way of identification that was chosen."""
        await services.limits.count("session", access.address(request, services))
        sent = await request.form()
        method = str(sent.get("act", ""))
        await identify.begin(services, code, method, str(sent.get("value", "")).strip())
        async with services.database.transaction() as session:
            row = await rows.find_code(session, code)
        said = "sent" if method == "email_plus" else "form_sent"
        return _page(row.language, Pages(services, row.language).told(f"{said}_title", f"{said}_text"))


async def _portal(services: Services, token: str, act: str = "", code: str | None = None) -> Response[str]:
    view = await reviewing.view(services, services.guardians.open_pass(token, Use.PORTAL))
    pages, stage, action = Pages(services, view.row.language), Stage(view.row.stage), f"/guardian/portal/{token}"
    if stage is Stage.VERIFIED:
        body = pages.choose(action)
    elif stage in {Stage.ACTIVE, Stage.PAUSED}:
        said = pages.say(_SAID[act]) if act in _SAID else ""
        body = pages.portal(view, action, said, code)
    elif act in _ENDED:
        body = pages.told(f"{_ENDED[act]}_title", f"{_ENDED[act]}_text")
    else:
        body = pages.told("over_title", "over_text")
    return _page(view.row.language, body)


async def _annotate(services: Services, identity: str, sent: Mapping[str, Any]) -> None:
    number = str(sent.get("turn", ""))
    if not number.isdecimal():
        raise InvalidRequest("Use the form beside the message.")
    await reviewing.annotate(
        services, identity, str(sent.get("session", "")), int(number), str(sent.get("value", ""))
    )


def _language(request: Request[Any, Any, Any], services: Services) -> str:
    wanted = [request.query_params.get("language"), *request.headers.get("Accept-Language", "").split(",")]
    return services.notices.best(*(tag.split(";")[0] for tag in wanted if tag)).language


def _problem(error: ChatbotError) -> Response[str]:
    return _page("en", heading(escape(error.title)) + paragraph(escape(error.detail)), error.status)


def _page(language: str, body: str, status: int = 200) -> Response[str]:
    title = re.sub(r"<[^>]+>", "", body.partition("</h1>")[0])
    # The address of such a page is a key, so no script runs in it.
    page = _SCRIPT.sub("", rendering.shell(title, body, language=language))
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": NO_SCRIPTS}
    return Response(page, media_type=MediaType.HTML, status_code=status, headers=headers)
