"""A consent receipt that the visitor keeps: what was agreed, in ISO/IEC TS 27560:2023 fields, signed with Ed25519.

    issue    the latest answer for each purpose becomes one signed document of plain JSON
    verify   anybody can check it offline: every mandatory field is there, and not a byte was changed

The fields follow the mapping of TS 27560 to the GDPR by the W3C DPVCG; those that are optional in the standard but
mandatory for the GDPR (basis, method, location, rights, authority) are mandatory here. A receipt names nobody.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consent import law
from consent.data import canonical, digest
from consent.notice import Activity, Notice
from consent.tables import ConsentEvent, EventType, SubjectType

SCHEMA = "ISO/IEC TS 27560:2023"
_ALGORITHM = "Ed25519"
_DOCUMENT = (
    *("schema_version", "record_id", "receipt_id", "pii_principal_id", "issued_at", "privacy_notice"),
    *("language", "jurisdiction", "pii_controllers", "processing", "rights", "authority"),
)
_PROCESSING = (
    *("purpose", "purpose_text", "text_sha256", "lawful_basis", "pii_information", "recipient_third_parties"),
    *("storage_locations", "retention_days", "withdrawal_method", "collection_method", "event"),
)
_OBJECTIONS = frozenset(each.value for each in EventType if each.name.startswith("OBJECT"))
_EVENT = ("event_time", "validity_until", "entity_id", "event_type", "event_state")


class ReceiptError(ValueError):
    """The receipt is incomplete, was changed, or was signed by somebody else."""


@dataclass(frozen=True)
class Issuer:
    """Who signs, where things are, and for whom.

    The key, where data is stored, where notice and withdrawal are found, and whether the subject is a natural or a
    juristic person.
    """

    key: Ed25519PrivateKey
    storage_location: str
    notice_url: str
    withdrawal: str
    subject_type: str = SubjectType.NATURAL.value

    @property
    def public_key(self) -> str:
        """The key that verifies, in base64; publish it so that people can compare."""
        return b64encode(self.key.public_key().public_bytes_raw()).decode()

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the public key in hex, short enough to compare by eye in groups of four."""
        return fingerprint(self.public_key)


def fingerprint(public_key: str) -> str:
    """Return the SHA-256, in hex, of a public key in base64; raise ``ReceiptError`` when it is none."""
    try:
        return hashlib.sha256(b64decode(public_key, validate=True)).hexdigest()
    except ValueError as error:
        raise ReceiptError("the public key is not base64") from error


def issue(
    events: Sequence[ConsentEvent],
    notice: Notice,
    issuer: Issuer,
    *,
    now: datetime,
    shown: Callable[[ConsentEvent], Notice | None] = lambda _event: None,
) -> dict[str, Any]:
    """Return a signed receipt over the latest event of each purpose; raise ``ReceiptError`` without any event.

    ``shown`` finds the very notice that an event was given under, for its words; ``notice`` stands in for one that
    is no longer there, and heads the document. Each event names the version and text hash that it was given under.
    """
    latest = {event.purpose: event for event in events if event.event_type not in _OBJECTIONS}
    objected = {event.purpose: event for event in events if event.event_type in _OBJECTIONS}
    if not latest:
        raise ReceiptError("nothing was ever agreed or refused, so there is nothing to confirm")
    newest = max(latest.values(), key=lambda event: event.seq)
    content = _document(newest, notice, issuer) | {
        "issued_at": _moment(now),
        "pii_principal_type": _principal(issuer.subject_type, newest),
        "processing": [_processing(event, shown(event) or notice, issuer) for event in latest.values()],
        "objections": [{"purpose": purpose} | _event(event) for purpose, event in objected.items()],
    }
    content["receipt_id"] = digest(content)
    signature = issuer.key.sign(canonical(content))
    proof = {"algorithm": _ALGORITHM, "public_key": issuer.public_key, "value": b64encode(signature).decode()}
    return content | {"signature": proof}


