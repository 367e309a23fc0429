"""The visitor's own view of memory: seen, preferred, forgotten, and refused in plain words without a yes."""

import time

import msgspec
import pytest
from sqlmodel import select

from chatbot.consents import auditing
from chatbot.conversation import children
from chatbot.storage.tables import AuditEvent, Turn
from consent import audit

YES = {"store": True, "personalise": True}
EMPTY = {"active": True, "preferences": {"length": "normal"}, "topics": []}
FORGOTTEN = {"forgotten": True}


@pytest.fixture
async def returned(visitor, site):
    """A visitor in a second conversation, who asked about an ERP in the first."""
    await visitor.begin(YES)
    await visitor.say("What is an ERP?")
    return await site.come_back(visitor.token)


async def turns(services):
    async with services.database.reading() as session:
        return len((await session.exec(select(Turn.id))).all())


@pytest.mark.commitment("U2")
async def test_a_visitor_sees_what_is_remembered(visitor, site, returned):
    """The first conversation has nothing before it; the second shows the first one's topics, never its words."""
    assert (await site.memory(visitor)).json() == EMPTY
    shown = (await site.memory(returned)).json()
    assert shown["active"] is True
    assert "ERP: What an ERP is" in shown["topics"]
    assert "What is an ERP?" not in str(shown)


@pytest.mark.commitment("U2")
@pytest.mark.parametrize(("length", "words"), [("short", "at most two sentences"), ("long", "up to twelve")])
async def test_a_preference_steers_the_next_reply_and_the_next_conversation(visitor, site, length, words):
    """Kept with the subject: chosen once, it holds until it is changed, withdrawn or forgotten."""
    await visitor.begin(YES)
    assert (await site.memory(visitor, "PUT", length)).json() == EMPTY | {"preferences": {"length": length}}
    await visitor.say("What is an ERP?")
    assert words in site.told()
    later = await site.come_back(visitor.token)
    await later.say("And what does a CRM do?")
    assert words in site.told()
    await site.memory(later, "PUT", "normal")
    await later.say("And what does hosting cost?")
    assert words not in site.told()


@pytest.mark.commitment("U2")
async def test_forgetting_leaves_neither_preference_nor_topic_and_the_conversations_stay(
    visitor, site, returned, services
):
    """Forgotten for this conversation and for every later one; only what is said from now on is remembered."""
    await site.memory(returned, "PUT", "short")
    assert (await site.memory(returned, "DELETE")).json() == FORGOTTEN
    assert (await site.memory(returned)).json() == EMPTY
    await returned.say("And what does a CRM do?")
    assert "at most two sentences" not in site.told()
    assert "ERP" not in site.told().split("Passages")[0]
    assert await turns(services) == 2
    last = await site.come_back(returned.token)
    await last.say("And what does hosting cost?")
    assert "What is an ERP?" not in site.told()
    assert "what does a CRM do?" in site.told()


async def test_forgetting_twice_is_forgetting_once(site, returned):
    """A lost answer may be asked for again."""
    answers = [await site.memory(returned, "DELETE") for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, FORGOTTEN)] * 2


@pytest.mark.parametrize("choices", [{"store": True}, {"personalise": True}, {}])
async def test_forgetting_needs_no_yes(visitor, site, choices):
    """Nobody has to agree to anything in order to be forgotten."""
    await visitor.begin(choices)
    assert (await site.memory(visitor, "DELETE")).json() == FORGOTTEN


@pytest.mark.commitment("U2")
@pytest.mark.parametrize(
    ("choices", "missing"),
    [({"store": True}, "personalise"), ({"personalise": True}, "store"), ({}, "store")],
    ids=["not personalised", "not stored", "neither"],
)
async def test_without_a_yes_the_visitor_is_told_which_one_is_missing(visitor, site, choices, missing):
    """403, and nothing is kept: not even a preference that the visitor named."""
    await visitor.begin(choices)
    for answer in (await site.memory(visitor), await site.memory(visitor, "PUT", "short")):
        assert (answer.status_code, answer.json()["code"]) == (403, "consent_required")
        assert answer.json()["purpose"] == missing
    assert (await site.kept())[1] == {}


async def test_a_refusal_is_on_the_conversations_own_record(visitor, site, services):
    """One row for each class of data, chained; a preference that was refused leaves no row of memory."""
    await visitor.begin({"store": True})
    await site.memory(visitor)
    await site.memory(visitor, "PUT", "short")
    async with services.database.reading() as session:
        entries = await auditing.read(session, visitor.id)
    audit.check(entries)
    denied = [(each.fact.data_class, each.fact.recipient, each.fact.reason) for each in entries]
    assert denied[-3:] == [
        ("message", "memory", "no_consent"),
        ("preferences", "memory", "no_consent"),
        ("preferences", "database", "no_consent"),
    ]
    assert (await site.kept())[1] == {}


async def test_who_never_said_yes_leaves_no_refusal_with_every_message(visitor, services):
    """Nothing asks for the memory of somebody who did not want one."""
    await visitor.begin({"store": True})
    await visitor.say("What is an ERP?")
    async with services.database.reading() as session:
        rows = (await session.exec(select(AuditEvent).where(AuditEvent.purpose == "personalise"))).all()
    assert rows == []


