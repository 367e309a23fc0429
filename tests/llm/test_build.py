"""The answerer that the settings name is made, or the start stops and says why; a real server gets placeholders."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from chatbot.llm import AnswererConfig, build_answerer
from chatbot.llm.errors import ModelMisconfigured
from consent.operators import OperatorMissing, Register
from consent.party import Party

DATA = Path(__file__).resolve().parents[2] / "data"
REGISTERS = DATA / "registers"


@pytest.fixture
def build():
    def make(environment=None, **options):
        register = Register.load(REGISTERS / "operators.yaml")
        party = Party.load(REGISTERS / "party.yaml")
        return build_answerer(AnswererConfig(DATA / "prompts", **options), register, party, environment or {})

    return make


async def collect(answerer, request):
    return [piece async for piece in answerer.stream(request)]


def test_the_default_is_the_embedded_answerer_at_home(build):
    answerer = build()
    assert (answerer.name, answerer.abroad, answerer.country) == ("embedded", False, "ZA")


@pytest.mark.commitment("S3")
@pytest.mark.parametrize("model", ["openai:gpt-5-mini", "anthropic:claude", "mystery:model"])
def test_a_model_whose_host_is_not_in_the_register_refuses_to_start(build, model):
    with pytest.raises(OperatorMissing, match=r"operators\.yaml"):
        build(model=model, base_url="https://models.unregistered.example/v1")


def test_a_model_without_a_base_url_is_checked_by_its_providers_host(build):
    with pytest.raises(OperatorMissing, match=r"api\.openai\.com"):
        build(model="openai:gpt-5-mini")


@pytest.mark.parametrize("variable", ["LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"])
def test_tracing_to_third_parties_refuses_to_start(build, variable):
    with pytest.raises(ModelMisconfigured, match=variable):
        build({variable: "true"})


@pytest.mark.parametrize("model", ["gpt-5", "openai:", "mystery:model"])
def test_a_model_that_cannot_be_reached_says_what_is_missing(build, model):
    with pytest.raises(ModelMisconfigured, match="CHATBOT_MODEL"):
        build(model=model)


def test_a_provider_that_is_not_installed_says_which_extra_to_install(build, monkeypatch):
    build(model="anthropic:claude-x", base_url="http://127.0.0.1:9/")  # LangChain remembers that it was there
    monkeypatch.setitem(sys.modules, "langchain_anthropic", None)  # as if it were missing
    with pytest.raises(ModelMisconfigured, match=r"rousora-chatbot\[anthropic\]"):
        build(model="anthropic:claude-x", base_url="http://127.0.0.1:9/")


def test_a_package_that_is_none_of_our_extras_is_named(build):
    with pytest.raises(ModelMisconfigured, match=r"fireworks:some-model: .* langchain-fireworks package"):
        build(model="fireworks:some-model", base_url="http://127.0.0.1:9/")


def test_a_key_never_shows(build):
    config = AnswererConfig(DATA / "prompts", api_key=SecretStr("sk-very-secret"))
    answerer = build(model="openai:x", base_url="http://127.0.0.1:9/v1", api_key=SecretStr("sk-very-secret"))
    assert "sk-very-secret" not in repr(config)
    assert "sk-very-secret" not in repr(vars(answerer))


async def test_a_real_model_streams_and_its_server_saw_placeholders_only(build, model_server, ask, make_hit):
    answerer = build(model="openai:smollm2", base_url=model_server.base_url, answer_tokens=24, fallback=False)
    earlier = len(model_server.requests)
    request = ask(
        "I am <PERSON_1>, what is a CRM?",
        make_hit("A CRM keeps contacts."),
        history=[("mail me at <EMAIL_ADDRESS_1>", "I will use <EMAIL_ADDRESS_1>.")],
    )
    pieces = await collect(answerer, request)
    await answerer.aclose()
    assert len(pieces) > 3
    (sent,) = model_server.requests[earlier:]
    assert sent["stream"] is True
    assert [message["role"] for message in sent["messages"]] == ["system", "user", "assistant", "user"]
    assert "<PERSON_1>" in model_server.received
    assert "<EMAIL_ADDRESS_1>" in model_server.received
    assert answerer.abroad is False


async def test_a_server_that_is_gone_is_answered_by_the_embedded_answerer(build, ask, make_hit):
    codes = []
    answerer = build(model="openai:x", base_url="http://127.0.0.1:9/v1", retries=0)
    text = "".join(
        await collect(answerer, ask("what is a crm", make_hit("A CRM keeps contacts."), notify=codes.append))
    )
    await answerer.aclose()
    assert (text, codes) == ("A CRM keeps contacts. [1]", ["model_fallback"])
