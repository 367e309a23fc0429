"""Looks, while replies are written here, whether one of their sessions was held or lost its guardian elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from chatbot.storage.tables_guardians import ChildHold, GuardianRow
from consent.guardian import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatbot.conversation.reply import Replies
    from chatbot.seals import Claims
    from chatbot.storage.database import Database

WATCH_SECONDS = 0.4
"""A held session's reply stops within a second, also when somebody in another process held it."""
log = structlog.get_logger()


class Watch:
    """The sessions whose replies are written here, looked after."""

    def __init__(self, database: Database, replies: Replies) -> None:
        self._database, self._replies = database, replies
        self._open: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def over(self, claims: Claims) -> Iterator[None]:
        """Watch a session while its reply is written."""
        self._open[claims.session_id] = claims.guardian
        try:
            yield
        finally:
            self._open.pop(claims.session_id, None)

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                for session_id in await self._ended() if self._open else ():
                    self._replies.stop(session_id)
            except (SQLAlchemyError, OSError) as error:
                log.warning("watch_failed", error=type(error).__name__)

    async def _ended(self) -> list[str]:
        watched = dict(self._open)
        held = select(ChildHold.session_id).where(
            col(ChildHold.session_id).in_(watched), col(ChildHold.lifted_at).is_(None)
        )
        active = select(GuardianRow.id).where(
            col(GuardianRow.id).in_(set(watched.values())), GuardianRow.stage == Stage.ACTIVE
        )
        async with self._database.reading() as session:
            stopped = set((await session.exec(held)).all())
            allowed = {"", *(await session.exec(active)).all()}
        return [each for each, guardian in watched.items() if each in stopped or guardian not in allowed]
