"""A reply that goes wrong stops there: the visitor reads a kind sentence, the record keeps nothing else."""

import asyncio
import secrets
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import text as sql
from support.remembering_model import RememberingModel, pause
from support.visitors import Visitor

from chatbot.app import build
from chatbot.cli.serve import prepare
from chatbot.conversation.keeping import Asked, Conversation
from chatbot.conversation.reply import Reply
from chatbot.conversation.saying import put_on_record
from chatbot.conversation.turn import Turn
from chatbot.llm.prompts import Prompts
from chatbot.llm.provider import Door, ProviderAnswerer
from chatbot.moderation import Blocked
from chatbot.running import opened
from chatbot.seals import Claims
from chatbot.start import answerer_config, start
from pii.vault import Vault

INSTEAD = {
    "en": "I stop here. What came next is not something we say.",
    "af": "Ek hou hier op. Wat sou volg, is nie iets wat ons sê nie.",
    "de": "Hier höre ich auf. Was folgen sollte, sagen wir nicht.",
}


@pytest.fixture
def model():
    """A model that says what a test tells it to."""
    return RememberingModel()


@pytest.fixture
async def services(settings, redactor, model):
    """A worker whose model is the remembering one, at home."""
    await asyncio.to_thread(prepare, settings)
    made = start(settings, redactor)

    async def close():
        """Nothing is open."""

    door = Door("own-machine", "ZA", abroad=False, check=lambda: None, close=close)
    config = replace(answerer_config(settings), company="Rousora")
    answerer = ProviderAnswerer(model, Prompts.read(config.prompts), config, door, made.embedded)
    async with opened(made):
        yield replace(made, answerer=answerer)


@pytest.fixture
async def visitor(settings, services):
    """A visitor of that worker."""
    transport = httpx.ASGITransport(app=build(settings, services))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield Visitor(client)


async def many(services, query):
    """Give the rows of a query."""
    async with services.database.reading() as session:
        return [tuple(row) for row in (await session.exec(sql(query))).all()]


@pytest.mark.commitment("N0")
@pytest.mark.parametrize(("language", "consents"), [("en", {"store": True}), ("af", {}), ("de", {"store": True})])
async def test_the_reply_stops_at_the_offence_and_a_kind_sentence_takes_its_place(visitor, model, language, consents):
    """In each language, stored or not: what came before is said, then the sentence, and nothing more."""
    await visitor.begin(consents, language=language)
    model.will("A CRM keeps ", "contacts, you fu", "cking id", "iot, and now for ", "something else.")
    answer = await visitor.say("what is a crm")
    assert answer.text.startswith(f"A CRM keeps contacts, you\n\n{INSTEAD[language]}")
    assert "something else" not in answer.text
    assert [data["code"] for data in answer.of("notice")] == ["reply_blocked"]
    assert answer.done["status"] == "blocked"
    assert model.closed == 1


@pytest.mark.commitment("N0")
async def test_the_record_and_the_next_prompt_hold_the_replaced_text_only(visitor, services, model):
    """What was blocked is in no row and in no later request to the model."""
    await visitor.begin({"store": True})
    model.will("Sure. ", "Go kill yourself.")
    said = (await visitor.say("what is a crm")).text
    turns = (await visitor.client.get(f"/v1/sessions/{visitor.id}/turns", headers=visitor.headers)).json()["turns"]
    assert [(turn["answer"], turn["status"]) for turn in turns] == [(said, "blocked")]
    await visitor.say("and an erp")
    assert "yourself" not in str(model.sent)
    assert "I stop here." in str(model.sent[-1])
    kept = b"".join(path.read_bytes() for path in services.settings.var_dir.glob("chatbot.db*"))
    assert b"kill yourself" not in kept


@pytest.mark.commitment("N0")
async def test_a_block_is_counted_and_its_decision_logged_without_a_word(visitor, services, model):
    """The log says which rule and which version, and the effect; the counter says how often."""
    await visitor.begin({"store": True})
    model.will("You whore.")
    await visitor.say("what is a crm")
    rows = await many(services, "SELECT kind, effect, rule, version, session_id FROM decision")
    version = services.moderation.version
    assert rows == [("reply_blocked", "rest_replaced", "moderation.sexual", version, visitor.id)]
    counted = 'chatbot_replies_blocked_total{audience="adult",category="sexual"} 1.0'
    assert counted in services.metrics.render().decode()


