"""What the tests of the answerers share: hits, requests, and a model server that starts once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.model_server import model_server as run_model_server

from chatbot.knowledge.passages import Passage
from chatbot.knowledge.search import Hit
from chatbot.llm.answerer import AnswerRequest, Exchange
from chatbot.llm.embedded import EmbeddedAnswerer
from pii.text import from_storage

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="session")
def model_server():
    """Give a real OpenAI-compatible server and the log of what it was sent."""
    with run_model_server() as server:
        yield server


@pytest.fixture(scope="session")
def embedded():
    return EmbeddedAnswerer.load(DATA, "ZA")


@pytest.fixture
def make_hit():
    def make(text="Rousora sets up a CRM.", *, score=0.9, answers=True, rank=1, name="crm"):
        passage = Passage(f"{name}#a", "CRM", "What a CRM is", text, f"/help/{name}#a", "en")
        return Hit(passage, score, rank, answers, text)

    return make


@pytest.fixture
def ask():
    def make(question, *hits, history=(), **more):
        exchanges = tuple(Exchange(from_storage(q), from_storage(a)) for q, a in history)
        return AnswerRequest(from_storage(question), exchanges, hits, **more)

    return make


@pytest.fixture
def run_python():
    """Run code in a fresh interpreter; fails with its error output."""

    def run(code):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=DATA.parent, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    return run
