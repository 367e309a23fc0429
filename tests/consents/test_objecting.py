"""Objections: at once where the register says so, after an officer's decision elsewhere, stored or not."""

import re

import pytest

from chatbot.conversation import objecting
from chatbot.storage.paging import Asked
from chatbot.storage.tables import ChatSession
from consent import ledger, receipt
from consent.purposes import PurposeError

STORED, EPHEMERAL = {"store": True}, {}
COUNTED = re.compile(r"^chatbot_(?:replies|hidden|flags|ratings)_total\{.*\} (\S+)$", re.MULTILINE)
MESSAGE = "I am Thandi Nkosi, my mail is thandi@mail.example and I am HIV positive. Do you set up CRM?"


async def put(visitor, **purposes):
    return await visitor.client.put("/v1/me/objections", json={"purposes": purposes}, headers=visitor.headers)


async def objecting_to(visitor, **purposes):
    changed = await put(visitor, **purposes)
    assert changed.status_code == 200, changed.text
    visitor.token = changed.json()["token"]
    return changed.json()


async def listed(visitor):
    found = (await visitor.client.get("/v1/me/consents", headers=visitor.headers)).json()["objections"]
    return {each["id"]: (each["objected"], each["review"], each["decision"]) for each in found}


async def test_what_may_be_objected_to_is_named_in_the_language_that_is_asked_for(visitor):
    """The page may speak another one than the conversation by now."""
    await visitor.begin({})
    english = "Counting what helps"
    for language, title in (("de", "Zählen, was hilft"), ("xx", english), (None, english)):
        query = {"language": language} if language else None
        told = await visitor.client.get("/v1/me/consents", params=query, headers=visitor.headers)
        assert title in {each["title"] for each in told.json()["objections"]}


def counts(services):
    """Give the sum of everything that is counted of what visitors wrote about."""
    return sum(float(value) for value in COUNTED.findall(services.metrics.render().decode()))


async def talk(visitor):
    assert (await visitor.say(MESSAGE)).done["status"] in {"complete", "unanswered"}
    body = {"turn": 1, "rating": "up"}
    await visitor.client.post(f"/v1/sessions/{visitor.id}/feedback", json=body, headers=visitor.headers)


@pytest.mark.commitment("L6")
@pytest.mark.parametrize("consents", [STORED, EPHEMERAL], ids=["stored", "ephemeral"])
async def test_an_objection_freezes_every_count_at_once_and_its_end_lets_them_go_on(visitor, services, consents):
    """Replies, hidden kinds, flags and ratings of who objected are not counted; the security of requests is."""
    await visitor.begin(consents)
    await talk(visitor)
    before = counts(services)
    assert before >= 4
    await objecting_to(visitor, statistics=True)
    await talk(visitor)
    assert counts(services) == before
    await objecting_to(visitor, statistics=False)
    await talk(visitor)
    assert counts(services) >= before + 4


@pytest.mark.commitment("L6")
@pytest.mark.parametrize("consents", [STORED, EPHEMERAL], ids=["stored", "ephemeral"])
async def test_an_objection_stands_for_every_token_of_the_conversation(visitor, services, consents):
    """The ledger, or the memory of withdrawals, knows it: a token of before counts as little as the new one."""
    await visitor.begin(consents)
    old = visitor.token
    await put(visitor, statistics=True)
    visitor.token = old
    before = counts(services)
    await talk(visitor)
    assert counts(services) == before


async def test_a_minor_is_not_counted_at_all(visitor, services):
    """The counting purpose is not for minors, whoever objects or not."""
    from datetime import UTC, datetime

    await visitor.begin(STORED, born=f"{datetime.now(UTC).year - 17}-01")
    before = counts(services)
    await talk(visitor)
    assert counts(services) == before


@pytest.mark.parametrize("consents", [STORED, EPHEMERAL], ids=["stored", "ephemeral"])
async def test_every_objection_is_listed_with_its_words_and_what_it_does(visitor, consents):
    """What rests on our interest can be objected to, and the list says what follows."""
    await visitor.begin(consents)
    found = (await visitor.client.get("/v1/me/consents", headers=visitor.headers)).json()["objections"]
    assert {each["id"] for each in found} == {"security", "statistics"}
    assert all(each["title"] and each["text"] for each in found)
    assert await listed(visitor) == {"security": (False, True, "none"), "statistics": (False, False, "none")}
    await objecting_to(visitor, security=True, statistics=True)
    assert await listed(visitor) == {"security": (True, True, "pending"), "statistics": (True, False, "none")}
    await objecting_to(visitor, security=False)
    assert (await listed(visitor))["security"] == (False, True, "none")


