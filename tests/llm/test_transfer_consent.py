"""A model abroad is asked for by itself, by name and country; nobody's message goes there without that yes."""

import shutil
from datetime import date

import pytest
from sqlalchemy import text as sql
from support.visitors import GROWN_UP

from chatbot.llm.answerer import Sending
from chatbot.settings import data_folder
from consent import egress
from consent.transfers import Mechanism

ABROAD = """
operators:
  - id: example-model
    name: Example Models Ltd
    hosts: [api.models.example]
    country: US
    role: model
    data_classes: [message, reply]
    contract: DPA-1
    signed: 2026-01-01
    expires: 2099-12-31
    breach_notice_hours: 24
    safeguard: consent
    tia: {dated: 2026-01-01, review_by: 2099-01-01, law: as assessed, data: messages, measures: redaction}
    vetted: {dated: 2026-01-01, review_by: 2099-01-01, evidence: a certificate}
"""
EVERYTHING_ELSE = {"store": True, "improve": True, "personalise": True}
DENIED = "SELECT purpose, recipient, reason FROM audit_event WHERE verb = 'deny' ORDER BY number"


@pytest.fixture
def settings(make_settings, tmp_path):
    """A service whose model is in the United States, on the ground of consent."""
    folder = tmp_path / "data"
    shutil.copytree(data_folder(), folder)
    (folder / "registers" / "operators.yaml").write_text(ABROAD, encoding="utf-8")
    return make_settings(data_dir=folder, model="openai:m", model_base_url="https://api.models.example/v1")


async def denied(services):
    """Give what the gate refused, on record."""
    async with services.database.reading() as session:
        return [tuple(row) for row in (await session.exec(sql(DENIED))).all()]


@pytest.mark.commitment("T5")
async def test_the_transfer_is_a_question_of_its_own_that_names_provider_and_country(client):
    """In every language; off unless chosen, and never part of another purpose."""
    for language, country in (("en", "United States"), ("af", "Verenigde State"), ("de", "Vereinigte")):
        purposes = (await client.get("/v1/notice", params={"language": language})).json()["purposes"]
        (transfer,) = [purpose for purpose in purposes if purpose["id"] == "transfer"]
        assert "Example Models Ltd" in transfer["text"]
        assert country in transfer["text"]
        assert (transfer["default"], transfer["required"]) == (False, False)
        others = " ".join(purpose["text"] for purpose in purposes if purpose["id"] != "transfer")
        assert "Example Models Ltd" not in others


@pytest.mark.commitment("T5")
async def test_a_yes_to_everything_else_is_no_yes_to_the_transfer(visitor, services):
    """The embedded model answers, and the refusal is on record beside the kept conversation."""
    await visitor.begin(EVERYTHING_ELSE | {"transfer": False})
    answer = await visitor.say("Do you set up CRM?")
    assert answer.done["model"] == services.embedded.name
    assert await denied(services) == [("transfer", "model_abroad", "no_consent")]


@pytest.mark.commitment("T5", "T1")
def test_with_the_yes_the_model_may_read_it_and_a_child_never(services):
    """Only the explicit yes opens the door where nothing else does, and for a minor not even that."""
    agreed = frozenset({"transfer"})
    grown_up = Sending(GROWN_UP["country"], consented=True)
    assert services.answerer_for(agreed, grown_up) is services.answerer
    assert services.answerer_for(frozenset({"store"}), grown_up) is services.embedded
    assert services.answerer_for(agreed, grown_up._replace(minor=True)) is services.embedded
    assert services.answerer_for(agreed, grown_up._replace(consented=False)) is services.embedded


@pytest.mark.commitment("T1")
async def test_a_yes_does_not_outlive_the_safeguard_and_the_refusal_names_why(visitor, services, monkeypatch):
    """When the contract has ended, the message stays here though the visitor agreed; the reason is on record."""
    await visitor.begin({"store": True, "transfer": True})
    monkeypatch.setattr(egress, "today", lambda: date(2100, 1, 1))
    answer = await visitor.say("Do you set up CRM?")
    assert answer.done["model"] == services.embedded.name
    assert await denied(services) == [("transfer", "model_abroad", Mechanism.LAPSED)]
