"""The application: settings become services, services and handlers become a Litestar app.

`create` is the server's entry point: one call per worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog
from litestar import Litestar, Request
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.di import Provide
from sqlalchemy.exc import SQLAlchemyError

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
from chatbot.conversation.retention import sweep_regularly
from chatbot.cookies.filter import CookieFilter
from chatbot.decisions import prints
from chatbot.guardians import duties
from chatbot.observe.logging import configure
from chatbot.observe.middleware import Observed
from chatbot.settings import Settings
from chatbot.start import start
from chatbot.subscriptions import duties as mail_duties

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from litestar.types import ASGIApp

    from chatbot.services import Services

REQUEST_BYTES = 64 * 1024
EDITIONS_SECONDS = 30.0
log = structlog.get_logger()


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


@asynccontextmanager
async def opened(services: Services) -> AsyncIterator[None]:
    """Load what the first visitor needs; at the end let open replies finish, then close everything."""
    await asyncio.to_thread(services.knowledge.warm)
    await services.signals.start()
    await services.editions.refresh(services.database)
    await prints.remember(services.database, services.settings.server_secret(), datetime.now(UTC))
    watching = asyncio.create_task(_watch(services))
    services.watch.start()
    duty = asyncio.create_task(duties.run(services))
    telling = asyncio.create_task(services.downstream.run())
    sweeping = asyncio.create_task(sweep_regularly(services))
    mailing = asyncio.create_task(mail_duties.run(services.subscriptions))
    _end_in_good_time(services)
    log.info("ready", model=services.answerer.name)
    try:
        yield
    finally:
        tasks = (watching, duty, telling, sweeping, mailing)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await services.replies.drain(services.settings.shutdown_seconds)
        await services.watch.close()
        await services.signals.close()
        await services.redaction.aclose()
        await services.answerer.aclose()
        await services.database.close()
        log.info("stopped")


async def _watch(services: Services) -> None:
    """Learn of notices that are published while this worker runs."""
    while True:
        await asyncio.sleep(EDITIONS_SECONDS)
        try:
            await services.editions.refresh(services.database)
        except (SQLAlchemyError, OSError) as error:
            log.warning("editions_unread", error=type(error).__name__)


def _end_in_good_time(services: Services) -> None:
    """Stop replies `shutdown_seconds` after `chatbot serve` said (by SIGUSR1) that the service is to end."""
    seconds, loop = services.settings.shutdown_seconds, asyncio.get_running_loop()
    stop = services.replies.stop_all
    with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):  # outside the main thread nobody says so
        loop.add_signal_handler(signal.SIGUSR1, lambda: loop.call_later(seconds, stop))
