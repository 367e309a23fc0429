"""No message crosses a border unjudged: each call asks whose it is, where it goes, as what, and under what today."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from chatbot.llm import AnswererConfig, build_answerer
from chatbot.llm.answerer import AnswerRequest, Sending
from chatbot.llm.build import DATA_CLASS
from chatbot.llm.errors import TransferRefused
from consent import egress
from consent.operators import OperatorMissing, Register
from consent.party import Party
from consent.transfers import Mechanism
from pii.text import from_storage

DATA = Path(__file__).resolve().parents[2] / "data"
HOST = "api.models.example"
PAPER = {"dated": "2026-01-01", "review_by": "2029-01-01"}
SCC = {"module": 2, "dated": "2026-01-01", "sha256": "0" * 64}
ASSESSED = PAPER | {"law": "as assessed", "data": "messages", "measures": "redaction"}


def register(**row):
    """Make a register with one operator of models."""
    whole = {
        "id": "example-model",
        "name": "Example Models Ltd",
        "hosts": [HOST],
        "country": "US",
        "role": "model",
        "data_classes": ["message", "reply"],
        "contract": "DPA-1",
        "signed": "2026-01-01",
        "expires": "2029-01-01",
        "breach_notice_hours": 24,
        "safeguard": "consent",
        "tia": ASSESSED,
        "vetted": PAPER | {"evidence": "a certificate"},
    } | row
    return Register.model_validate({"operators": [whole], "home": "ZA"})


def answerer(made, counts=None, **options):
    """Build the answerer as the service does."""
    config = AnswererConfig(
        DATA / "prompts", model="openai:m", base_url=f"https://{HOST}/v1", fallback=False, retries=0, **options
    )
    return build_answerer(config, made, Party.load(DATA / "registers" / "party.yaml"), {}, counts)


YES = {"consented": True}
CASES = [
    ({"safeguard": "consent"}, Sending("DE", **YES), Mechanism.CONSENT),
    ({"safeguard": "consent"}, Sending("DE"), Mechanism.NO_SAFEGUARD),
    ({"safeguard": "consent"}, Sending("", **YES), Mechanism.CONSENT),
    ({"safeguard": "consent"}, Sending("DE", consented=True, minor=True), Mechanism.MINOR),
    ({"safeguard": "scc", "scc": SCC}, Sending("DE"), Mechanism.SAFEGUARD),
    ({"safeguard": "scc", "scc": SCC}, Sending("ZZ"), Mechanism.SAFEGUARD),
    ({"safeguard": "scc", "scc": SCC}, Sending("ZA", minor=True), Mechanism.MINOR),
    ({"safeguard": "dpa"}, Sending("ZA"), Mechanism.SAFEGUARD),
    ({"safeguard": "adequacy", "country": "BR"}, Sending("DE", **YES), Mechanism.NO_SAFEGUARD),
    ({"safeguard": "adequacy", "country": "IN"}, Sending("", **YES), Mechanism.NO_SAFEGUARD),
    ({"safeguard": "home", "country": "US"}, Sending("ZA", **YES), Mechanism.NO_SAFEGUARD),
    ({"safeguard": "home", "country": "ZA"}, Sending("ZA"), Mechanism.HOME),
]


@pytest.mark.commitment("T1")
@pytest.mark.parametrize(("row", "sending", "expected"), CASES)
def test_the_model_judges_each_transfer(row, sending, expected):
    """Subject country, recipient country, mechanism, consent and age decide; what no rule opens is refused."""
    assert answerer(register(**row)).ruling(sending).mechanism is expected


@pytest.mark.commitment("T1")
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 22), Mechanism.SAFEGUARD),
        (date(2029, 1, 1), Mechanism.SAFEGUARD),
        (date(2029, 1, 2), Mechanism.LAPSED),
        (date(2025, 12, 31), Mechanism.LAPSED),
    ],
)
def test_a_transfer_is_judged_by_the_day_of_the_call(monkeypatch, day, expected):
    """A contract that ends while the service runs ends the transfers with it."""
    made = answerer(register(safeguard="scc", scc=SCC))
    monkeypatch.setattr(egress, "today", lambda: day)
    assert made.ruling(Sending("DE")).mechanism is expected


@pytest.mark.commitment("T1")
@pytest.mark.parametrize("row", [{"data_classes": ["contact"]}, {"hosts": ["elsewhere.example"]}])
def test_a_model_that_is_not_registered_for_messages_is_refused_at_the_start(row):
    """Data class and recipient are part of the judgement; unknown means no."""
    with pytest.raises(OperatorMissing):
        answerer(register(**row))


@pytest.mark.commitment("T1")
async def test_nothing_leaves_when_the_transfer_is_refused():
    """Each call judges for itself, whoever decided before it: not a byte, not even a lookup of the name."""
    counts = Counter()
    model = answerer(register(), counts)
    refused = AnswerRequest(from_storage("what is a crm"), sending=Sending("DE"))
    with pytest.raises(TransferRefused, match="no_safeguard"):
        [piece async for piece in model.stream(refused)]
    assert counts == {}
    assert DATA_CLASS == "message"
    await model.aclose()


async def test_a_message_that_is_nobodys_goes_nowhere():
    """A caller that forgets to say whose message it is gets a no."""
    model = answerer(register())
    with pytest.raises(TransferRefused):
        [piece async for piece in model.stream(AnswerRequest(from_storage("what is a crm")))]
    await model.aclose()


async def test_a_call_is_counted_by_operator(model_server):
    """What left is counted where it leaves, under the operator's id."""
    counts = Counter()
    config = AnswererConfig(
        DATA / "prompts", model="openai:smollm2", base_url=model_server.base_url, answer_tokens=4, fallback=False
    )
    made = build_answerer(config, register(), Party.load(DATA / "registers" / "party.yaml"), {}, counts)
    [piece async for piece in made.stream(AnswerRequest(from_storage("what is a crm")))]
    await made.aclose()
    assert counts == {"own-machine": 1}
