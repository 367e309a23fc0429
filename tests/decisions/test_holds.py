"""Legal holds: what was said stays for as long as the law says, closed and unread; everything else goes."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from chatbot.consents import auditing
from chatbot.conversation import retention
from chatbot.decisions import holds
from chatbot.errors import InvalidRequest, NotFound
from chatbot.guardians import duties
from chatbot.storage.tables import ChatSession, Feedback, Turn, VaultRow
from chatbot.storage.tables.decisions import LegalHold
from consent.audit import check
from consent.holds import HoldError, allow, ground
from pii.errors import VaultError
from pii.vault import Vault

LAW = "za-preservation-evidence"
HELLO = "I live at 12 Long Street and my mail is jane@mail.example. What is an ERP?"


def today():
    return datetime.now(UTC).date()


@pytest.fixture
async def talked(visitor):
    """A stored conversation with a value, a reply, and a rating."""
    await visitor.begin({"store": True, "improve": True})
    await visitor.say(HELLO)
    rated = {"turn": 1, "rating": "up"}
    sent = await visitor.client.post(f"/v1/sessions/{visitor.id}/feedback", json=rated, headers=visitor.headers)
    assert sent.status_code == 201
    return visitor


@pytest.fixture
def place(services):
    """Put a conversation under a hold for so many days."""

    async def put(session_id, days=30, law=LAW, reference="CAS-123/11/2026"):
        order = holds.Order(law, reference, "officer-1", today() + timedelta(days=days))
        async with services.database.transaction() as session:
            return await holds.place(session, session_id, order, datetime.now(UTC))

    return put


async def erase(visitor):
    answer = await visitor.client.delete("/v1/me", headers=visitor.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.commitment("L5")
async def test_erasing_under_a_hold_keeps_what_was_said_sealed_and_nothing_else(talked, place, every, disk):
    """Held rows stay redacted, their values sealed; the rest goes; the visitor is told law and day."""
    (before,) = await every(VaultRow)
    await place(talked.id)
    told = await erase(talked)
    assert told["erased"] is True
    assert told["held"]["law"] == "Cybercrimes Act 19 of 2020, section 42"
    assert told["held"]["until"] == (today() + timedelta(days=30)).isoformat()
    assert told["held"]["until"] in told["held"]["message"]
    (turn,), (vault,) = await every(Turn), await every(VaultRow)
    assert "What is an ERP?" in turn.question.text
    assert vault.sealed == before.sealed
    with pytest.raises(VaultError):
        Vault.open(vault.sealed, b"k" * 32, talked.id.encode())
    assert await every(Feedback) == []
    assert b"jane@mail.example" not in await disk()


@pytest.mark.commitment("L5")
async def test_what_is_held_is_frozen_for_its_visitor_and_for_everybody_else(talked, place, services, every):
    """No token, no session number and no consent leads to it."""
    (kept,) = await every(ChatSession)
    await place(talked.id)
    await erase(talked)
    assert (await talked.say("hello")).problem["code"] == "not_found"
    turns = await talked.client.get(f"/v1/sessions/{talked.id}/turns", headers=talked.headers)
    assert turns.status_code == 404
    (frozen,) = await every(ChatSession)
    assert frozen.id != talked.id
    assert (frozen.subject_id != kept.subject_id, frozen.minor) == (True, True)
    async with services.database.reading() as session:
        assert dict(await services.stored.standing(session, frozen.subject_id)) == {}


@pytest.mark.commitment("L5")
async def test_when_the_hold_ends_the_erasing_happens_by_itself(talked, place, services, every, disk):
    """Its day comes, and nobody has to ask again."""
    await place(talked.id, days=30)
    await erase(talked)
    now = datetime.now(UTC)
    assert (await duties.sweep(services, now + timedelta(days=29)))["holds_ended"] == 0
    assert len(await every(Turn)) == 1
    assert (await duties.sweep(services, now + timedelta(days=31)))["holds_ended"] == 1
    assert [await every(table) for table in (Turn, VaultRow, ChatSession)] == [[], [], []]
    assert b"What is an ERP" not in await disk()


async def test_each_step_of_a_hold_is_on_record_and_chained(talked, place, services):
    """Placed, frozen, ended, erased: who and when, in one stream; the conversation's own says that it was frozen."""
    await place(talked.id, days=30)
    await erase(talked)
    await duties.sweep(services, datetime.now(UTC) + timedelta(days=31))
    async with services.database.reading() as session:
        steps, own = await auditing.read(session, holds.STREAM), await auditing.read(session, talked.id)
    check(steps)
    assert [(step.fact.actor, step.fact.reason) for step in steps] == [
        ("officer-1", f"placed_{LAW}"),
        ("service", "frozen"),
        ("service", "ended"),
        ("service", "hold_ended"),
    ]
    assert (own[-1].fact.verb, own[-1].fact.reason) == ("destroy", "frozen_by_law")


