"""The words of what is to change, and telling everybody: on the pages, in the chat, and by mail.

announce    what is said of an edition to come, in a visitor's language
tell        every channel, before an edition is entered; what cannot be told stops it
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple

from sqlmodel import select

from chatbot.consents.editions import titles
from chatbot.storage.tables.consents import NOTICE
from chatbot.storage.tables.subscriptions import Subscription
from consent.egress import MailError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from chatbot.storage.database import Database
    from chatbot.storage.tables.consents import NoticeEdition
    from consent.egress import Mailer
    from consent.notice import Notices

NO_ADDRESSES = "nobody subscribed, no addresses were given"


class NotPublished(Exception):
    """Nothing was published; the message says what is missing."""


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
    """Whom to write to, and through what: a list that was given, and those who subscribed to changes.

    ``site`` is the address of our pages; the company's own website where none is given.
    """

    readers: tuple[Reader, ...] = ()
    mailer: Mailer | None = None
    subscribers: Callable[[NoticeEdition, Notices], Awaitable[Told]] | None = None
    site: str = ""


class Announcement(NamedTuple):
    """What everybody is told of an edition: that it comes, when, and where it is read."""

    subject: str
    message: str
    label: str
    path: str

    def text(self, site: str, between: str = " ") -> str:
        """Give the whole of it as plain text."""
        return f"{self.message}{between}{self.label}: {site.rstrip('/')}{self.path}"

    def mail(self, site: str) -> str:
        """Give the whole of it as a mail, with the way to it on a line of its own."""
        return self.text(site, "\n\n")


def announce(row: NoticeEdition, notices: Notices, language: str) -> Announcement:
    """Say in a language that a notice or a policy comes, when, what it touches, and where that is read."""
    notice = notices.best(language)
    said, key = notice.strings, "announcement" if row.document == NOTICE else "announcement_policy"
    facts = {
        "company": notice.party.name,
        "date": row.effective_from.astimezone(UTC).date().isoformat(),
        "purposes": ", ".join(titles(notices, row.touched, language)),
        "policy": said.get(f"policy_{row.document.replace('-', '_')}") or row.content.get("title", ""),
    }
    path = "/privacy" if row.document == NOTICE else f"/policies/{row.document}/difference?to={row.version}"
    subject, message = (said[name].format(**facts) for name in (f"{key}_subject", key))
    return Announcement(subject, message, said[f"{key}_more"], path)


def _sayable(row: NoticeEdition, notices: Notices) -> None:
    """Raise NotPublished unless the site and the chat can announce it in every language."""
    for tag in notices.by_language:
        try:
            said = announce(row, notices, tag).message
        except (KeyError, IndexError, ValueError):
            said = ""
        if row.effective_from.astimezone(UTC).date().isoformat() not in said:
            raise NotPublished(
                f"The site and the chat cannot announce this: mend 'announcement…' in strings/{tag}.yaml."
            )


async def tell(database: Database, row: NoticeEdition, notices: Notices, post: Post) -> None:
    """See that site and chat can say it, write to everybody, and count; raises NotPublished when a channel fails."""
    _sayable(row, notices)
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
    site = post.site or notices.best("en").party.website
    for reader in post.readers:
        said = announce(row, notices, reader.language)
        try:
            await post.mailer.send(reader.address, said.subject, said.mail(site))
            row.mailed += 1
        except MailError:
            row.mail_failed += 1


def readers(lines: Iterable[str]) -> tuple[Reader, ...]:
    """Read a list of `address language` lines; the language may be left out."""
    parts = [line.split() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return tuple(Reader(each[0], each[1] if len(each) > 1 else "en") for each in parts)
