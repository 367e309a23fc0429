"""The whole way on each kind of database: locks, unique codes and erasure mean the same on both."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from chatbot.conversation import children
from chatbot.guardians import duties
from chatbot.storage.tables import ChatSession

AGENT, GUARDIAN = children.Found("agent", "agent"), children.Found("guardian", "reported")


@pytest.fixture
def settings(make_settings, sink, database_url):
    """Settings with mail, on an empty database."""
    given = {"database_url": database_url, "secret": "s" * 32, "public_url": "http://127.0.0.1:1"}
    return make_settings(smtp_host="127.0.0.1", smtp_port=sink.port, **given)


async def test_from_the_code_to_the_chat_and_to_its_end(family, visitor, services):
    portal, code = await family.agreed("store")
    await family.enter(visitor, code)
    await visitor.say("What is an ERP?")
    await children.hold(services, visitor.id, AGENT)
    await children.hold(services, visitor.id, GUARDIAN)
    assert (await visitor.say("and a CRM?")).problem["code"] == "guardian_required"
    assert (await family.later(0))["erased"] == 0
    await family.press(portal, "revoke")
    async with services.database.reading() as session:
        assert (await session.exec(select(ChatSession))).all() == []
    assert (await family.row()).stage == "erased"


async def test_a_held_session_of_an_adult_is_erased_after_its_time(family, visitor, services):
    await visitor.begin({"store": True})
    await visitor.say("What is an ERP?")
    await children.hold(services, visitor.id, AGENT)
    assert (await duties.sweep(services, datetime.now(UTC) + timedelta(hours=25)))["erased"] == 1
    async with services.database.reading() as session:
        assert (await session.exec(select(ChatSession))).all() == []
    assert family