async def test_lifting_a_hold_erases_what_only_it_kept(talked, services, every, officer):
    """From the command line, on record."""
    until = (today() + timedelta(days=10)).isoformat()
    ids = ("--law", LAW, "--reference", "CAS-1", "--officer", "officer-1", "--until", until)
    await officer("hold", "place", talked.id, *ids)
    await erase(talked)
    (listed,) = json.loads(await officer("hold", "list", "--json"))["rows"]
    assert (listed["frozen"], listed["session"]) == (True, talked.id)
    assert "erased" in await officer("hold", "lift", listed["id"], "--officer", "officer-2")
    assert await every(Turn) == []
    assert "Nothing is held" in await officer("hold", "list")
    assert "No hold of this id stands" in await officer("hold", "lift", listed["id"], "--officer", "o-1", code=1)
    assert services


async def test_of_two_holds_the_last_one_keeps(talked, place, services, every):
    """The first to end erases nothing while another law still asks for it."""
    await place(talked.id, days=10)
    await place(talked.id, days=60)
    assert (await erase(talked))["held"]["until"] == (today() + timedelta(days=60)).isoformat()
    await duties.sweep(services, datetime.now(UTC) + timedelta(days=11))
    assert len(await every(Turn)) == 1
    await duties.sweep(services, datetime.now(UTC) + timedelta(days=61))
    assert await every(Turn) == []


@pytest.mark.commitment("L5")
async def test_withdrawing_under_a_hold_hands_over_and_freezes(talked, place, every):
    """The visitor gets the conversation and goes on; what is held is no longer theirs to open here."""
    await place(talked.id)
    version = (await talked.client.get("/v1/notice")).json()["version"]
    body = {"consents": {"store": False}, "notice_version": version}
    changed = (await talked.client.put("/v1/me/consents", json=body, headers=talked.headers)).json()
    assert changed["state"] == "ephemeral"
    assert changed["held"]["law"]
    talked.token, talked.state = changed["token"], changed["conversation"]
    assert (await talked.say("and a CRM?")).status == 200
    (turn,) = await every(Turn)
    assert turn.session_id != talked.id


async def test_who_agrees_to_storing_again_begins_anew_beside_what_is_held(talked, place, every):
    """The frozen conversation and the new one share nothing."""
    await place(talked.id)
    version = (await talked.client.get("/v1/notice")).json()["version"]
    for yes in (False, True):
        body = {"consents": {"store": yes}, "notice_version": version, "state": talked.state}
        changed = await talked.client.put("/v1/me/consents", json=body, headers=talked.headers)
        assert changed.status_code == 200, changed.text
        talked.token, talked.state = changed.json()["token"], changed.json()["conversation"]
    assert (await talked.say("and a CRM?")).status == 200
    assert len({row.subject_id for row in await every(ChatSession)}) == 2


