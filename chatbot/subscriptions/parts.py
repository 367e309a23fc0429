"""What subscribing works with: its words, its keys, the way out for mail, and the notes that its links carry.

    request     everything that was entered, sealed into the link of the first mail; the link works once
    pass        what a later mail's link opens: the page of a subscription, or the end of one purpose

A pass names the keyed hash of the address, so an old mail still stops what was begun anew since. Letters are passed
on: their passes take back, for ever, and only a pass that was asked for or that reminds gives a yes, for a while.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from chatbot.errors import MailStopped, NotFound
from chatbot.seals import decode, derive, encode, seal, unseal
from consent.egress import MailError
from consent.operators import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatbot.consents.editions import Editions
    from chatbot.storage.database import Database
    from chatbot.subscriptions.errands import Errand
    from chatbot.subscriptions.words import Words
    from consent.egress import Mailer

REQUEST_HOURS = 48
GIVING_DAYS = 14
SEND_SECONDS = 45.0
"""Less than any lease: nobody else takes up a message that is still being handed in."""
OVER = "This link is not valid any more. Please subscribe again."
_REQUEST, _PASS = b"subscription request", b"subscription pass"


class Use(StrEnum):
    """What a pass opens."""

    PAGE = "page"
    STOP = "stop"


class Request(msgspec.Struct, frozen=True, array_like=True):
    """What was entered and judged, and when (microseconds since 1970). The month of birth is not in it."""

    address: str
    language: str
    country: str
    purposes: tuple[str, ...]
    age_rule: str
    asked: int

    @property
    def over(self) -> bool:
        """Whether its link has run out."""
        return self.asked + REQUEST_HOURS * 3_600_000_000 <= time.time_ns() // 1000

    def __repr__(self) -> str:
        return "<Request>"


class Pass(msgspec.Struct, frozen=True, array_like=True):
    """A sealed note: this address's subscription, for this; ``purpose`` is what the mail was about.

    ``gives_until``, in seconds since 1970, is how long a yes can be given with it; taking back always works.
    """

    lookup: str
    use: Use
    purpose: str = ""
    gives_until: int = 0

    @property
    def gives(self) -> bool:
        """Whether it still gives a yes, or only takes back."""
        return time.time() < self.gives_until


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of subscribing; ``mailer`` is None where no mail is sent."""

    database: Database
    editions: Editions
    words: Mapping[str, Words]
    mailer: Mailer | None
    site: str
    secret: bytes = field(repr=False)
    waiting: deque[Errand] = field(default_factory=deque, repr=False)
    """First mails that have not left yet."""

    def words_for(self, language: str) -> Words:
        """Give the words in a language, or in English."""
        return self.words.get(language) or self.words["en"]

    def link(self, path: str) -> str:
        """Give the whole address of a page here."""
        return f"{self.site.rstrip('/')}{path}"

    def seal_request(self, request: Request) -> str:
        """Seal a request into a link."""
        return encode(seal(self.key("request"), msgspec.msgpack.encode(request), _REQUEST))

    def open_request(self, text: str) -> Request:
        """Open a link's request; raises NotFound when it is not ours, is over, or asks for what is asked no more."""
        plain = unseal(self.key("request"), decode(text) or b"", _REQUEST)
        request = msgspec.msgpack.decode(plain, type=Request) if plain else None
        asked = {row.id for row in self.editions.current.notices.best("en").purposes.subscribing()}
        if request is None or request.over or not asked.issuperset(request.purposes):
            raise NotFound(OVER)
        return request

    def make_pass(self, lookup: str, use: Use, purpose: str = "", *, gives: bool = False) -> str:
        """Seal a pass; it works as long as the subscription does, and ``gives`` a yes for two weeks."""
        until = int(time.time()) + GIVING_DAYS * 86400 if gives else 0
        return encode(seal(self.key("pass"), msgspec.msgpack.encode(Pass(lookup, use, purpose, until)), _PASS))

    def open_pass(self, text: str, use: Use) -> Pass:
        """Open a pass; raises NotFound when it is not ours or for another use."""
        plain = unseal(self.key("pass"), decode(text) or b"", _PASS)
        note = msgspec.msgpack.decode(plain, type=Pass) if plain else None
        if note is None or note.use is not use:
            raise NotFound(OVER)
        return note

    def page(self, lookup: str, *, gives: bool = True) -> str:
        """Give the whole address of a subscription's own page."""
        return self.link(f"/subscribe/manage/{self.make_pass(lookup, Use.PAGE, gives=gives)}")

    def lookup(self, address: str) -> str:
        """Give the keyed hash under which an address is found again, in capitals or not.

        Nothing more is folded: straße.example and strasse.example belong to different people.
        """
        return hmac.digest(self.key("lookup"), address.strip().lower().encode(), "sha256").hex()

    def spent(self, lookup: str) -> str:
        """Give the mark under which the used-up links of an address are found, and nothing else."""
        return hmac.digest(self.key("spent"), lookup.encode(), "sha256").hex()

    def message_id(self, *about: str) -> str:
        """Give the Message-ID of a mail: sent twice, it has the same one, and tells a stranger nothing."""
        domain = self.editions.current.notices.best("en").party.support.rpartition("@")[2]
        return f"<{hmac.digest(self.key('message'), ' '.join(about).encode(), 'sha256').hex()[:32]}@{domain}>"

    def hide(self, identity: str, address: str) -> bytes:
        """Seal the address of a subscription."""
        return seal(self.key("address"), address.encode(), _place(identity))

    def reveal(self, identity: str, sealed: bytes) -> str | None:
        """Open a sealed address, or None when it was changed or belongs to another row."""
        plain = unseal(self.key("address"), sealed, _place(identity))
        return plain.decode() if plain else None

    async def send(self, address: str, language: str, kind: str, mark: str, **values: object) -> None:
        """Send one of the mails that belong to subscribing itself; raises MailStopped when no server takes it.

        ``mark`` tells this mail from every other, so that a second delivery of it can be recognised.
        """
        if self.mailer is None:
            raise MailStopped("This site sends no e-mail.")
        party, words = self.editions.current.notices.best(language).party, self.words_for(language)
        facts = {"company": party.name, "support": party.support, "hours": REQUEST_HOURS} | values
        subject, text = (words.say(f"mail_{kind}_{part}", **facts) for part in ("subject", "text"))
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self.mailer.send(address, subject, text, {"Message-ID": self.message_id(kind, mark)})
        except (MailError, OperatorError, TimeoutError):
            raise MailStopped(
                "We could not send the mail. Please try again in a few minutes.", retry_after=60
            ) from None

    def key(self, purpose: str) -> bytes:
        """Give the key for one use of the server's secret."""
        return derive(self.secret, f"subscription {purpose}")


def _place(identity: str) -> bytes:
    return f"subscription/{identity}/address".encode()
