"""Cookie choices: the script for the pages, the question, the answer, and a form that works without JavaScript."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple
from urllib.parse import urlsplit

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromQuery, JSONBody
from litestar.response import Redirect
from msgspec import Meta, Struct

from chatbot.api import access
from chatbot.api.access import Worker
from chatbot.api.shell import Shell
from chatbot.api.site import WIDGET
from chatbot.api.wire import Language, Wire
from chatbot.cookies import form
from chatbot.cookies.choice import NAME, Choice, parse
from chatbot.cookies.filter import standing
from chatbot.cookies.recording import Pressed, record
from chatbot.cookies.registry import ADULTS_ONLY, OPTIONAL, Asked
from chatbot.errors import ConsentStale, InvalidRequest, NotForMinors
from consent import law, signals
from consent.sources import Source

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
        today = datetime.now(UTC).date()
        rule = law.validity(law.ELSEWHERE, today)
        served = {
            "version": services.cookies.version,
            "objects": sent.objects,
            "name": NAME,
            "longest": rule.max_days,
            "refusal": rule.refusal_days,
            "services": services.cookies.standing(today),
            "adults": ADULTS_ONLY,
        }
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
        categories = asked.categories(datetime.now(UTC).date())
        return {"version": asked.version, "words": words, "categories": categories, "policy": "/cookies"}

    @post("/v1/cookies", status_code=200)
    async def choose(
        self, request: Request[Any, Any, Any], services: Worker, data: JSONBody[NewCookieChoice]
    ) -> Response[CookieChoiceOut]:
        """Take a choice: a yes and its end are kept in the ledger, a plain no is kept by the visitor alone.

        With the token of somebody under age, nothing that profiles or advertises can be agreed to.
        """
        _of_age(request, services, data.categories)
        asked = services.cookies.asked(data.language)
        if data.categories and data.version != asked.version:
            raise ConsentStale("Our cookies have changed. Please choose again.", notice_version=asked.version)
        before = parse(data.before, datetime.now(UTC).date())
        choice = await _take(request, services, asked, _Answer(data.control, data.categories), before)
        body = CookieChoiceOut(value=choice.text(), categories=sorted(choice.categories), until=choice.until)
        return Response(body, cookies=[_cookie(request, choice)])

    @get(form.PATH, media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
    def settings(
        self,
        request: Request[Any, Any, Any],
        services: Worker,
        saved: FromQuery[str | None] = None,
    ) -> Response[str]:
        """Show the choices as a plain form."""
        shell, choice = Shell(request, services), standing(request.headers.get("Cookie", ""))
        asked = services.cookies.asked(shell.language)
        body = form.html_of(asked, choice, saved=saved is not None, keep=shell.keep)
        page = shell.page(asked.words.settings, body)
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
        shell = Shell(request, services)
        asked = services.cookies.asked(shell.language)
        choice = await _take(request, services, asked, _Answer(control, ticked, Source.FORM), before)
        query = f"{shell.keep}&" if shell.keep else "?"
        return Redirect(f"{form.PATH}{query}saved=yes", status_code=303, cookies=[_cookie(request, choice)])


class _Answer(NamedTuple):
    """What was pressed, what was ticked, and through which channel it came."""

    control: str
    categories: Iterable[str]
    source: Source = Source.COOKIES


async def _take(
    request: Request[Any, Any, Any], services: Services, asked: Asked, answer: _Answer, before: Choice | None
) -> Choice:
    _from_our_pages(request, services)
    await services.limits.count("session", access.address(request, services))
    sent = signals.read(request.headers.multi_items())
    how = Pressed(asked, answer.control, _country(request), sent, answer.source)
    choice = await record(services.database, before, answer.categories, how, now=datetime.now(UTC))
    services.metrics.cookie_choice("yes" if choice.categories else "no")
    return choice


def _of_age(request: Request[Any, Any, Any], services: Services, categories: Iterable[str]) -> None:
    """Refuse a yes to what exists for adults only when it comes with the token of somebody under age."""
    if "Authorization" not in request.headers or not set(categories) & set(ADULTS_ONLY):
        return
    if access.claims(request, services).minor:
        raise NotForMinors("Statistics and advertising stay off for everybody under 18. Choose again without them.")


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
