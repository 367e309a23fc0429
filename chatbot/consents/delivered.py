"""How often an edition to come was told on each channel: counted in memory, kept every half minute, of nobody."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlmodel import select

from chatbot.storage.tables.consents import AnnouncementCount

if TYPE_CHECKING:
    from chatbot.storage.database import Database
    from chatbot.storage.tables.consents import NoticeEdition

SITE, CHAT = "site", "chat"


class Delivered:
    """What this worker told since it last kept its counts; a worker that is killed loses half a minute of them."""

    def __init__(self) -> None:
        self._told: Counter[tuple[int, str]] = Counter()

    def note(self, row: NoticeEdition, channel: str) -> None:
        """Count one page, or one conversation, that an edition was told on."""
        if row.id is not None:
            self._told[row.id, channel] += 1

    async def keep(self, database: Database) -> None:
        """Add the counts to those of every worker; what could not be added, or was told meanwhile, stays."""
        for (edition, channel), count in sorted(self._told.items()):
            await _add(database, edition, channel, count)
            self._told[edition, channel] -= count
        self._told = +self._told


async def _add(database: Database, edition: int, channel: str, count: int) -> None:
    async with database.transaction() as session:
        row = await session.get(AnnouncementCount, (edition, channel), with_for_update=True)
        row = row or AnnouncementCount(edition_id=edition, channel=channel, first_at=datetime.now(UTC))
        row.told += count
        session.add(row)


async def report(database: Database) -> dict[tuple[int, str], int]:
    """Give how often each edition was told on each channel."""
    async with database.reading() as session:
        found = (await session.exec(select(AnnouncementCount))).all()
    return {(row.edition_id, row.channel): row.told for row in found}
