"""Every provider's package sends through our own way out, or the service does not start.

The tests of a package that is not installed are skipped.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from chatbot.llm import AnswererConfig, build_answerer
from chatbot.llm.answerer import AnswerRequest
from chatbot.llm.errors import ModelMisconfigured, ModelUnavailable
from chatbot.llm.providers import PROVIDERS
from consent.operators import Register
from consent.party import Party
from pii.text import from_storage

DATA = Path(__file__).resolve().parents[2] / "data"
PACKAGES = {"openai": "langchain_openai"} | {name: f"langchain_{name}" for name in PROVIDERS if name != "openai"}
PARTY = Party.load(DATA / "registers" / "party.yaml")
ROW = {
    "id": "strange-model",
    "name": "Strange Models Ltd",
    "hosts": ["models.strange.example"],
    "country": "ZA",
    "role": "model",
    "data_classes": ["message"],
    "contract": "DPA-2",
    "signed": "2026-01-01",
    "expires": "2099-01-01",
    "breach_notice_hours": 24,
    "safeguard": "home",
    "vetted": {"dated": "2026-01-01", "review_by": "2099-01-01", "evidence": "a visit"},
}


def build(model, base_url, counts=None, register=None):
    """Build an answerer whose provider is registered."""
    key = SecretStr("key")
    config = AnswererConfig(DATA / "prompts", model=model, base_url=base_url, api_key=key, fallback=False, retries=0)
    return build_answerer(config, register or Register.model_validate({"operators": [ROW]}), PARTY, {}, counts)


@pytest.mark.parametrize("name", ["google_genai", "cohere", "bedrock", "mystery"])
def test_a_package_that_would_pass_our_way_out_by_refuses_to_start(name):
    """A registered host is not enough: the door must also be used. The message says what to do."""
    with pytest.raises(ModelMisconfigured, match="openai:MODEL"):
        build(f"{name}:m", "https://models.strange.example/v1")


@pytest.mark.parametrize("name", PROVIDERS)
async def test_each_package_sends_through_our_way_out(name):
    """A server that is gone answers nothing, and yet the request was counted at the door: there is no other way."""
    pytest.importorskip(PACKAGES[name])
    counts = Counter()
    made = build(f"{name}:m", "http://127.0.0.1:9/v1", counts)
    with pytest.raises(ModelUnavailable, match="failed"):
        [piece async for piece in made.stream(AnswerRequest(from_storage("what is a crm")))]
    await made.aclose()
    assert counts == {"own-machine": 1}


@pytest.mark.parametrize("name", PROVIDERS)
async def test_each_package_is_refused_at_the_door_when_its_host_is_taken_off_the_register(name):
    """The register is asked for each request; what is no longer in it gets nothing, also inside a package."""
    pytest.importorskip(PACKAGES[name])
    counts, register = Counter(), Register.model_validate({"operators": [ROW]})
    made = build(f"{name}:m", "https://models.strange.example/v1", counts, register)
    made._door = replace(made._door, check=lambda: None)  # only the package's own connection is left to refuse
    register._by_host.clear()
    with pytest.raises(ModelUnavailable, match="failed"):
        [piece async for piece in made.stream(AnswerRequest(from_storage("what is a crm")))]
    await made.aclose()
    assert counts == {}
