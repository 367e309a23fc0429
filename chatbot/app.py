"""The application: settings become services, services and handlers become a Litestar app.

`create` is the server's entry point: one call per worker.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from litestar import Litestar, Request
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.di import Provide

from chatbot.api.access import address
from chatbot.api.consents import NoticeVersions, ReceiptKey
from chatbot.api.cookies import Cookies
from chatbot.api.decisions import Decisions
from chatbot.api.guardian import Guardian
from chatbot.api.guardian_pages import GuardianPages
from chatbot.api.health import Health
from chatbot.api.me import Me
from chatbot.api.memory import MyMemory, OneConversation
from chatbot.api.messages import Messages
from chatbot.api.objections import Mine
from chatbot.api.problems import handlers
from chatbot.api.rights import Rights
from chatbot.api.schema import openapi
from chatbot.api.shell import for_people
from chatbot.api.site import Site, assets
from chatbot.api.subscriptions import SubscribePages, Subscriptions
from chatbot.api.visitor import Visitor
from chatbot.cookies.filter import CookieFilter
from chatbot.observe.logging import configure
from chatbot.observe.middleware import Observed
from chatbot.running import opened
from chatbot.settings import Settings
from chatbot.start import start

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from litestar.types import ASGIApp

    from chatbot.services import Services

REQUEST_BYTES = 64 * 1024


def create(settings: Settings | None = None) -> ASGIApp:
    """Make the application of one worker; raises when the settings or the data files are wrong."""
    settings = settings or Settings()
    configure(settings.log_level)
    return build(settings, start(settings))


def build(settings: Settings, services: Services) -> ASGIApp:
    """Put handlers, errors and limits round the services."""

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        async with opened(services):
            yield

    app = Litestar(
        route_handlers=[
            Visitor,
            Messages,
            Me,
            Rights,
            Mine,
            Decisions,
            MyMemory,
            OneConversation,
            Health,
            NoticeVersions,
            ReceiptKey,
            Site,
            Cookies,
            Guardian,
            GuardianPages,
            Subscriptions,
            SubscribePages,
            assets,
        ],
        dependencies={"services": Provide(lambda: services, sync_to_thread=False)},
        exception_handlers=for_people(handlers()),
        openapi_config=openapi(),
        before_request=count_address,
        request_max_body_size=REQUEST_BYTES,
        cors_config=_cors(settings),
        lifespan=[lifespan],
        logging_config=None,
        state=State({"services": services}),
    )
    return Observed(CookieFilter(app, services.cookies), services.metrics)


def _cors(settings: Settings) -> CORSConfig | None:
    """Let the registered sites embed the widget; others get no CORS headers."""
    if not settings.allowed_origins:
        return None
    return CORSConfig(
        allow_origins=list(settings.allowed_origins),
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"],
        allow_credentials=False,
    )


async def count_address(request: Request[Any, Any, Any]) -> None:
    """Count every request to the interface against its address."""
    if request.url.path.startswith("/v1/"):
        services = request.app.state.services
        await services.limits.count("address", address(request, services))
