"""From an invitation to a verified guardian, one function a step; every verifier ends in ``prove``.

invite ── begin ─┬─ e-mail: first link ── after the delay ── second link ── prove
├─ signed form: read by staff (`chatbot guardian review`) ── prove
└─ provider: its signed assertion comes back with the browser ── prove
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from chatbot.errors import InvalidRequest, NotFound, StorageStopped
from chatbot.guardians import rows
from chatbot.guardians.parts import INVITED_FOR, Use
from chatbot.seals import decode
from chatbot.storage.tables.guardians import GuardianRow
from consent.egress import MailError, is_address
from consent.guardian import Act, Stage, invite
from consent.law import ages, country_or_elsewhere
from consent.operators import OperatorError
from consent.tables import new_id
from consent.verifiers import Seen

if TYPE_CHECKING:
    from chatbot.services import Services


class Assertion(Struct, forbid_unknown_fields=True):
    """What an identity provider says: to which request, about which pseudonym, is this the guardian, until when."""

    request: str
    subject: str
    guardian: bool
    expires: int


async def new_invitation(services: Services, country: str, language: str) -> tuple[str, datetime]:
    """Keep an invitation that says nothing about the child; gives the code to hand on and when it ends."""
    now = datetime.now(UTC)
    begun, code = invite(new_id(), now=now, valid_for=INVITED_FOR)
    row = GuardianRow(
        id=begun.id,
        stage=begun.stage.value,
        code_sha256=begun.code_sha256,
        country=country_or_elsewhere(country),
        language=services.notices.best(language).language,
        age_rule=ages(now.date()).version,
        invited_at=begun.invited_at,
        expires_at=begun.expires_at,
        changed_at=begun.changed_at,
    )
    async with services.database.transaction() as session:
        session.add(row)
    return code, begun.expires_at


async def begin(services: Services, code: str, method: str, address: str = "") -> str:
    """Choose how to be identified; gives the guardianship's id. A mistyped address may be given again."""
    parts, now = services.guardians, datetime.now(UTC)
    if method not in parts.verifiers:
        raise InvalidRequest("Choose one of the ways that are offered here.")
    if method == "email_plus" and not is_address(address):
        raise InvalidRequest("Write one e-mail address, like name@example.org.")
    async with services.database.transaction() as session:
        row = await rows.find_code(session, code)
        if row.stage != Stage.IDENTIFIED or row.first_at is not None:
            rows.step(row, Act.IDENTIFY, now=now)
        row.method = method
        row.address = parts.hide(row.id, address) if method == "email_plus" else None
        identity, language = row.id, row.language
    if method == "email_plus":
        await send(services, language, address, "first", parts.make_pass(identity, Use.FIRST, _left(now, row)))
    return identity


async def confirm_first(services: Services, token: str) -> GuardianRow:
    """Take the first confirmation of an address; the clock of the delay begins."""
    identity = services.guardians.open_pass(token, Use.FIRST)
    async with services.database.transaction() as session:
        row = await rows.find(session, identity, lock=True)
        if row.stage == Stage.IDENTIFIED and row.first_at is None:
            row.first_at = datetime.now(UTC)
    return row


async def confirm_second(services: Services, token: str) -> GuardianRow:
    """Take the second confirmation: with the delay between them the guardian is verified."""
    parts, now = services.guardians, datetime.now(UTC)
    identity = parts.open_pass(token, Use.SECOND)
    async with services.database.transaction() as session:
        row = await rows.find(session, identity, lock=True)
        if row.stage not in {Stage.IDENTIFIED, Stage.VERIFIED}:
            raise NotFound(rows.GONE)  # once it is decided, an old mail opens nothing
        address = parts.reveal(identity, row.address) if row.address else None
        if row.stage == Stage.IDENTIFIED and address:
            seen = Seen(parts.print_of(address).encode(), tuple(filter(None, (row.first_at, now))))
            prove(services, row, seen, login=parts.print_of(address))
    return row


async def review(services: Services, code: str, form: Seen, address: str = "") -> str:
    """Take the outcome of a form that a member of staff read; the form is not kept. Gives the portal's path."""
    parts = services.guardians
    async with services.database.transaction() as session:
        row = await rows.find_code(session, code)
        if row.stage == Stage.INVITED:
            rows.step(row, Act.IDENTIFY, now=datetime.now(UTC))
        row.method = "signed_form"
        prove(services, row, form, login=parts.print_of(address) if address else None)
    return parts.portal(row.id, INVITED_FOR.total_seconds())


async def asserted(services: Services, assertion: str, signature: str) -> str:
    """Take a provider's signed assertion; gives the path of the portal that it opens."""
    parts, now = services.guardians, datetime.now(UTC)
    verifier, raw = parts.verifiers.get("provider_local"), decode(assertion) or b""
    seen = Seen(raw, signature=decode(signature) or b"")
    if verifier is None or not verifier.assess(seen, now=now).verified:
        raise InvalidRequest("This answer does not come from our identity provider.")
    said = msgspec.json.decode(raw, type=Assertion)
    identity = parts.open_pass(said.request, Use.PROVIDER)
    if said.expires <= now.timestamp() or not said.guardian:
        raise InvalidRequest("The identity provider did not confirm it. Please try again.")
    login = parts.print_of(f"provider:{said.subject}")
    async with services.database.transaction() as session:
        row = await rows.find(session, identity, lock=True)
        if row.stage in {Stage.INVITED, Stage.IDENTIFIED}:
            prove(services, row, seen, login=login)
        elif row.login is None or not secrets.compare_digest(row.login, login):
            raise InvalidRequest("Somebody else answers for this child.")
    return parts.portal(identity)


def prove(services: Services, row: GuardianRow, seen: Seen, *, login: str | None) -> None:
    """Let the row's verifier judge what was seen; only its outcome and a hash remain."""
    now = datetime.now(UTC)
    evidence = services.guardians.verifiers[row.method].assess(seen, now=now)
    if row.method == "email_plus" and not evidence.verified:
        raise InvalidRequest("It is too early for the second confirmation. The mail says when.")
    rows.step(row, Act.VERIFY if evidence.verified else Act.REJECT, now=now, evidence=evidence)
    row.login = login if evidence.verified else None


async def send(services: Services, language: str, address: str, kind: str, token: str) -> None:
    """Send one of the flow's mails; raises StorageStopped when no server takes it."""
    parts = services.guardians
    if parts.mailer is None:
        raise InvalidRequest("This site sends no mail.")
    page = "portal" if kind == "login" else "confirm"
    words, party = parts.words_for(language), services.notices.best(language).party
    values = {"company": party.name, "support": party.support, "link": parts.link(f"/guardian/{page}/{token}")}
    try:
        await parts.mailer.send(
            address, words.say(f"mail_{kind}_subject", **values), words.say(f"mail_{kind}_text", **values)
        )
    except (MailError, OperatorError):
        raise StorageStopped(
            "We could not send the mail. Please try again in a few minutes.", retry_after=60
        ) from None


def _left(now: datetime, row: GuardianRow) -> float:
    return (row.expires_at - now).total_seconds()
