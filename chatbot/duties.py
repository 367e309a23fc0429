"""What a worker does besides answering: each duty again and again, until the worker ends.

A duty that fails is told, counted and done again the next time, whatever the error was: one that ended for good would
be noticed by nobody until it had broken a promise (a conversation kept too long, a yes that nobody ended).
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from chatbot.observe.metrics import Metrics

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Duty:
    """`act` is done, and again `every` so many seconds after it ended; the first time `after` so many."""

    name: str
    act: Callable[[], Awaitable[object]]
    every: float
    after: float = 0.0


@asynccontextmanager
async def carried_out(duties: Iterable[Duty], metrics: Metrics) -> AsyncIterator[None]:
    """Carry out the duties beside one another for as long as the context is open."""
    tasks = [asyncio.create_task(_for_ever(duty, metrics), name=duty.name) for duty in duties]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _for_ever(duty: Duty, metrics: Metrics) -> None:
    await asyncio.sleep(duty.after)
    while True:
        try:
            await duty.act()
        except Exception as error:  # noqa: BLE001 — an error that nobody thought of must not end a duty
            metrics.duty_failed(duty.name)
            log.warning("duty_failed", name=duty.name, error=type(error).__name__)
        await asyncio.sleep(duty.every)