async def test_a_block_leaves_no_row_about_a_visitor_who_is_not_stored(visitor, services, model):
    """An ephemeral conversation leaves a count, and nothing else."""
    await visitor.begin({})
    model.will("You whore.")
    assert (await visitor.say("what is a crm")).text.startswith("You\n\nI stop here.")
    assert await many(services, "SELECT count(*) FROM decision") == [(0,)]


async def test_a_placeholder_is_restored_though_the_reply_is_moderated(visitor, model):
    """Moderation reads the model's words; the visitor's own values come after it, whatever they are."""
    await visitor.begin({})
    model.will("Dear <PER", "SON_1>, ", "all is well.")
    answer = await visitor.say("I am Thandi Nkosi, is CRM right for me?")
    assert answer.text == "Dear Thandi Nkosi, all is well."
    assert answer.done["status"] == "complete"


async def test_what_was_not_moderated_to_its_end_is_dropped_when_a_reply_fails(visitor, model):
    """A reply that breaks off in the middle of a word that could offend keeps that beginning to itself."""
    await visitor.begin({"store": True})
    model.will("It is shi", ConnectionError("cut"))
    answer = await visitor.say("what is a crm")
    assert answer.events[-1][1] == "error"
    assert answer.text == "It "


async def test_a_reply_that_was_cut_says_so_in_its_status(visitor, services, model):
    """A provider's limit of length ends as `cut`, with a notice; the next turn still knows what was said."""
    await visitor.begin({"store": True})
    model.will(*["word " * 200] * 40, pause(30))
    answer = await visitor.say("what is a crm")
    assert answer.done["status"] == "cut"
    assert [data["code"] for data in answer.of("notice")] == ["reply_cut"]
    assert await many(services, "SELECT status FROM turn") == [("cut",)]


def claims(*, minor):
    """What a token says of somebody who is not stored."""
    secret = secrets.token_bytes(32)
    return Claims("c" * 32, secret, stored=False, language="en", country="ZA", purposes=(), **rest(minor=minor))


def rest(**more):
    """What every token says besides."""
    return {"notice_version": "v", "expires": 2**40} | more


@pytest.mark.commitment("N0")
@pytest.mark.parametrize(("minor", "status"), [(False, "complete"), (True, "blocked")])
async def test_a_minor_gets_the_stricter_list(services, redactor, model, minor, status):
    """The same reply about beer is fit for an adult, and not for a minor."""
    model.will("Have a cold beer ", "with it.")
    vault = Vault()
    conversation = Conversation(claims(minor=minor), 1, (), vault)
    asked = Asked(redactor.redact("what is a crm", vault), b"k" * 16, b"f" * 16)
    reply = Reply("c" * 32, 1, b"k" * 16, b"f" * 16)
    await Turn(services, services.ephemeral, conversation, asked).write(reply)
    reply.finish()
    events = [event async for event in reply.follow() if event]
    assert events[-1].data["status"] == status
    said = "".join(event.data["text"] for event in events if event.kind == "token")
    assert ("beer" in said) is not minor


async def test_the_embedded_answerer_is_moderated_alike(settings, services, redactor, monkeypatch):
    """A passage that offends stops, too: nobody's text is trusted more than the model's."""
    monkeypatch.setattr(type(services.embedded), "reply", lambda *_: "Our price list says: fuck off.")
    worker = replace(services, answerer=services.embedded)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=build(settings, worker)), base_url="http://testserver"
    ) as client:
        visitor = Visitor(client)
        await visitor.begin({})
        answer = await visitor.say("what is a crm")
    assert answer.text.startswith("Our price list says:\n\nI stop here.")


async def test_a_block_leaves_no_row_about_a_conversation_that_was_erased_meanwhile(visitor, services, model):
    """Whoever erased while the model spoke is not written about afterwards."""
    await visitor.begin({"store": True})
    await visitor.say("what is a crm")
    opened_then = services.seals.claims(visitor.token, 0)
    await visitor.client.delete("/v1/me", headers=visitor.headers)
    blocked = Blocked("sexual")
    await put_on_record(services, Conversation(opened_then, 2, (), Vault()), blocked)
    assert await many(services, "SELECT count(*) FROM decision") == [(0,)]
