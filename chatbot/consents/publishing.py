"""A changed notice: entered at once when it asks nothing anew, else announced first and in effect on its day.

    settle    at the start: the first notice, or one whose changes touch no purpose, is entered
    publish   a material change: refused without a day to come, without words for the site and the chat, and unless
              everybody who subscribed to changes, or stands on a list, was written to
    announce  the words of the announcement, in a visitor's language

The site shows the announcement on its pages, and the chat once in each session, from the moment of publishing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlmodel import select

from chatbot.consents.editions import edition, in_effect, rows, titles
from chatbot.storage.tables_consents import NoticeEdition
from chatbot.storage.tables_subscriptions import Subscription
from consent.egress import MailError
from consent.purposes import Asked
from consent.versions import Edition, touched

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from chatbot.storage.database import Database
    from consent.egress import Mailer
    from consent.notice import Notices

NO_ADDRESSES = "nobody subscribed, no addresses were given"


class NotPublished(Exception):
    """The notice was not published; the message says what is missing."""


class Reader(NamedTuple):
    """Somebody who asked to be told of changes by mail."""

    address: str
    language: str


class Told(NamedTuple):
    """How telling the subscribers went; ``missed`` are those who agreed and were not written to at all."""

    delivered: int
    failed: int
    missed: int


@dataclass(frozen=True)
class Post:
    """Whom to write to, and through what: a list that was given, and those who subscribed to changes."""

    readers: tuple[Reader, ...] = ()
    mailer: Mailer | None = None
    subscribers: Callable[[NoticeEdition, Notices], Awaitable[Told]] | None = None


@dataclass(frozen=True)
class Proposal:
    """The notice of the data files, and whether the model in use is abroad."""

    notices: Notices
    abroad: bool


async def settle(database: Database, proposal: Proposal, now: datetime) -> frozenset[str]:
    """Enter a notice that nobody needs to be told of; gives the purposes for which it waits to be published."""
    known = await rows(database)
    newest = max(known, key=lambda row: row.id or 0, default=None)
    current = in_effect(known, now)
    if proposal.notices.version in {row.version for row in (newest, current) if row}:
        return frozenset()
    material = _material(newest, proposal) if newest else frozenset()
    if not material:
        from_then = max(now, newest.effective_from) if newest else now
        await _enter(database, _row(proposal, newest, now, from_then))
    return material


async def publish(
    database: Database, proposal: Proposal, effective_from: datetime, post: Post, now: datetime
) -> NoticeEdition:
    """Announce the notice of the data files and enter it; raises NotPublished when it would surprise anybody."""
    newest = max(await rows(database), key=lambda row: row.id or 0, default=None)
    if newest is not None and newest.version == proposal.notices.version:
        raise NotPublished("This notice is published already; change the data files first.")
    material = _material(newest, proposal) if newest else frozenset()
    if material and effective_from <= now:
        raise NotPublished(
            f"This change touches {', '.join(sorted(material))}. It must be announced before it takes effect: "
            "give a day to come with --effective-from."
        )
    row = _row(proposal, newest, now, effective_from)
    if material:
        _announced(row, proposal.notices)
        await _tell(database, row, proposal.notices, post)
    await _enter(database, row)
    return row


def announce(row: NoticeEdition, notices: Notices, language: str) -> str:
    """Say in a language that a notice comes, when, and what it touches."""
    notice = notices.best(language)
    return notice.strings["announcement"].format(
        company=notice.party.name,
        date=row.effective_from.astimezone(UTC).date().isoformat(),
        purposes=", ".join(titles(notices, row.touched, language)),
        link=f"{notice.party.website}/privacy",
    )


def _announced(row: NoticeEdition, notices: Notices) -> None:
    """Raise NotPublished unless the site and the chat can announce the notice in every language."""
    for tag in notices.by_language:
        try:
            said = announce(row, notices, tag)
        except (KeyError, IndexError, ValueError):
            said = ""
        if row.effective_from.astimezone(UTC).date().isoformat() not in said:
            raise NotPublished(
                f"The site and the chat cannot announce this: mend 'announcement' in strings/{tag}.yaml."
            )


async def _tell(database: Database, row: NoticeEdition, notices: Notices, post: Post) -> None:
    """Write to everybody who is to be told, and count; raises NotPublished when somebody was left out."""
    if post.readers:
        await _mail(row, notices, post)
    if post.subscribers is None:
        async with database.reading() as session:
            if (await session.exec(select(Subscription.id).limit(1))).first():
                raise NotPublished("There are people who subscribed to changes: they must be told by mail first.")
    else:
        told = await post.subscribers(row, notices)
        row.mailed, row.mail_failed = row.mailed + told.delivered, row.mail_failed + told.failed
        if told.missed:
            raise NotPublished(f"{told.missed} who subscribed to changes were not written to; run it once more.")
    if row.mail_failed and not row.mailed:
        raise NotPublished("The mail server took none of the messages; nobody on the list was told.")
    row.mail_note = "" if row.mailed else NO_ADDRESSES


async def _mail(row: NoticeEdition, notices: Notices, post: Post) -> None:
    """Write to everybody on the list and count."""
    if post.mailer is None:
        raise NotPublished("Mail is off: set CHATBOT_SMTP_HOST, so that the people on the list are told.")
    for reader in post.readers:
        subject = notices.best(reader.language).strings["announcement_subject"]
        try:
            await post.mailer.send(reader.address, subject, announce(row, notices, reader.language))
            row.mailed += 1
        except MailError:
            row.mail_failed += 1


def _material(newest: NoticeEdition, proposal: Proposal) -> frozenset[str]:
    """Give the touched purposes that anybody was told of: transfer only where it was ever asked for."""
    changed = touched(
        Edition(newest.version, newest.effective_from.date(), newest.content), edition(proposal.notices)
    )
    purposes = proposal.notices.best("en").purposes.purposes
    unasked = frozenset[str]() if newest.abroad else {row.id for row in purposes if row.asked is Asked.ABROAD}
    return changed - unasked


def _row(proposal: Proposal, newest: NoticeEdition | None, now: datetime, effective_from: datetime) -> NoticeEdition:
    return NoticeEdition(
        version=proposal.notices.version,
        content=dict(proposal.notices.content),
        touched=sorted(_material(newest, proposal)) if newest else [],
        abroad=proposal.abroad,
        published_at=now,
        effective_from=effective_from,
    )


async def _enter(database: Database, row: NoticeEdition) -> None:
    async with database.transaction() as session:
        session.add(row)


def readers(lines: Iterable[str]) -> tuple[Reader, ...]:
    """Read a list of `address language` lines; the language may be left out."""
    parts = [line.split() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return tuple(Reader(each[0], each[1] if len(each) > 1 else "en") for each in parts)
