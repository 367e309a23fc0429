"""Memory on each kind of database: locks, cascades and times mean the same on both."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from chatbot.conversation import children
from chatbot.conversation.retention import sweep
from chatbot.guardians import duties

YES = {"store": True, "personalise": True}


@pytest.fixture
def settings(make_settings, database_url):
    """Settings on an empty database."""
    return make_settings(database_url=database_url, secret="s" * 32)


@pytest.mark.commitment("U2")
async def test_from_the_first_yes_to_the_last_no(visitor, site):
    """Asked, come back, preferred, forgotten, withdrawn, erased."""
    await visitor.begin(YES)
    await visitor.say("What is an ERP?")
    later = await site.come_back(visitor.token)
    assert (await site.memory(later, "PUT", "short")).json()["topics"]
    await later.say("And what does a CRM do?")
    assert "What is an ERP?" in site.told()
    sessions, rows = await site.kept()
    assert len(sessions) == 2
    assert set(sessions.values()) == set(rows)
    await site.memory(later, "DELETE")
    assert (await site.memory(later)).json() == {"active": True, "preferences": {"length": "normal"}, "topics": []}
    await site.choose(later, personalise=False)
    assert (await site.kept())[1] == {}
    await visitor.client.delete("/v1/me", headers=later.headers)
    assert await site.kept() == ({}, {})


async def test_a_sweep_takes_what_is_over_and_leaves_what_is_not(visitor, site, services):
    """Today nothing is over; in half a year and more the yes is, and the last message was long ago."""
    await visitor.begin(YES)
    await site.memory(visitor, "PUT", "long")
    now = datetime.now(UTC)
    for days, left in ((0, 1), (179, 1), (181, 0)):
        await sweep(services, now + timedelta(days=days))
        assert len((await site.kept())[1]) == left


async def test_both_conversations_may_write_the_row_at_once(visitor, site):
    """Eight choices at the same moment from two conversations of one subject: one row, no failure."""
    await visitor.begin(YES)
    later = await site.come_back(visitor.token)
    wishes = [site.memory(each, "PUT", length) for each in (visitor, later) * 2 for length in ("short", "long")]
    assert {answer.status_code for answer in await asyncio.gather(*wishes)} == {200}
    assert len((await site.kept())[1]) == 1


async def test_both_conversations_may_erase_everything_at_once(visitor, site):
    """Whoever comes first erases both; the other finds nothing, and neither waits for ever."""
    await visitor.begin(YES)
    later = await site.come_back(visitor.token)
    answers = await asyncio.gather(
        *(visitor.client.delete("/v1/me", headers=each.headers) for each in (visitor, later))
    )
    assert 200 in {answer.status_code for answer in answers} <= {200, 404}
    assert await site.kept() == ({}, {})


async def test_coming_back_while_the_yes_is_withdrawn_goes_one_way_or_the_other(visitor, site):
    """Joined before the withdrawal, or fresh after it: never remembered after a no."""
    await visitor.begin(YES)
    await visitor.say("What is an ERP?")
    token = visitor.token
    later, _ = await asyncio.gather(site.come_back(token), site.choose(visitor, personalise=False))
    answer = await site.memory(later)
    assert answer.status_code == 403 or answer.json()["topics"] == []


@pytest.mark.commitment("N12")
async def test_a_child_found_in_one_conversation_is_found_in_all_of_them(visitor, site, services):
    """The same visitor wrote the earlier one: held at once with it, and erased with it."""
    await visitor.begin(YES)
    await visitor.say("What is an ERP?")
    later = await site.come_back(visitor.token)
    await children.hold(services, later.id, children.Found("agent", "agent", "1", {}))
    for each in (visitor, later):
        assert (await each.say("Hello?")).problem["code"] == "guardian_required"
    fresh = await site.come_back(visitor.token)
    assert (await site.memory(fresh)).json()["topics"] == []
    await duties.sweep(services, datetime.now(UTC) + timedelta(hours=25))
    sessions, rows = await site.kept()
    assert (list(sessions), rows) == ([fresh.id], {})
