"""Subscribing by e-mail: an interface for programs, and pages that work without any script.

    /subscribe                   the form                                        POST: a mail with a link
    /subscribe/confirm/{link}    the mail's link, with a button                  POST: the yes is kept
    /subscribe/manage/{pass}     choices, history, receipt, the end              /subscribe/manage: a new link by mail
    /subscribe/stop/{pass}       one click, as mail programs do it (RFC 8058)    GET: a button

What is in such a link is sealed, so these pages are kept nowhere and run no script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from chatbot.api import access
from chatbot.api.access import Worker
from chatbot.api.shell import Shell, private
from chatbot.api.wire import Choices, Country, Language, Wire
from chatbot.errors import ConsentStale, InvalidRequest
from chatbot.subscriptions import asking, choosing, errands
from chatbot.subscriptions.asking import Wish
from chatbot.subscriptions.pages import Pages
from chatbot.subscriptions.parts import REQUEST_HOURS, Use
from consent.egress import is_address

if TYPE_CHECKING:
    from litestar.datastructures import FormMultiDict

    from chatbot.services import Services


class NewSubscription(Wire):
    """Where to write, and about what; the month of birth is judged and dropped."""

    email: Annotated[str, Meta(max_length=320, examples=["name@example.org"])]
    country: Country
    born: Annotated[str, Meta(max_length=7, examples=["1990-07"], description="Year and month.")]
    purposes: Choices
    language: Language = "en"


class SubscriptionOut(Struct, kw_only=True):
    """The same for everybody: nothing is kept until the link in a mail is confirmed."""

    accepted: bool
    message: str


class Subscriptions(Controller):
    """The interface for programs."""

    path = "/v1/subscriptions"
    tags = ("subscriptions",)

    @post("/", status_code=202)
    async def subscribe(
        self, request: Request[Any, Any, Any], services: Worker, data: JSONBody[NewSubscription]
    ) -> Response[SubscriptionOut]:
        """Ask to be written to. A mail asks to confirm; until then nothing is kept."""
        await services.limits.count("session", access.address(request, services))
        await asking.ask(services, Wish(data.email.strip(), data.language, data.country, data.born, data.purposes))
        notice = services.notices.best(data.language)
        message = Pages(services, notice.language).words.say("sent_text", hours=REQUEST_HOURS)
        return Response(SubscriptionOut(accepted=True, message=message), background=_errands(services))


class SubscribePages(Controller):
    """What a person opens in a browser."""

    path = "/subscribe"
    include_in_schema = False
    media_type = MediaType.HTML

    @get("/", sync_to_thread=False)
    def form(self, request: Request[Any, Any, Any], services: Worker) -> Response[str]:
        """Show the form."""
        shell, pages = _pages(request, services)
        return Response(shell.page(pages.words.say("title"), pages.ask()), media_type=MediaType.HTML)

    @post("/", status_code=200)
    async def ask(self, request: Request[Any, Any, Any], services: Worker) -> Response[str]:
        """Mail the link to confirm; what cannot be used is told beside the form, with everything still in it."""
        await services.limits.count("session", access.address(request, services))
        shell, pages = _pages(request, services)
        wish = _wish(await request.form(), shell.language)
        if wrong := asking.wrong(services.notices.best(shell.language), wish):
            return private(shell, pages.ask(wish, wrong), 400)
        await asking.ask(services, wish)
        page = private(shell, pages.told("sent_title", "sent_text"))
        page.background = _errands(services)
        return page

    @get("/confirm/{token:str}")
    async def confirm(self, request: Request[Any, Any, Any], services: Worker, token: FromPath[str]) -> Response[str]:
        """Show the button; a mail scanner that only opens the link confirms nothing."""
        asked = services.subscriptions.open_request(token)
        shell, pages = _pages(request, services, asked.language)
        used = await choosing.used(services.subscriptions, asked)
        return private(shell, pages.again() if used else pages.confirm(token, asked.purposes))

    @post("/confirm/{token:str}", status_code=200)
    async def confirmed(
        self, request: Request[Any, Any, Any], services: Worker, token: FromPath[str]
    ) -> Response[str]:
        """Keep the yes, and show the page on which it is changed."""
        desk = services.subscriptions
        asked = desk.open_request(token)
        shell, pages = _pages(request, services, asked.language)
        await services.limits.count("message", desk.lookup(asked.address))
        try:
            lookup = await choosing.confirm(desk, asked, await _version(request))
        except ConsentStale:
            return private(shell, pages.confirm(token, asked.purposes, stale=True), 409)
        if lookup is None:
            return private(shell, pages.again())
        view = await choosing.view(desk, lookup)
        return private(shell, pages.manage(view, desk.make_pass(lookup, Use.PAGE, gives=True), "confirmed"))

    @get("/manage", sync_to_thread=False)
    def lost(self, request: Request[Any, Any, Any], services: Worker) -> Response[str]:
        """Ask for the address under which a page is found again."""
        shell, pages = _pages(request, services)
        return private(shell, pages.find())

    @post("/manage", status_code=200)
    async def find(self, request: Request[Any, Any, Any], services: Worker) -> Response[str]:
        """Mail a link when the address is known; that is looked up after the answer."""
        await services.limits.count("session", access.address(request, services))
        shell, pages = _pages(request, services)
        address = str((await request.form()).get("email", "")).strip()
        if not is_address(address):
            return private(shell, pages.find(address, ["email"]), 400)
        await asking.find(services, address)
        page = private(shell, pages.told("find_title", "find_sent"))
        page.background = _errands(services)
        return page

    @get("/manage/{token:str}")
    async def manage(self, request: Request[Any, Any, Any], services: Worker, token: FromPath[str]) -> Response[str]:
        """Show a subscription's own page."""
        desk = services.subscriptions
        opened = desk.open_pass(token, Use.PAGE)
        view = await choosing.view(desk, opened.lookup)
        shell, pages = _pages(request, services, view.language)
        return private(shell, pages.manage(view, token, gives=opened.gives))

    @post("/manage/{token:str}", status_code=200)
    async def change(self, request: Request[Any, Any, Any], services: Worker, token: FromPath[str]) -> Response[str]:
        """Save the choices, or stop everything; without any yes the address is destroyed at once."""
        desk, sent = services.subscriptions, await request.form()
        opened = desk.open_pass(token, Use.PAGE)
        lookup = opened.lookup
        language = (await choosing.view(desk, lookup)).language
        shell, pages = _pages(request, services, language)
        if sent.get("act") == "save":
            await services.limits.count("message", lookup)
            ticked = frozenset(map(str, sent.getall("purpose", [])))
            kept = await choosing.change(desk, opened, ticked, str(sent.get("version", "")))
        elif sent.get("act") == "stop":
            kept = await choosing.stop(desk, lookup)
        else:
            raise InvalidRequest("Use one of the buttons of the page.")
        if not kept:
            return private(shell, pages.told("ended_title", "ended_text"))
        return private(shell, pages.manage(await choosing.view(desk, lookup), token, "saved", gives=opened.gives))

    @get("/manage/{token:str}/receipt", media_type=MediaType.JSON)
    async def receipt(self, services: Worker, token: FromPath[str]) -> dict[str, Any]:
        """Give the signed receipt over every answer."""
        desk = services.subscriptions
        view = await choosing.view(desk, desk.open_pass(token, Use.PAGE).lookup)
        how = desk.words_for(view.language).say("receipt_withdrawal")
        return services.receipts.issue(view.events, view.language, stored=True, withdrawal=how)

    @get("/stop/{token:str}")
    async def stopping(
        self, request: Request[Any, Any, Any], services: Worker, token: FromPath[str]
    ) -> Response[str]:
        """Show the button; opening the link stops nothing."""
        desk = services.subscriptions
        row = await choosing.known(desk, desk.open_pass(token, Use.STOP).lookup)
        shell, pages = _pages(request, services, row.language if row else "")
        return private(shell, pages.stop(token) if row else pages.told("ended_title", "ended_text"))

    @post("/stop/{token:str}", status_code=200)
    async def stop(self, request: Request[Any, Any, Any], services: Worker, token: FromPath[str]) -> Response[str]:
        """Stop what the mail was about, at once."""
        desk = services.subscriptions
        note = desk.open_pass(token, Use.STOP)
        row = await choosing.known(desk, note.lookup)
        shell, pages = _pages(request, services, row.language if row else "")
        kept = await choosing.stop(desk, note.lookup, note.purpose)
        said = ("stopped_title", "stopped_text") if kept else ("ended_title", "ended_text")
        return private(shell, pages.told(*said))


def _pages(request: Request[Any, Any, Any], services: Services, language: str = "") -> tuple[Shell, Pages]:
    shell = Shell(request, services, language)
    return shell, Pages(services, shell.language, shell.keep)


def _wish(sent: FormMultiDict, language: str) -> Wish:
    said = {name: str(sent.get(name, "")).strip() for name in ("email", "country", "month", "year")}
    ticked = dict.fromkeys(map(str, sent.getall("purpose", [])), True)
    return Wish(said["email"], language, said["country"], f"{said['year']}-{said['month']}", ticked)


async def _version(request: Request[Any, Any, Any]) -> str:
    return str((await request.form()).get("version", ""))


def _errands(services: Services) -> BackgroundTask:
    return BackgroundTask(errands.deliver, services.subscriptions)
