"""A turn asks the gate again: while it runs, before it is kept, and before anything goes abroad."""

import secrets
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import text as sql

from chatbot.consents.announcing import Post
from chatbot.consents.publishing import Proposal, publish
from chatbot.conversation.keeping import Asked, Record
from chatbot.conversation.sessions import SESSION_CONTROL
from chatbot.errors import ConsentRequired
from chatbot.llm.answerer import Sending
from chatbot.settings import data_folder
from chatbot.storage.tables import ChatSession
from consent import ledger
from consent.gate import Reason
from pii.text import from_storage

YES = {"store": True, "improve": True}
REFUSALS = "SELECT purpose, data_class, recipient, reason FROM audit_event WHERE verb = 'deny' ORDER BY number"
ABROAD = """
operators:
  - id: example-model
    name: Example Models Ltd
    hosts: [api.models.example]
    country: US
    role: model
    data_classes: [message, reply]
    contract: DPA-1
    signed: 2020-01-01
    expires: 2099-01-01
    breach_notice_hours: 24
    safeguard: dpa
    tia: {dated: 2020-01-01, review_by: 2099-01-01, law: US law, data: redacted, measures: redaction}
    vetted: {dated: 2020-01-01, review_by: 2099-01-01, evidence: a certificate}
"""


async def many(services, query):
    async with services.database.reading() as session:
        return (await (await session.connection()).execute(sql(query))).fetchall()


@pytest.fixture
async def running(visitor, services, redactor):
    """A stored turn whose reply is being written: its conversation and what was asked."""
    await visitor.begin(YES)
    claims = services.seals.claims(visitor.token, int(time.time()))
    conversation = await services.stored.open(claims, None)
    redaction = redactor.redact("Do you set up CRM?", conversation.vault)
    asked = Asked(redaction, secrets.token_bytes(32), secrets.token_bytes(32))
    await services.stored.begin(conversation, asked)
    return conversation, asked


async def withdraw(services, conversation, purpose):
    """Withdraw in the ledger alone, as another worker does whose signal is lost."""
    async with services.database.transaction() as session:
        kept = await session.get(ChatSession, conversation.claims.session_id)
        how = ledger.Circumstances(services.notices.best("en"), "DE", SESSION_CONTROL)
        await ledger.record(session, kept.subject_id, {purpose: False}, how, now=datetime.now(UTC))


@pytest.mark.commitment("L3")
@pytest.mark.parametrize("purpose", ["store", "improve"])
async def test_a_running_reply_ends_without_a_signal_when_a_yes_it_began_with_is_gone(services, running, purpose):
    conversation, _ = running
    await services.stored.extend(conversation)
    await withdraw(services, conversation, purpose)
    with pytest.raises(ConsentRequired):
        await services.stored.extend(conversation)


@pytest.mark.commitment("L3")
async def test_a_reply_is_not_kept_when_storing_was_withdrawn_meanwhile(services, running):
    conversation, asked = running
    await withdraw(services, conversation, "store")
    await services.stored.finish(conversation, asked, Record(from_storage("late"), "complete", "m", "v"))
    assert await many(services, "SELECT status, answer FROM turn") == [("interrupted", None)]
    assert await many(services, REFUSALS) == [("store", "message", "database", "no_consent")]


async def test_a_reply_is_kept_while_the_yes_stands(services, running):
    conversation, asked = running
    await services.stored.finish(conversation, asked, Record(from_storage("in time"), "complete", "m", "v"))
    assert await many(services, "SELECT status, answer FROM turn") == [("complete", "in time")]
    assert await many(services, REFUSALS) == []


class TestAbroad:
    """The model is in another country."""

    @pytest.fixture
    def settings(self, make_settings, tmp_path):
        import shutil

        folder = tmp_path / "data"
        shutil.copytree(data_folder(), folder)
        (folder / "registers" / "operators.yaml").write_text(ABROAD, encoding="utf-8")
        return make_settings(
            data_dir=folder,
            model="openai:some-model",
            model_base_url="https://api.models.example/v1",
            model_api_key="none",
        )

    async def test_without_a_yes_the_home_model_answers_and_the_refusal_is_on_record(self, visitor, services):
        await visitor.begin({"store": True, "transfer": False})
        answer = await visitor.say("Do you set up CRM?")
        assert answer.done["model"] == services.embedded.name
        assert await many(services, REFUSALS) == [("transfer", "message", "model_abroad", "no_consent")]

    async def test_without_a_record_the_refusal_leaves_none(self, visitor, services):
        await visitor.begin({"transfer": False})
        assert (await visitor.say("Do you set up CRM?")).status == 200
        assert await many(services, REFUSALS) == []

    async def test_nothing_goes_abroad_under_a_notice_that_names_another_model(self, services, changed):
        agreed, german = frozenset({"transfer"}), Sending("DE", consented=True)
        assert services.transfer(agreed, german)
        now = datetime.now(UTC)
        other = changed("Use a language model in another country", "Use a model elsewhere")
        await publish(services.database, Proposal(other, abroad=True), now.replace(year=2098), Post(), now)
        await services.editions.refresh(services.database)
        assert services.transfer(agreed, german)
        services.editions._loaded = other
        services.editions._made[other.version] = services.editions.current._replace(notices=other)
        assert services.transfer(agreed, german).reason is Reason.NO_CONSENT
