"""A worker dies while storing ends, at each step: the conversation is here or with its visitor, never nowhere."""

import asyncio
import dataclasses
from datetime import UTC, datetime

import pytest
from sqlmodel import select
from support.dying import dies_at

from chatbot.consents import handed
from chatbot.conversation import choices
from chatbot.conversation.sessions import Wish, create
from chatbot.llm.answerer import Exchange
from chatbot.start import start
from chatbot.storage.tables import ChatSession, Turn
from pii.text import from_storage
from pii.vault import Vault

NAME = "Thandi Nkosi"
SAID = Exchange(from_storage("I am <PERSON_1>."), from_storage("Good day."))


@pytest.fixture
def settings(make_settings, database_url):
    """Settings on an empty database of each kind."""
    return make_settings(database_url=database_url, secret="s" * 32)


@pytest.fixture
async def other(settings, services, redactor):
    """Another worker, which knows nothing but what is in the database."""
    made = start(settings, redactor)
    yield made
    await made.signals.close()
    await made.redaction.aclose()
    await made.database.close()


@pytest.fixture
def keep(services):
    """Keep a conversation in which a name was said; gives the token of before, today's, and the wish to end it."""

    async def run(number):
        wish = Wish("DE", {"improve": True}, services.notices.version, "en")
        before = (await create(services, wish, "1990-05", f"{number}")).claims
        vault = Vault()
        vault.placeholder_for("PERSON", NAME)
        state = services.ephemeral.pack(before, 2, [SAID], vault)
        kept = await choices.change(services, before, dataclasses.replace(wish, choices={"store": True}), state)
        return before, kept.claims, dataclasses.replace(wish, choices={"store": False, "improve": False})

    return run


async def found(worker, claims):
    """Where the conversation is: kept here, and on its way to its visitor."""
    async with worker.database.reading() as session:
        turns = (await session.exec(select(Turn.answer).where(Turn.session_id == claims.session_id))).all()
        kept = await session.get(ChatSession, claims.session_id)
        sent = await handed.find(session, claims, datetime.now(UTC))
    assert len(turns) == (1 if kept else 0)
    return kept is not None, sent is not None


@pytest.mark.commitment("L3")
async def test_wherever_a_worker_dies_the_conversation_is_here_or_with_its_visitor(services, other, keep):
    """Broken off at every await: one side has it, never both; the same request elsewhere brings it whole."""
    step, ended, places = 0, False, set()
    while not ended:
        before, claims, wish = await keep(step)
        ended = await dies_at(step, choices.change(services, claims, wish, None))
        here, sent = await found(other, claims)
        assert here != sent, f"step {step}"
        places.add(here)
        again = await choices.change(other, claims, wish, None)
        brought = await other.ephemeral.open(again.claims, again.conversation)
        assert (brought.history, brought.vault.value_of("<PERSON_1>")) == ((SAID,), NAME)
        assert await found(other, claims) == (False, True)
        await other.signals.refresh()
        assert other.signals.left(before).purposes == ()
        assert other.signals.left(again.claims) == again.claims
        step += 1
    assert places == {True, False}
    assert step > 20


async def test_the_same_end_twice_at_once_on_two_workers_is_one_and_both_get_the_conversation(services, other, keep):
    """An impatient second click, or a proxy that sends again: nobody is told that nothing is there."""
    _, claims, wish = await keep(0)
    both = await asyncio.gather(*(choices.change(each, claims, wish, None) for each in (services, other)))
    assert both[0] == both[1]
    assert both[0].conversation
    assert await found(other, claims) == (False, True)
