"""The guardian's pages. A link that was mailed, or given by staff, is the key to them; no cookie is set.

/guardian/{code}            who asks, what for, how to be identified        (the code that the child handed on)
/guardian/confirm/{pass}    a confirmation of the address, first or second  (mailed)
/guardian/portal/{pass}     the decision, then the portal                   (mailed, or from staff or provider)
/guardian/login, /report    a new link; a child who chats without permission
"""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from chatbot.api import access
from chatbot.api.access import Worker
from chatbot.api.decisions import kept_by_law
from chatbot.api.shell import Shell, failed, private
from chatbot.conversation import children
from chatbot.errors import ChatbotError, InvalidRequest, NotFound
from chatbot.guardians import deciding, identify, reviewing, rows
from chatbot.guardians.pages import Pages, heading, paragraph
from chatbot.guardians.parts import Use
from consent import ledger
from consent.guardian import Act, Stage, open_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatbot.services import Services

_SESSION = re.compile(r"[0-9a-f]{32}")
_DECISIONS = {"refuse": Act.REFUSE, "pause": Act.PAUSE, "resume": Act.RESUME, "revoke": Act.REVOKE}
_ENDED = {"refuse": "refused", "revoke": "revoked"}
_SAID = {"choices": "saved", "erase": "erased", "pause": "paused", "annotate": "noted"}


def _problem(request: Request[Any, Any, Any], error: ChatbotError) -> Response[str]:
    return failed(Shell(request, request.app.state.services), error.problem(), error.status)


class GuardianPages(Controller):
    """What a guardian opens in a browser."""

    path = "/guardian"
    include_in_schema = False
    media_type = MediaType.HTML
    exception_handlers = {ChatbotError: _problem}  # noqa: RUF012 — Litestar's attribute

    @get("/login", sync_to_thread=False)
    def login(self, request: Request[Any, Any, Any], services: Worker) -> Response[str]:
        """Ask for the address under which the page is found again."""
        shell = Shell(request, services)
        return private(shell, Pages(services, shell.language).login())

    @post("/login", status_code=200)
    async def mail_links(self, request: Request[Any, Any, Any], services: Worker) -> Response[str]:
        """Mail a link when the address is known; the answer is the same, and as quick, when it is not."""
        await services.limits.count("session", access.address(request, services))
        address, shell = str((await request.form()).get("value", "")).strip(), Shell(request, services)
        page = private(shell, Pages(services, shell.language).told("login_title", "login_sent"))
        page.background = BackgroundTask(_mail_links, services, address)
        return page

    @get("/report", sync_to_thread=False)
    def report(self, request: Request[Any, Any, Any], services: Worker) -> Response[str]:
        """Ask for the reference of a conversation in which a child writes."""
        shell = Shell(request, services)
        return private(shell, Pages(services, shell.language).ask("report"))

    @post("/report", status_code=200)
    async def reported(self, request: Request[Any, Any, Any], services: Worker) -> Response[str]:
        """Hold the conversation at once."""
        await services.limits.count("session", access.address(request, services))
        reference, shell = str((await request.form()).get("value", "")).strip(), Shell(request, services)
        if not _SESSION.fullmatch(reference):
            raise InvalidRequest("A reference has 32 letters and digits. Please copy the whole of it.")
        await children.hold(services, reference, children.Found("guardian", "reported"))
        return private(shell, Pages(services, shell.language).told("report_title", "reported", "appeal"))

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
    async def confirm(self, request: Request[Any, Any, Any], services: Worker) -> Response[str]:
        """Show the button; a mail scanner that only opens the link confirms nothing."""
        shell = Shell(request, services)
        return private(shell, Pages(services, shell.language).confirm())

    @post("/confirm/{token:str}", status_code=200)
    async def confirmed(
        self, request: Request[Any, Any, Any], services: Worker, token: FromPath[str]
    ) -> Response[str]:
        """Take a confirmation: after the first one waits, after the second one decides."""
        try:
            row = await identify.confirm_first(services, token)
        except NotFound:
            row = await identify.confirm_second(services, token)
            return Redirect(services.guardians.portal(row.id) + Shell(request, services).keep, status_code=303)
        shell = Shell(request, services, row.language)
        return private(shell, Pages(services, shell.language).told("first_done_title", "first_done_text"))

    @get("/portal/{token:str}")
    async def portal(self, request: Request[Any, Any, Any], services: Worker, token: FromPath[str]) -> Response[str]:
        """Show the decision, or the portal."""
        return await _portal(request, services, token)

    @post("/portal/{token:str}", status_code=200)
    async def act(self, request: Request[Any, Any, Any], services: Worker, token: FromPath[str]) -> Response[str]:
        """Do what a button of the portal says."""
        identity, sent = services.guardians.open_pass(token, Use.PORTAL), await request.form()
        act, code, ended = str(sent.get("act", "")), None, list[str]()
        await _speak(request, services, identity)
        if act in {"consent", "choices"}:
            choices = dict.fromkeys(map(str, sent.getall("purpose", [])), True)
            code = await deciding.consent(services, identity, choices, str(sent.get("version", "")))
        elif act == "code":
            code = await deciding.renew_code(services, identity)
        elif act == "erase":
            ended = await deciding.erase(services, identity)
        elif act == "annotate":
            await _annotate(services, identity, sent)
        elif act in _DECISIONS:
            ended = await deciding.decide(services, identity, _DECISIONS[act])
        else:
            raise InvalidRequest("Use one of the buttons of the page.")
        shell = Shell(request, services)
        if kept := await kept_by_law(services, ended, shell.language):
            told = heading(Pages(services, shell.language).say("erase_title")) + paragraph(escape(kept["message"]))
            return private(shell, told)
        return await _portal(request, services, token, act, code)

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
    async def invitation(
        self, request: Request[Any, Any, Any], services: Worker, code: FromPath[str]
    ) -> Response[str]:
        """Show who asks and what for."""
        async with services.database.transaction() as session:
            row = await rows.find_code(session, code)
        shell = Shell(request, services, row.language)
        pages = Pages(services, shell.language)
        if Act.EXPIRE not in open_steps(Stage(row.stage)) or row.expires_at <= datetime.now(UTC):
            return private(shell, pages.told("over_title", "over_text"))
        return private(shell, pages.invitation(row, code))

    @post("/{code:str}", status_code=200)
    async def begin(self, request: Request[Any, Any, Any], services: Worker, code: FromPath[str]) -> Response[str]:
        """Begin the way of identification that was chosen."""
        await services.limits.count("session", access.address(request, services))
        sent = await request.form()
        method = str(sent.get("act", ""))
        async with services.database.transaction() as session:
            row = await rows.find_code(session, code)
        await _speak(request, services, row.id)
        await identify.begin(services, code, method, str(sent.get("value", "")).strip())
        shell, said = Shell(request, services, row.language), "sent" if method == "email_plus" else "form_sent"
        return private(shell, Pages(services, shell.language).told(f"{said}_title", f"{said}_text"))


