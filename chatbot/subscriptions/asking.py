"""A request to be written to: judged, sealed into a mail, and forgotten here.

Whether the address is known is never looked up, so no answer can tell it; whoever is under age, and whoever asks for
one address too often, gets the same answer as everybody.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chatbot.errors import InvalidRequest, MailStopped, RateLimited
from chatbot.subscriptions.choosing import known
from chatbot.subscriptions.parts import REQUEST_HOURS, Request
from consent.age import Birth, BirthError, judge
from consent.egress import is_address
from consent.law import country_or_elsewhere

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatbot.services import Services
    from consent.notice import Notice

COUNTRY_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Wish:
    """What was entered; the month of birth is judged and dropped."""

    address: str
    language: str
    country: str
    born: str
    purposes: Mapping[str, bool]

    def __repr__(self) -> str:
        return "<Wish>"


def wrong(notice: Notice, wish: Wish) -> list[str]:
    """Name the fields that cannot be used as they are."""
    asked = {row.id for row, _ in notice.subscribing()}
    checks = {
        "email": is_address(wish.address),
        "country": len(wish.country) == COUNTRY_LETTERS,
        "born": _is_month(wish.born),
        "purposes": any(wish.purposes.values()) and set(wish.purposes) <= asked,
    }
    return [name for name, right in checks.items() if not right]


async def ask(services: Services, wish: Wish) -> None:
    """Mail a link that holds the whole request; nothing is written. Raises MailStopped where no mail leaves."""
    desk, notice = services.subscriptions, services.notices.best(wish.language)
    if desk.mailer is None:
        raise MailStopped("This site sends no e-mail.")
    if fields := wrong(notice, wish):
        said = desk.words_for("en")
        raise InvalidRequest(
            "Check the fields named in 'errors'.",
            errors=[{"field": name, "detail": said.say(f"error_{name}")} for name in fields],
        )
    now = datetime.now(UTC)
    age = judge(wish.country, Birth.parse(wish.born, now.date()), now.date())
    if age.minor or not age.adult:
        return
    request = Request(
        address=wish.address,
        language=notice.language,
        country=country_or_elsewhere(wish.country),
        purposes=tuple(sorted(purpose for purpose, yes in wish.purposes.items() if yes)),
        age_rule=age.rule_version,
        expires=int(time.time()) + REQUEST_HOURS * 3600,
    )
    with suppress(RateLimited):
        await services.limits.count("subscribe", desk.lookup(wish.address))
        link = desk.link(f"/subscribe/confirm/{desk.seal_request(request)}")
        purposes = named(notice, request.purposes)
        await desk.send(wish.address, notice.language, "confirm", link=link, purposes=purposes)


async def find(services: Services, address: str) -> None:
    """Mail the way to its page when an address is known; say nothing when it is not, or asks too often."""
    desk = services.subscriptions
    lookup = desk.lookup(address)
    with suppress(RateLimited):
        await services.limits.count("subscribe", lookup)
        row = await known(desk, lookup)
        if row is not None and (own := desk.reveal(row.id, row.address)):  # to whom it belongs, not to who asks
            await desk.send(own, row.language, "page", link=desk.page(lookup))


def named(notice: Notice, purposes: tuple[str, ...]) -> str:
    """Write purposes into a mail, in the very words that ask for them."""
    words = [notice.words.purposes[purpose] for purpose in purposes]
    return "\n\n".join(f"- {each.title}\n  {each.text}" for each in words)


def _is_month(born: str) -> bool:
    try:
        Birth.parse(born)
    except BirthError:
        return False
    return True