def verify(receipt: Mapping[str, Any], *, trusted: str | None = None) -> None:
    """Raise ``ReceiptError`` unless the receipt is whole and unchanged.

    ``trusted`` is the public key that the issuer publishes; without it a valid signature only shows that the
    receipt was not changed since, not who signed it.
    """
    check_fields(receipt)
    content = {key: value for key, value in receipt.items() if key != "signature"}
    proof = receipt.get("signature")
    if not isinstance(proof, Mapping) or proof.get("algorithm") != _ALGORITHM:
        raise ReceiptError("the receipt carries no Ed25519 signature")
    if trusted is not None and proof.get("public_key") != trusted:
        raise ReceiptError("the receipt was signed with a key that is not the issuer's")
    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(str(proof.get("public_key")), validate=True))
        key.verify(b64decode(str(proof.get("value")), validate=True), canonical(content))
    except (InvalidSignature, ValueError) as error:
        raise ReceiptError("the receipt was changed after it was signed") from error


def check_fields(receipt: Mapping[str, Any]) -> None:
    """Raise ``ReceiptError`` that names every mandatory field that is missing or empty."""
    missing = _missing(receipt, _DOCUMENT, "")
    for number, row in enumerate(receipt.get("processing") or ()):
        missing += _missing(row, _PROCESSING, f"processing.{number}.")
        missing += _missing(row.get("event") or {}, _EVENT, f"processing.{number}.event.")
    if missing:
        raise ReceiptError(f"mandatory fields are missing: {', '.join(missing)}")


def _missing(fields: Mapping[str, Any], wanted: Sequence[str], place: str) -> list[str]:
    return [place + name for name in wanted if fields.get(name) in (None, "", [], {})]


def _document(event: ConsentEvent, notice: Notice, issuer: Issuer) -> dict[str, Any]:
    authority = law.authority(event.jurisdiction, event.at.date())
    return {
        "schema_version": SCHEMA,
        "record_id": event.digest,
        "pii_principal_id": event.subject_id,
        "privacy_notice": {"version": notice.version, "url": issuer.notice_url},
        "language": notice.language,
        "jurisdiction": event.jurisdiction,
        "pii_controllers": [_controller(notice)],
        "rights": [right.title for right in notice.words.rights.values()],
        "authority": {"name": authority.name, "url": authority.url},
    }


def _principal(subject_type: str, event: ConsentEvent) -> dict[str, Any]:
    """Say who agreed: a natural or a juristic person, and whether their law protects the latter as well."""
    rule = law.duty(event.jurisdiction, law.Duty.JURISTIC_PERSONS, event.at.date())
    protected = subject_type == SubjectType.NATURAL or rule.holds
    return {"type": f"{subject_type} person", "protected_by_law": protected, "law": rule.law}


def _controller(notice: Notice) -> dict[str, str]:
    party = notice.party
    return {
        "party_id": party.website,
        "party_name": party.name,
        "party_address": party.address or party.website,
        "party_country": party.country,
        "party_contact": party.information_officer.email,
        "information_officer": party.information_officer.name,
        "eu_representative": f"{party.eu_representative.name} <{party.eu_representative.email}>",
        "party_type": "responsible party (POPIA), controller (GDPR)",
    }


def _processing(event: ConsentEvent, notice: Notice, issuer: Issuer) -> dict[str, Any]:
    activity = _activity(notice, event.purpose)
    return {
        "purpose": event.purpose,
        "purpose_text": {"title": activity.title, "text": activity.text},
        "text_sha256": event.text_sha256,
        "lawful_basis": activity.basis,
        "pii_information": list(activity.data),
        "recipient_third_parties": list(activity.recipients),
        "storage_locations": [issuer.storage_location],
        "retention_days": activity.hard_limit_days,
        "withdrawal_method": issuer.withdrawal,
        "collection_method": f"{event.method} on {event.control}",
        "collection_source": event.source,
        "event": _event(event),
    }


def _activity(notice: Notice, purpose: str) -> Activity:
    return next(activity for activity in notice.activities() if activity.id == purpose)


def _event(event: ConsentEvent) -> dict[str, Any]:
    return {
        "event_time": _moment(event.at),
        "validity_until": _moment(event.valid_until) if event.valid_until else None,
        "entity_id": event.actor,
        "event_type": "explicit",
        "event_state": event.event_type,
        "notice_version": event.notice_version,
        "language": event.language,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
