"""A redactor made of small real parts, quick enough for property tests, and the full one."""

import re

import pytest

from pii.redactor import Redactor
from pii.spans import Span


class Capitals:
    """A finder that takes each run of capitalised words for a person, and remembers what it was asked."""

    name = "capitals"

    def __init__(self):
        self.asked = []

    def find_batch(self, texts, questions=None):
        self.asked += zip(texts, questions or [None] * len(texts), strict=True)
        return [[self.span(match) for match in self.NAME.finditer(text)] for text in texts]

    def span(self, match):
        return Span(*match.span(), "PERSON", 0.9, self.name)

    NAME = re.compile(r"\b[A-Z][a-z]{2,20}(?: [A-Z][a-z]{2,20})?\b")


class Patterns:
    """Rules for e-mail, phone and a PIN that answers a question."""

    RULES = (
        ("EMAIL_ADDRESS", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")),
        ("PHONE_NUMBER", re.compile(r"(?<!\w)(?:\+\d{2} ?|0)\d{2}[ -]?\d{3}[ -]?\d{4}(?!\w)")),
    )

    def find(self, text, question=None):
        if question and "PIN" in question and text.isdigit():
            return [Span(0, len(text), "PIN", 0.9, "pin")]
        return [Span(*match.span(), kind, 0.95, kind) for kind, rule in self.RULES for match in rule.finditer(text)]

    def plain(self, text):
        return []

    def describe(self):
        return ["email", "phone", "pin"]


@pytest.fixture(scope="session")
def small():
    return Redactor(Capitals(), rules=Patterns())


@pytest.fixture(scope="session")
def full():
    return Redactor()
