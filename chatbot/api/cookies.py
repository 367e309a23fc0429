"""Cookie choices: the script for the pages, the question, the answer, and a form that works without JavaScript."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromQuery, JSONBody
from litestar.response import Redirect
from msgspec import Meta, Struct

from chatbot.api import access, rendering
from chatbot.api.access import Worker
from chatbot.api.site import WIDGET
from chatbot.api.wire import Language, Wire
from chatbot.cookies import form
from chatbot.cookies.choice import NAME, Choice, parse
from chatbot.cookies.filter import standing
from chatbot.cookies.recording import Pressed, record
from chatbot.cookies.registry import OPTIONAL, Asked
from chatbot.errors import ConsentStale, InvalidRequest
from consent import law, signals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatbot.services import Services

Optional = Literal["functional", "analytics", "marketing"]
SECONDS_PER_DAY = 24 * 3600


class NewCookieChoice(Wire):
    """What was chosen, in the version of the question that was shown; `before` is the cookie's value until now."""

    categories: Annotated[list[Optional], Meta(max_length=3, examples=[["functional"]])]
    version: Annotated[str, Meta(max_length=64)]
    control: Literal["accept_all", "reject_all", "selected"]
    before: Annotated[str, Meta(max_length=80)] = ""
    language: Language = "en"


class CookieChoiceOut(Struct, kw_only=True):
    """What stands now: the value for the cookie, and the first day on which the question may come again."""

    value: str
    categories: list[str]
    until: date


class Cookies(Controller):
    """What the site may keep on a device."""

    tags = ("cookies",)

    @get("/cookies.js", media_type="text/javascript", include_in_schema=False, sync_to_thread=False)
    def script(self, request: Request[Any, Any, Any], services: Worker) -> Response[str]:
        """Give the script for every page, told what this browser asks for."""
        sent = signals.read(request.headers.multi_items())
        for name in [name for name, on in (("gpc", sent.gpc), ("dnt", sent.dnt)) if on]:
            services.metrics.privacy_signal(name)
        longest = law.validity(law.ELSEWHERE, datetime.now(UTC).date()).max_days
        served = {"version": services.cookies.version, "objects": sent.objects, "name": NAME, "longest": longest}
        text = (WIDGET / "cookies.js").read_text(encoding="utf-8").replace('"{{served}}"', json.dumps(served))
        headers = {
            "Cache-Control": "no-cache",
            "Vary": "Sec-GPC, DNT",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        return Response(text, media_type="text/javascript", headers=headers)

    @get("/v1/cookies", sync_to_thread=False)
    def question(self, services: Worker, language: FromQuery[str | None] = None) -> dict[str, Any]:
        """Give the question: its words, the four categories, and every key and service in them."""
        asked = services.cookies.asked(language)
        words = asked.words.model_dump(exclude={"categories", "days", "until_closed"})
        return {"version": asked.version, "words": words, "categories": asked.categories(), "policy": "/cookies"}

    @post("/v1/cookies", status_code=200)
    async def choose(
        self, request: Request[Any, Any, Any], services: Worker, data: JSONBody[NewCookieChoice]
    ) -> Response[CookieChoiceOut]:
        """Take a choice: a yes and its end are kept in the ledger, a plain no is kept by the visitor alone."""
        asked = services.cookies.asked(data.language)
        if data.categories and data.version != asked.version:
            raise ConsentStale("Our cookies have changed. Please choose again.", notice_version=asked.version)
        before = parse(data.before, datetime.now(UTC).date())
        choice = await _take(request, services, asked, (data.control, data.categories), before)
        body = CookieChoiceOut(value=choice.text(), categories=sorted(choice.categories), until=choice.until)
        return Response(body, cookies=[_cookie(request, choice)])

    @get(form.PATH, media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
    def settings(
        self,
        request: Request[Any, Any, Any],
        services: Worker,
        language: FromQuery[str | None] = None,
        saved: FromQuery[str | None] = None,
    ) -> Response[str]:
        """Show the choices as a plain form."""
        asked = services.cookies.asked(language)
        choice = standing(request.headers.get("Cookie", ""))
        page = rendering.shell(
            asked.words.settings, form.html_of(asked, choice, saved=saved is not None), language=asked.language
        )
        # The default, no-referrer, would make the browser send `Origin: null` with the form.
        return Response(page, media_type=MediaType.HTML, headers={"Referrer-Policy": "same-origin"})

    @post(form.PATH, include_in_schema=False)
    async def submit(self, request: Request[Any, Any, Any], services: Worker) -> Redirect:
        """Take the form's choice."""
        sent = await request.form()
        control = sent.get("control")
        if control not in {"accept_all", "reject_all", "selected"}:
            raise InvalidRequest("Choose with one of the form's buttons.")
        ticked = {"accept_all": OPTIONAL, "reject_all": (), "selected": sent.getall("category", [])}[control]
        before = standing(request.headers.get("Cookie", ""))
        asked = services.cookies.asked(None)
        choice = await _take(request, services, asked, (control, ticked), before)
        return Redirect(f"{form.PATH}?saved=yes", status_code=303, cookies=[_cookie(request, choice)])


async def _take(
    request: Request[Any, Any, Any],
    services: Services,
    asked: Asked,
    pressed: tuple[str, Iterable[str]],
    before: Choice | None,
) -> Choice:
    _from_our_pages(request, services)
    await services.limits.count("session", access.address(request, services))
    control, categories = pressed
    how = Pressed(asked, control, _country(request), signals.read(request.headers.multi_items()))
    choice = await record(services.database, before, categories, how, now=datetime.now(UTC))
    services.metrics.cookie_choice("yes" if choice.categories else "no")
    return choice


def _from_our_pages(request: Request[Any, Any, Any], services: Services) -> None:
    """Refuse an answer that another site's page sends in the visitor's name."""
    origin = request.headers.get("Origin", "")
    ours = request.headers.get("Sec-Fetch-Site") == "same-origin" or (
        bool(origin) and urlsplit(origin).netloc == request.headers.get("Host")
    )
    if not ours and origin not in services.settings.allowed_origins:
        raise InvalidRequest("Cookie choices are taken from the site's own pages only.")


def _country(request: Request[Any, Any, Any]) -> str:
    """Guess the country from the language the browser prefers (`de-AT`); elsewhere, and so strictest, without one."""
    first = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0].strip()
    return law.country_or_elsewhere(first[3:5].upper() if first[2:3] == "-" else "")


def _cookie(request: Request[Any, Any, Any], choice: Choice) -> Cookie:
    secure = request.url.scheme == "https" or request.headers.get("X-Forwarded-Proto") == "https"
    days = choice.days
    return Cookie(NAME, value=choice.text(), max_age=days * SECONDS_PER_DAY, path="/", samesite="lax", secure=secure)
