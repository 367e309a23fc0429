"""Which notice and which policies are in force: the latest edition whose day has come, whatever the data files say.

data files ──settle / publish──> notice_edition ──its day──> in force
what it touches is asked again; what it leaves alone stands as it was agreed to
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlmodel import col, select

from chatbot.consents.delivered import Delivered
from chatbot.storage.tables.consents import NOTICE, NoticeEdition
from consent.gate import Gate
from consent.notice import Notices
from consent.versions import Edition, touched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from chatbot.storage.database import Database


class InForce(NamedTuple):
    """A notice and the gate that keeps to it."""

    notices: Notices
    gate: Gate


class Editions:
    """The editions of the notice and the policies as this worker knows them; `refresh` reads them anew."""

    def __init__(self, loaded: Notices) -> None:
        self._loaded = loaded
        self._rows: dict[str, list[NoticeEdition]] = {}
        self.delivered = Delivered()
        self._made: dict[str, InForce] = {loaded.version: _in_force(loaded)}
        self._touched: dict[tuple[str, str], frozenset[str]] = {}

    async def refresh(self, database: Database) -> None:
        """Read what was published, here or elsewhere."""
        self._rows = by_document(await rows(database))

    @property
    def current(self) -> InForce:
        """The notice in force now; the data files' own until anything was entered."""
        row = in_effect(self.of(NOTICE), datetime.now(UTC))
        return self._of(row) if row else self._made[self._loaded.version]

    @property
    def announced(self) -> list[NoticeEdition]:
        """The edition of each document that comes next and that everybody is told of."""
        now = datetime.now(UTC)
        coming = ([row for row in rows if row.effective_from > now and row.touched] for rows in self._rows.values())
        return [rows[0] for rows in coming if rows]

    @property
    def published(self) -> Sequence[NoticeEdition]:
        """Every edition of the notice, oldest first."""
        return self.of(NOTICE)

    def of(self, document: str) -> Sequence[NoticeEdition]:
        """Give every edition of the notice or of a policy, oldest first."""
        return self._rows.get(document, [])

    def words(self, row: NoticeEdition) -> Notices:
        """Give the notice in whose words an edition is announced: a notice in its own."""
        return self._of(row).notices if row.document == NOTICE else self.current.notices

    def known(self, version: str) -> bool:
        """Whether there ever was a notice or a policy of this version."""
        every = (row.version for rows in self._rows.values() for row in rows)
        return version in self._made or version in every

    @property
    def held(self) -> frozenset[str]:
        """The purposes that the data files change but that nobody may be held to yet."""
        version = self.current.notices.version
        return self._difference(version, self._loaded.version)

    def notices(self, version: str) -> Notices | None:
        """Give the notice of a version, or None when there never was one."""
        if version in self._made:
            return self._made[version].notices
        row = next((row for row in self.of(NOTICE) if row.version == version), None)
        return self._of(row).notices if row else None

    def touched_since(self, version: str) -> frozenset[str]:
        """Give the purposes whose words or rules changed since a version; all of them when it is unknown."""
        return self._difference(version, self.current.notices.version)

    def _difference(self, before: str, after: str) -> frozenset[str]:
        if before == after:
            return frozenset()
        if (before, after) not in self._touched:
            old, new = self.notices(before), self.notices(after)
            every = frozenset(row.id for row in self.current.notices.best("en").purposes.purposes)
            self._touched[before, after] = touched(edition(old), edition(new)) if old and new else every
        return self._touched[before, after]

    def _of(self, row: NoticeEdition) -> InForce:
        if row.version not in self._made:
            strings = {tag: notice.strings for tag, notice in self._loaded.by_language.items()}
            self._made[row.version] = _in_force(Notices.restore(row.content, strings))
        return self._made[row.version]


async def rows(database: Database) -> Sequence[NoticeEdition]:
    """Read every edition of every document, in the order of taking effect."""
    async with database.reading() as session:
        found = await session.exec(select(NoticeEdition).order_by(col(NoticeEdition.id)))
        return sorted(found, key=_order)


def by_document(editions: Iterable[NoticeEdition]) -> dict[str, list[NoticeEdition]]:
    """Part editions by what they are of; their order stays."""
    parted: dict[str, list[NoticeEdition]] = {}
    for row in editions:
        parted.setdefault(row.document, []).append(row)
    return parted


def in_effect(editions: Sequence[NoticeEdition], now: datetime) -> NoticeEdition | None:
    """Give the edition in force at a moment, or None when there is none yet."""
    return max((row for row in editions if row.effective_from <= now), key=_order, default=None)


def edition(notices: Notices) -> Edition:
    """Give a notice as `consent.versions` compares it."""
    return Edition(notices.version, date.min, notices.content)


def titles(notices: Notices, purposes: Sequence[str], language: str) -> list[str]:
    """Name purposes in a language."""
    words = notices.best(language).words
    named: Mapping[str, str] = {id_: each.title for id_, each in (words.activities | words.purposes).items()}
    return [named.get(purpose, purpose) for purpose in purposes]


def _in_force(notices: Notices) -> InForce:
    return InForce(notices, Gate(notices.best("en").purposes))


def _order(row: NoticeEdition) -> tuple[datetime, int]:
    return row.effective_from, row.id or 0
