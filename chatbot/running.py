"""A running worker: what it opens before the first visitor, does besides answering, and closes after the last one."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from chatbot.conversation import retention
from chatbot.conversation.watch import WATCH_SECONDS
from chatbot.decisions import prints
from chatbot.duties import Duty, carried_out
from chatbot.guardians import duties as guardians
from chatbot.subscriptions import duties as subscriptions
from chatbot.subscriptions import errands

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from chatbot.services import Services

LEARN_SECONDS = 30.0
MINUTE = 60.0
HOUR = 3600.0
log = structlog.get_logger()


@asynccontextmanager
async def opened(services: Services) -> AsyncIterator[None]:
    """Load what the first visitor needs; at the end let open replies finish, then close everything."""
    await asyncio.to_thread(services.knowledge.warm)
    await services.signals.start()
    await services.editions.refresh(services.database)
    await prints.remember(services.database, services.settings.server_secret(), datetime.now(UTC))
    try:
        async with carried_out(duties(services), services.metrics):
            _end_in_good_time(services)
            log.info("ready", model=services.answerer.name)
            try:
                yield
            finally:
                await services.replies.drain(services.settings.shutdown_seconds)
    finally:
        await _close(services)


async def _close(services: Services) -> None:
    with contextlib.suppress(SQLAlchemyError, OSError):
        await services.editions.delivered.keep(services.database)
    await services.signals.close()
    await services.redaction.aclose()
    await services.answerer.aclose()
    await services.database.close()
    log.info("stopped")


def duties(services: Services) -> list[Duty]:
    """Give what a worker does besides answering; several workers may do all of it at once."""
    return [
        Duty("learn", lambda: _learn(services), every=LEARN_SECONDS, after=LEARN_SECONDS),
        Duty("watch", services.watch.look, every=WATCH_SECONDS),
        Duty("tell", services.downstream.deliver_next, every=0),
        Duty("guardians", lambda: guardians.sweep(services, datetime.now(UTC)), every=MINUTE, after=MINUTE),
        Duty("first mails", lambda: errands.deliver(services.subscriptions), every=MINUTE),
        Duty("subscriptions", lambda: subscriptions.sweep(services.subscriptions, datetime.now(UTC)), every=MINUTE),
        Duty("retention", lambda: retention.sweep(services, datetime.now(UTC)), every=HOUR),
    ]


async def _learn(services: Services) -> None:
    """Learn of notices that are published while this worker runs, and of withdrawals that no signal told of."""
    await services.editions.refresh(services.database)
    await services.signals.refresh()
    await services.editions.delivered.keep(services.database)


def _end_in_good_time(services: Services) -> None:
    """Stop replies `shutdown_seconds` after `chatbot serve` said (by SIGUSR1) that the service is to end."""
    seconds, loop = services.settings.shutdown_seconds, asyncio.get_running_loop()
    stop = services.replies.stop_all
    with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):  # outside the main thread nobody says so
        loop.add_signal_handler(signal.SIGUSR1, lambda: loop.call_later(seconds, stop))
