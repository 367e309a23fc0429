"""A visitor's receipt: signed, complete, checkable offline, with a stored conversation or without."""

import json

import pytest
from click.testing import CliRunner

from chatbot.cli import main
from consent.receipt import verify

CHOSEN = {"store": True, "improve": False, "personalise": True}
NOT_STORED = CHOSEN | {"store": False}


async def receipt_of(visitor):
    return (await visitor.client.get("/v1/me/consents/receipt", headers=visitor.headers)).json()


async def published_key(client):
    return (await client.get("/.well-known/consent-receipt-key.json")).json()


@pytest.mark.commitment("L2", "D3", "G7")
@pytest.mark.parametrize("chosen", [CHOSEN, NOT_STORED], ids=["stored", "ephemeral"])
async def test_a_receipt_says_every_answer_and_verifies_with_the_published_key(visitor, chosen):
    await visitor.begin(chosen)
    receipt = await receipt_of(visitor)
    verify(receipt, trusted=(await published_key(visitor.client))["public_key"])
    answers = {row["purpose"]: row["event"]["event_state"] for row in receipt["processing"]}
    assert answers == {purpose: "given" if yes else "refused" for purpose, yes in chosen.items()}
    assert receipt["jurisdiction"] == "DE"
    assert receipt["pii_controllers"][0]["party_name"] == "Rousora"
    assert all(row["event"]["validity_until"] for row in receipt["processing"])


async def test_a_receipt_without_storing_leaves_nothing_behind(visitor, services):
    await visitor.begin(NOT_STORED)
    receipt = await receipt_of(visitor)
    assert visitor.id not in json.dumps(receipt)
    async with services.database.reading() as session:
        connection = await session.connection()
        assert (await connection.exec_driver_sql("SELECT count(*) FROM consent_event")).scalar() == 0


async def test_the_history_tells_a_yes_and_its_end(visitor):
    await visitor.begin(CHOSEN)
    version = (await visitor.client.get("/v1/notice")).json()["version"]
    body = {"consents": {"personalise": False}, "notice_version": version}
    changed = (await visitor.client.put("/v1/me/consents", json=body, headers=visitor.headers)).json()
    assert changed["consents"] == CHOSEN | {"personalise": False}
    events = (await visitor.client.get("/v1/me/consents/history", headers=visitor.headers)).json()["events"]
    told = [(event["purpose"], event["event_type"]) for event in events]
    assert told == [
        *((purpose, "given" if yes else "refused") for purpose, yes in CHOSEN.items()),
        ("personalise", "withdrawn"),
    ]


async def test_nobody_elses_receipt_is_given(client):
    assert (await client.get("/v1/me/consents/receipt")).status_code == 401
    assert (await client.get("/v1/me/consents/history")).status_code == 401


async def checked(path, *more):
    result = CliRunner().invoke(main, ["verify", "receipt", str(path), "--json", *more])
    return result.exit_code, json.loads(result.stdout)


@pytest.fixture
async def saved(visitor, tmp_path):
    """A receipt as a visitor downloads it."""
    await visitor.begin(CHOSEN)
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(await receipt_of(visitor)), encoding="utf-8")
    return path


async def test_anybody_can_check_a_receipt_offline(saved, visitor):
    key = await published_key(visitor.client)
    code, said = await checked(saved)
    assert (code, said["valid"], said["issuer_known"]) == (0, True, False)
    assert said["fingerprint"] == key["fingerprint"]
    assert (await checked(saved, "--key", key["public_key"]))[1]["issuer_known"] is True


async def test_a_changed_or_foreign_receipt_is_told_and_exits_1(saved):
    assert (await checked(saved, "--key", "AAAA"))[0] == 1
    saved.write_text(saved.read_text().replace('"refused"', '"given"', 1))
    code, said = await checked(saved)
    assert (code, said["valid"]) == (1, False)
    for broken in ("", "[]", "not json", "{}"):
        saved.write_text(broken)
        assert (await checked(saved))[0] == 1
