"""A request to be written to: judged, left for the mail, and forgotten here.

Whether the address is known is not looked up before the answer is given, so no answer can tell it. Whoever is under
age, and whoever asks for one address too often, gets the same answer as everybody, after the same work.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chatbot.errors import InvalidRequest, MailStopped, RateLimited
from chatbot.subscriptions import errands
from chatbot.subscriptions.parts import Request
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
    """Judge a request and leave it to be mailed, or nothing; raises MailStopped where no mail is sent at all."""
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
    request = Request(
        address=wish.address,
        language=notice.language,
        country=country_or_elsewhere(wish.country),
        purposes=tuple(sorted(purpose for purpose, yes in wish.purposes.items() if yes)),
        age_rule=age.rule_version,
        asked=time.time_ns() // 1000,
    )
    seldom = await _seldom(services, wish.address)
    errands.leave(desk, errands.CONFIRM if seldom and age.adult and not age.minor else errands.NOTHING, request)


async def find(services: Services, address: str) -> None:
    """Leave it to be mailed to an address where its page is, should it be known: nothing is looked up here."""
    if services.subscriptions.mailer is None:
        raise MailStopped("This site sends no e-mail.")
    request = Request(address, "", "", (), "", time.time_ns() // 1000)
    kind = errands.PAGE if await _seldom(services, address) else errands.NOTHING
    errands.leave(services.subscriptions, kind, request)


async def _seldom(services: Services, address: str) -> bool:
    try:
        await services.limits.count("subscribe", services.subscriptions.lookup(address))
    except RateLimited:
        return False
    return True


def _is_month(born: str) -> bool:
    try:
        Birth.parse(born)
    except BirthError:
        return False
    return True
