"""A redactor that knows three values and can fail, so that bulk tests load no model; it is picklable."""

from __future__ import annotations

import pytest

from pii import Redactor, Vault
from pii.bulk.pool import Result
from pii.errors import RedactionError
from pii.spans import Span


class NoFinder:
    """Finds e-mail addresses of one form, Jane, and nothing else."""

    name = "none"

    def find_batch(self, texts, questions=None):
        return [[*_each(text, "Jane Doe", "PERSON"), *_each(text, "a@b.co", "EMAIL_ADDRESS")] for text in texts]


class NoRules:
    """Finds a PIN only after a question for it, and fails on a text that says so."""

    def find(self, text, question=None):
        if "FAIL" in text:
            raise RedactionError("the text could not be redacted")
        return list(_each(text, "4821", "PIN")) if question and "PIN" in question else []

    def describe(self):
        return []


def _each(text, value, kind):
    start = text.find(value)
    while start >= 0:
        yield Span(start, start + len(value), kind, 0.9, "Test")
        start = text.find(value, start + 1)


def make():
    """Build the test redactor; a module-level function, so that a spawned process can import it."""
    return Redactor(NoFinder(), rules=NoRules())