@pytest.mark.parametrize(("upheld", "decision"), [(True, "upheld"), (False, "denied")])
async def test_an_officer_decides_where_our_grounds_may_outweigh_it(visitor, services, upheld, decision):
    """A reviewed objection waits in a list, is decided once, on record, and the visitor sees the outcome."""
    await visitor.begin(STORED)
    await objecting_to(visitor, security=True)
    ((waiting,), _) = await objecting.waiting(services, Asked())
    assert waiting.purpose == "security"
    await objecting.decide(services, waiting.subject_id, "security", officer="o-1", upheld=upheld)
    assert (await listed(visitor))["security"] == (True, True, decision)
    assert (await objecting.waiting(services, Asked())).rows == []
    with pytest.raises(PurposeError):
        await objecting.decide(services, waiting.subject_id, "security", officer="o-1", upheld=not upheld)


@pytest.mark.parametrize("purpose", ["store", "service", "proof", "sale", "x" * 40])
async def test_what_cannot_be_objected_to_is_a_clear_error_that_repeats_nothing(visitor, purpose):
    """A consent is withdrawn, a contract ended; neither is objected to, and nothing is written."""
    await visitor.begin(STORED)
    refused = await put(visitor, **{purpose: True})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")
    assert "x" * 40 not in refused.text
    assert not any(objected for objected, _, _ in (await listed(visitor)).values())


@pytest.mark.parametrize("consents", [STORED, EPHEMERAL], ids=["stored", "ephemeral"])
async def test_an_objection_is_in_the_history_and_in_a_receipt_that_verifies(visitor, services, consents):
    """It is an event of the same chain, names the control, grants nothing, and never runs out."""
    await visitor.begin(consents)
    await objecting_to(visitor, statistics=True)
    events = (await visitor.client.get("/v1/me/consents/history", headers=visitor.headers)).json()["events"]
    assert (events[-1]["purpose"], events[-1]["event_type"]) == ("statistics", "objected")
    assert (events[-1]["control"], events[-1]["valid_until"]) == ("objections", None)
    made = (await visitor.client.get("/v1/me/consents/receipt", headers=visitor.headers)).json()
    receipt.verify(made, trusted=services.receipts.published()["public_key"])
    assert [(each["purpose"], each["event_state"]) for each in made["objections"]] == [("statistics", "objected")]
    assert "statistics" not in {row["purpose"] for row in made["processing"]}


async def test_objecting_twice_is_one_event_and_the_chain_is_whole(visitor, services):
    """An answer that already stands adds nothing; consents given afterwards follow in the same chain."""
    await visitor.begin(STORED)
    for _ in range(2):
        await objecting_to(visitor, statistics=True)
    async with services.database.reading() as session:
        subject = (await session.get(ChatSession, visitor.id)).subject_id
        events = await ledger.history(session, subject)
        assert await ledger.verify(session, subject) == len(events)
        assert await services.stored.standing(session, subject)
    assert [event.event_type for event in events].count("objected") == 1
    assert not any(event.granted for event in events if event.purpose == "statistics")


@pytest.mark.commitment("L6")
async def test_an_objection_goes_with_the_conversation_from_here_to_there_and_back(visitor, services):
    """Whoever stops storing, or begins to store, need not object again."""
    await visitor.begin(STORED)
    await objecting_to(visitor, statistics=True)
    version = services.notices.version
    for consents in ({"store": False}, {"store": True}):
        body = {"consents": consents, "notice_version": version}
        changed = (await visitor.client.put("/v1/me/consents", json=body, headers=visitor.headers)).json()
        visitor.token, visitor.state = changed["token"], changed["conversation"]
        assert (await listed(visitor))["statistics"][0]
        before = counts(services)
        await talk(visitor)
        assert counts(services) == before
