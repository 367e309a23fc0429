"""Looks, while replies are written here, whether one of their sessions was held or lost its guardian elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
from sqlmodel import col, select

from chatbot.storage.tables.guardians import ChildHold, GuardianRow
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

    @contextmanager
    def over(self, claims: Claims) -> Iterator[None]:
        """Watch a session while its reply is written."""
        self._open[claims.session_id] = claims.guardian
        try:
            yield
        finally:
            self._open.pop(claims.session_id, None)

    async def look(self) -> None:
        """Stop the replies of the sessions that were held, or lost their guardian, since the last look."""
        for session_id in await self._ended() if self._open else ():
            self._replies.stop(session_id)

    async def _ended(self) -> list[str]:
        watched = dict(self._open)
        held = select(ChildHold.session_id).where(
            col(ChildHold.session_id).in_(watched), col(ChildHold.lifted_at).is_(None)
        )
        guardians = set(watched.values()) - {""}
        active = select(GuardianRow.id).where(col(GuardianRow.id).in_(guardians), GuardianRow.stage == Stage.ACTIVE)
        async with self._database.reading() as session:
            stopped = set((await session.exec(held)).all())
            allowed = {"", *((await session.exec(active)).all() if guardians else ())}
        return [each for each, guardian in watched.items() if each in stopped or guardian not in allowed]