async def _mail_links(services: Services, address: str) -> None:
    with contextlib.suppress(ChatbotError):  # the answer is given already, and tells nothing
        await services.limits.count("subscribe", services.guardians.print_of(address))
        for row in await reviewing.log_in(services, address):
            token = services.guardians.portal(row.id).rpartition("/")[2]
            await identify.send(services, row.language, address, "login", token)


async def _portal(
    request: Request[Any, Any, Any], services: Services, token: str, act: str = "", code: str | None = None
) -> Response[str]:
    view = await reviewing.view(services, services.guardians.open_pass(token, Use.PORTAL))
    shell, stage = Shell(request, services, view.row.language), Stage(view.row.stage)
    pages = Pages(services, shell.language)
    if stage is Stage.VERIFIED:
        body = pages.choose()
    elif stage in {Stage.ACTIVE, Stage.PAUSED}:
        said = pages.say(_SAID[act]) if act in _SAID else ""
        body = pages.portal(view, f"/guardian/portal/{token}/receipt", said, code)
    elif act in _ENDED:
        body = pages.told(f"{_ENDED[act]}_title", f"{_ENDED[act]}_text")
    else:
        body = pages.told("over_title", "over_text")
    return private(shell, body)


async def _annotate(services: Services, identity: str, sent: Mapping[str, Any]) -> None:
    number = str(sent.get("turn", ""))
    if not number.isdecimal():
        raise InvalidRequest("Use the form beside the message.")
    await reviewing.annotate(
        services, identity, str(sent.get("session", "")), int(number), str(sent.get("value", ""))
    )


async def _speak(request: Request[Any, Any, Any], services: Services, identity: str) -> None:
    """Keep the language that the guardian named: what is agreed to, and later mails, are in its words."""
    shell = Shell(request, services)
    if shell.keep:
        async with services.database.transaction() as session:
            (await rows.find(session, identity, lock=True)).language = shell.language