@pytest.mark.commitment("D11", "N12")
@pytest.mark.parametrize(("method", "length"), [("GET", None), ("PUT", "short")])
async def test_a_child_has_no_memory_to_see_or_to_set(visitor, site, services, method, length):
    """Whatever the ledger and the token say."""
    await visitor.begin(YES)
    claims = services.seals.claims(visitor.token, int(time.time()))
    visitor.token = services.seals.token(msgspec.structs.replace(claims, minor=True))
    assert (await site.memory(visitor, method, length)).json()["code"] == "consent_required"
    assert (await site.kept())[1] == {}


async def test_a_held_conversation_shows_nothing_and_can_be_forgotten(site, returned, services):
    """Held: no reading; forgetting only takes away."""
    await children.hold(services, returned.id, children.Found("agent", "agent", "1", {}))
    assert (await site.memory(returned)).json()["code"] == "guardian_required"
    assert (await site.memory(returned, "PUT", "short")).json()["code"] == "guardian_required"
    assert (await site.memory(returned, "DELETE")).json() == FORGOTTEN


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"preferences": {}},
        {"preferences": {"length": "endless"}},
        {"preferences": {"length": "short", "name": "Thandi Nkosi"}},
        {"preferences": {"length": "short"}, "topics": ["Thandi Nkosi"]},
    ],
)
async def test_a_preference_that_does_not_exist_is_refused_without_repeating_it(visitor, body):
    """Closed on purpose: free text in a preference would be personal information past the door."""
    await visitor.begin(YES)
    answer = await visitor.client.put("/v1/me/memory", json=body, headers=visitor.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert "Thandi" not in answer.text


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_without_a_token_nobody_reads_or_changes_memory(client, method):
    """401, as everywhere."""
    body = {"preferences": {"length": "short"}} if method == "PUT" else None
    assert (await client.request(method, "/v1/me/memory", json=body)).status_code == 401


class TestEnds:
    """Erasing, withdrawing and holding mean every conversation of the subject."""

    @pytest.mark.commitment("U2")
    async def test_withdrawing_erases_the_row_with_the_yes(self, site, returned):
        """In the transaction of the withdrawal; the conversations stay, for storing still stands."""
        await site.memory(returned, "PUT", "short")
        await site.choose(returned, personalise=False)
        sessions, rows = await site.kept()
        assert (len(sessions), rows) == (2, {})
        assert (await site.memory(returned)).status_code == 403

    async def test_erasing_me_erases_every_conversation_and_the_memory(self, visitor, site, returned):
        """The later token is the visitor's; nothing of the earlier conversation may outlive it."""
        await site.memory(returned, "PUT", "short")
        erased = await visitor.client.delete("/v1/me", headers=returned.headers)
        assert erased.json()["erased"] is True
        assert await site.kept() == ({}, {})
        assert (await visitor.say("Hello?")).status == 404

    @pytest.mark.commitment("U2")
    async def test_one_conversation_can_be_forgotten_alone(self, visitor, site, returned):
        """The yes goes on for the other one, and what was remembered of this one is gone."""
        await site.memory(returned, "PUT", "short")
        path = f"/v1/sessions/{visitor.id}"
        assert (await visitor.client.delete(path, headers=returned.headers)).status_code == 404
        assert (await visitor.client.delete(path, headers=visitor.headers)).json()["erased"] is True
        sessions, rows = await site.kept()
        assert (list(sessions), len(rows)) == ([returned.id], 1)
        assert (await site.memory(returned)).json() == EMPTY | {"preferences": {"length": "short"}}
        assert (await returned.say("And what does a CRM do?")).done["status"] == "complete"

    async def test_the_last_conversation_takes_the_yes_and_the_memory_with_it(self, visitor, site, returned):
        """Forgotten one by one, nothing is left."""
        await site.memory(returned, "PUT", "short")
        for each in (visitor, returned):
            await each.client.delete(f"/v1/sessions/{each.id}", headers=each.headers)
        assert await site.kept() == ({}, {})

    async def test_storing_withdrawn_ends_every_conversation(self, visitor, site, returned):
        """This one goes to the visitor, sealed; the earlier one was kept on the same yes, and is erased."""
        await site.memory(returned, "PUT", "short")
        answer = await site.choose(returned, store=False)
        assert answer.json()["state"] == "ephemeral"
        assert answer.json()["conversation"]
        assert await site.kept() == ({}, {})


class TestTooOften:
    """A refusal is written down, so asking is counted."""

    @pytest.fixture
    def settings(self, make_settings):
        """A site that takes two requests a day from one conversation."""
        return make_settings(message_limit="2/day")

    async def test_refusals_do_not_fill_the_record_for_ever(self, visitor, site, services):
        """Without a yes each look leaves a refusal; beyond the limit it leaves nothing."""
        await visitor.begin({"store": True})
        assert [(await site.memory(visitor)).status_code for _ in range(4)] == [403, 403, 429, 429]
        async with services.database.reading() as session:
            refused = (await session.exec(select(AuditEvent).where(AuditEvent.verb == "deny"))).all()
        assert len(refused) == 4