@pytest.mark.commitment("L5")
async def test_erasing_everything_names_the_law_that_keeps_another_conversation_of_the_same_person(client, place):
    """Two conversations that memory holds together: the older one is held, the newer one asks."""
    from support.visitors import Visitor

    older, newer = Visitor(client), Visitor(client)
    await older.begin({"store": True, "personalise": True})
    await older.say("What is an ERP?")
    notice = (await client.get("/v1/notice")).json()["version"]
    choices = {"consents": {"store": True, "personalise": True}, "notice_version": notice}
    body = {"country": "DE", "born": "1990-05"} | choices
    begun = await client.post("/v1/sessions", json=body, headers=older.headers)
    newer.id, newer.token = begun.json()["id"], begun.json()["token"]
    await place(older.id)
    assert (await erase(newer))["held"]["law"]


@pytest.mark.commitment("L5")
async def test_the_sweep_freezes_what_is_held_and_then_leaves_it_alone(talked, place, services, every):
    """Retention is over before the law is; more than once is no more than once."""
    await place(talked.id, law="legal-claims", days=365)
    for days in (200, 201):
        await retention.sweep(services, datetime.now(UTC) + timedelta(days=days))
        (turn,) = await every(Turn)
        assert turn.session_id != talked.id
    await duties.sweep(services, datetime.now(UTC) + timedelta(days=366))
    assert await every(Turn) == []


async def test_a_hold_alone_changes_nothing_for_the_visitor(talked, place, services, every):
    """Until erasing is due the chat goes on; a hold that ends before leaves no trace in it."""
    await place(talked.id, days=5)
    assert (await talked.say("and a CRM?")).status == 200
    await duties.sweep(services, datetime.now(UTC) + timedelta(days=6))
    assert len(await every(Turn)) == 2
    assert (await erase(talked))["held"] is None
    assert await every(Turn) == []


async def test_a_hold_whose_day_has_passed_keeps_nothing_even_before_it_is_ended(talked, place, services, every):
    """Never for longer than the law allows: not even for the minute until the next duty."""
    made = await place(talked.id, days=5)
    async with services.database.transaction() as session:
        (await session.get(LegalHold, made.id)).until = datetime.now(UTC) - timedelta(seconds=1)
    assert (await erase(talked))["held"] is None
    assert await every(Turn) == []


async def test_a_hold_on_one_conversation_keeps_no_other(talked, place, client, every):
    """Its scope is one conversation."""
    from support.visitors import Visitor

    other = Visitor(client)
    await other.begin({"store": True})
    await other.say("What is a CRM?")
    await place(talked.id)
    assert (await erase(other))["held"] is None
    assert {turn.session_id for turn in await every(Turn)} == {talked.id}


@pytest.mark.commitment("L5")
@pytest.mark.parametrize(
    ("law", "days", "why"),
    [
        (LAW, 91, "allows 90 days"),
        ("za-preservation-expedited", 22, "allows 21 days"),
        ("eu-preservation", 61, "allows 60 days"),
        ("legal-claims", 366, "allows 365 days"),
        (LAW, 0, "in the future"),
        ("because-i-say-so", 5, "choose one of"),
    ],
)
async def test_no_hold_is_longer_than_its_law_or_without_one(talked, place, law, days, why):
    """The numbers are the law's, as data."""
    with pytest.raises(InvalidRequest, match=why):
        await place(talked.id, days=days, law=law)


async def test_a_hold_ends_to_the_hour_when_the_law_says_so(talked, place):
    """The longest hold that is allowed is no minute longer."""
    made = await place(talked.id, days=90)
    assert made.until - made.placed_at == timedelta(days=90)


async def test_a_hold_needs_something_that_is_kept(place):
    """Nothing is kept of most conversations."""
    with pytest.raises(NotFound):
        await place(uuid.uuid4().hex)


@pytest.mark.parametrize("reference", ["", "case of Jane Doe", "jane@mail.example", "x" * 65])
async def test_a_reference_is_a_number_and_no_name(talked, place, reference):
    """It stays on record for years."""
    with pytest.raises(InvalidRequest, match="no name"):
        await place(talked.id, reference=reference)


def test_a_ground_that_was_not_law_yet_holds_nothing():
    """The Regulation applies from 18 August 2026."""
    with pytest.raises(HoldError):
        allow("eu-preservation", date(2026, 8, 17), date(2026, 9, 1))
    assert ground("eu-preservation", date(2026, 8, 18)).days == 60
