"""A changed notice or policy: entered at once when nobody need be told, else announced before it takes effect.

    settle    at the start: the first edition, or one that changes nothing for anybody, is entered
    publish   a material change: refused without a day to come, without words for the site and the chat, and unless
              everybody who subscribed to changes, or stands on a list, was written to

The site shows the announcement on its pages, and the chat once in each session, from the moment of publishing. What
is material: of a notice, what touches a purpose; of a policy, everything that its file does not call a rewording.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import func
from sqlmodel import select

from chatbot.consents import auditing
from chatbot.consents.announcing import NotPublished, Post, tell
from chatbot.consents.editions import by_document, edition, in_effect, rows
from chatbot.storage.tables.consents import NOTICE, NoticeEdition
from consent.purposes import Asked
from consent.versions import Edition, touched

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chatbot.storage.database import Database
    from consent.notice import Notices


class Proposed(Protocol):
    """A document of the data files as it could be published."""

    @property
    def document(self) -> str:
        """The notice, or the id of a policy."""
        ...

    @property
    def notices(self) -> Notices:
        """The words in which it is announced."""
        ...

    @property
    def abroad(self) -> bool:
        """Whether it asks for transfer."""
        ...

    @property
    def version(self) -> str:
        """The hash of what it says."""
        ...

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of it."""
        ...

    def check(self, known: Sequence[NoticeEdition]) -> None:
        """Raise DataError when it may not follow the editions that there are."""
        ...

    def material(self, newest: NoticeEdition) -> frozenset[str]:
        """Give what changes for somebody since an edition; nothing when nobody need be told."""
        ...


@dataclass(frozen=True)
class Proposal:
    """The notice of the data files, and whether the model in use is abroad."""

    notices: Notices
    abroad: bool
    document: str = NOTICE

    @property
    def version(self) -> str:
        """The hash of what it says."""
        return self.notices.version

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of it."""
        return dict(self.notices.content)

    def check(self, known: Sequence[NoticeEdition]) -> None:
        """Let it follow every other: a notice carries no date of its own."""

    def material(self, newest: NoticeEdition) -> frozenset[str]:
        """Give the touched purposes that anybody was told of: transfer only where it was ever asked for."""
        before = Edition(newest.version, newest.effective_from.date(), newest.content)
        purposes = self.notices.best("en").purposes.purposes
        unasked = frozenset[str]() if newest.abroad else {row.id for row in purposes if row.asked is Asked.ABROAD}
        return touched(before, edition(self.notices)) - unasked


async def settle(database: Database, proposal: Proposed, now: datetime) -> frozenset[str]:
    """Enter what nobody needs to be told of; gives what else changes, which waits to be published.

    Raises DataError when a policy changed under its old date.
    """
    known = await _known(database, proposal)
    newest = _newest(known)
    current = in_effect(known, now)
    if proposal.version in {row.version for row in (newest, current) if row}:
        return frozenset()
    material = proposal.material(newest) if newest else frozenset()
    if not material:
        from_then = max(now, newest.effective_from) if newest else now
        if not await _enter(database, _row(proposal, newest, now, from_then), newest):
            return await settle(database, proposal, now)
    return material


async def publish(
    database: Database, proposal: Proposed, effective_from: datetime, post: Post, now: datetime
) -> NoticeEdition:
    """Announce a document of the data files and enter it; raises NotPublished when it would surprise anybody."""
    newest = _newest(await _known(database, proposal))
    if newest is not None and newest.version == proposal.version:
        raise NotPublished(f"This {_kind(proposal.document)} is published already; change the data files first.")
    row = _row(proposal, newest, now, max(now, effective_from))
    if row.touched and effective_from <= now:
        raise NotPublished(
            f"This change touches {', '.join(row.touched)}. It must be announced before it takes effect: "
            "give a day to come with --effective-from."
        )
    if newest is not None and row.effective_from < newest.effective_from:  # it was compared with that one
        raise NotPublished(
            f"The {_kind(proposal.document)} published before takes effect on {newest.effective_from.date()}: "
            "give that day or a later one with --effective-from."
        )
    if row.touched:
        await tell(database, row, proposal.notices, post)
    if not await _enter(database, row, newest):
        raise NotPublished("Another one was published at this moment; see: chatbot notice list")
    return row


def _row(proposal: Proposed, newest: NoticeEdition | None, now: datetime, effective_from: datetime) -> NoticeEdition:
    return NoticeEdition(
        document=proposal.document,
        version=proposal.version,
        content=proposal.content,
        touched=sorted(proposal.material(newest)) if newest else [],
        abroad=proposal.abroad,
        published_at=now,
        effective_from=effective_from,
    )


async def _known(database: Database, proposal: Proposed) -> Sequence[NoticeEdition]:
    """Give the editions of a document that there are; raises DataError when the proposal may not follow them."""
    known = by_document(await rows(database)).get(proposal.document, [])
    proposal.check(known)
    return known


def _newest(known: Sequence[NoticeEdition]) -> NoticeEdition | None:
    return max(known, key=lambda row: row.id or 0, default=None)


def _kind(document: str) -> str:
    return "notice" if document == NOTICE else "policy"


async def _enter(database: Database, row: NoticeEdition, newest: NoticeEdition | None) -> bool:
    """Enter an edition after the one that it was compared with; False when another replica was quicker."""
    latest = select(func.max(NoticeEdition.id)).where(NoticeEdition.document == row.document)
    async with database.transaction() as session:
        await auditing.take_turn(session, f"editions of {row.document}")
        if (await session.exec(latest)).one() != (newest.id if newest else None):
            return False
        session.add(row)
    return True
