"""The receipt: complete by the standard, checkable by anybody offline, and broken by any changed byte."""

import copy
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent import ledger
from consent.receipt import Issuer, ReceiptError, check_fields, issue, verify
from tests.consent.conftest import NOON


@pytest.fixture
def issuer() -> Issuer:
    return Issuer(
        Ed25519PrivateKey.from_private_bytes(bytes(range(32))),
        storage_location="South Africa",
        notice_url="https://rousora.com/privacy",
        withdrawal="Privacy menu of the chat, My choices",
    )


@pytest.fixture
async def events(session, subject, notices):
    how = ledger.Circumstances(notices.best("de"), "DE", "widget:choices")
    await ledger.record(session, subject, {"store": True, "improve": False}, how, now=NOON)
    await ledger.record(session, subject, {"improve": True}, how, now=NOON + timedelta(days=1))
    return await ledger.history(session, subject)


@pytest.fixture
def receipt(events, notices, issuer):
    return issue(events, notices.best("de"), issuer, now=NOON + timedelta(days=2))


@pytest.mark.commitment("L2")
def test_every_stored_event_yields_all_mandatory_fields_of_the_standard(receipt, events):
    check_fields(receipt)
    rows = {row["purpose"]: row for row in receipt["processing"]}
    assert {name: row["event"]["event_state"] for name, row in rows.items()} == {"store": "given", "improve": "given"}
    for event in events[-1:]:
        row = rows[event.purpose]
        assert row["text_sha256"] == event.text_sha256
        assert row["event"]["notice_version"] == event.notice_version
        assert row["event"]["event_time"] == "2026-11-22T12:00:00Z"
        assert row["event"]["validity_until"] == "2027-05-21T12:00:00Z"
        assert row["collection_method"] == "explicit_click on widget:choices"


@pytest.mark.commitment("D3")
def test_the_responsible_party_and_its_officer_are_printed_on_it(receipt):
    [controller] = receipt["pii_controllers"]
    assert controller["party_name"] == "Rousora"
    assert controller["party_contact"] == "support@rousora.com"
    assert "Bundesbeauftragte" in receipt["authority"]["name"]


def test_it_can_be_verified_after_a_journey_through_a_file(receipt, issuer):
    verify(json.loads(json.dumps(receipt)), trusted=issuer.public_key)
    verify(dict(reversed(json.loads(json.dumps(receipt, indent=3)).items())))


def leaves(node, path=()):
    """Yield the path of every leaf of a document."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, (*path, index))
    else:
        yield path


def test_any_changed_value_breaks_it(receipt):
    for path in leaves(receipt):
        changed = copy.deepcopy(receipt)
        place = changed
        for step in path[:-1]:
            place = place[step]
        value = place[path[-1]]
        place[path[-1]] = (
            value + 1 if isinstance(value, int) else f"A{value[1:]}" if value[0] != "A" else f"B{value[1:]}"
        )
        with pytest.raises(ReceiptError):
            verify(changed)


@pytest.mark.parametrize("field", ["jurisdiction", "pii_controllers", "privacy_notice", "language", "authority"])
def test_a_missing_mandatory_field_is_named(receipt, field):
    with pytest.raises(ReceiptError, match=f"missing: {field}"):
        verify(receipt | {field: ""})


def test_a_missing_mandatory_field_of_an_event_is_named(receipt):
    del receipt["processing"][0]["event"]["validity_until"]
    with pytest.raises(ReceiptError, match=r"processing.0.event.validity_until"):
        check_fields(receipt)


def test_a_strangers_signature_is_not_the_issuers(events, notices, issuer):
    stranger = replace(issuer, key=Ed25519PrivateKey.generate())
    forged = issue(events, notices.best("de"), stranger, now=NOON)
    verify(forged)
    with pytest.raises(ReceiptError, match="not the issuer's"):
        verify(forged, trusted=issuer.public_key)


@pytest.mark.parametrize(
    "signature", [None, "x", {}, {"algorithm": "none"}, {"algorithm": "Ed25519", "public_key": "!", "value": ""}]
)
def test_a_receipt_without_a_signature_proves_nothing(receipt, signature):
    with pytest.raises(ReceiptError):
        verify(receipt | {"signature": signature})


def test_nothing_agreed_is_nothing_to_confirm(notices, issuer):
    with pytest.raises(ReceiptError, match="nothing was ever agreed"):
        issue([], notices.best("en"), issuer, now=NOON)
