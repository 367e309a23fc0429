"""Can this worker serve now? Asked by anybody as often as they like, looked at once a second."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from chatbot.knowledge.search import Knowledge
    from chatbot.storage.database import Database
    from pii.service import RedactionService

PROBE = "Health check: my e-mail is probe@example.org"
FRESH_SECONDS = 1.0


class Readiness:
    """Looks at database, redaction and knowledge, and remembers the answer for a second."""

    def __init__(self, database: Database, redaction: RedactionService, knowledge: Knowledge) -> None:
        self._database, self._redaction, self._knowledge = database, redaction, knowledge
        self._looking = asyncio.Lock()
        self._seen: dict[str, bool] = {}
        self._until = 0.0

    async def checks(self) -> dict[str, bool]:
        """Give each part and whether it works."""
        async with self._looking:
            if time.monotonic() > self._until:
                self._seen = await self._look()
                self._until = time.monotonic() + FRESH_SECONDS
            return self._seen

    async def _look(self) -> dict[str, bool]:
        database, redaction, passages = await asyncio.gather(
            self._reaches_database(), self._hides(), asyncio.to_thread(self._knowledge.warm)
        )
        return {"database": database, "redaction": redaction, "knowledge": passages > 0}

    async def _reaches_database(self) -> bool:
        try:
            async with self._database.reading() as session:
                await session.connection()
        except (SQLAlchemyError, OSError):
            return False
        return True

    async def _hides(self) -> bool:
        try:
            return "probe@" not in (await self._redaction.redact(PROBE)).text.text
        except Exception:  # noqa: BLE001 — whatever stops redaction makes the worker not ready
            return False
