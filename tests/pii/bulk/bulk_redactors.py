"""A redactor that knows four values and can fail: bulk tests load no model, and a spawned process can import it."""

import time

from pii import Redactor
from pii.errors import RedactionError
from pii.spans import Span


class NameFinder:
    """Finds Jane, John and one e-mail address."""

    name = "test"

    def find_batch(self, texts, questions=None):
        return [list(self._found(text)) for text in texts]

    def _found(self, text):
        yield from _each(text, "Jane Doe", "PERSON", self.name)
        yield from _each(text, "John Roe", "PERSON", self.name)
        yield from _each(text, "a@b.co", "EMAIL_ADDRESS", self.name)


class Rules:
    """Finds a PIN only after a question for it; fails on a text that says FAIL; takes its time on request."""

    def __init__(self, seconds=0.0):
        self.seconds = seconds

    def find(self, text, question=None):
        time.sleep(self.seconds)
        if "FAIL" in text:
            raise RedactionError("the text could not be redacted")
        return list(_each(text, "4821", "PIN", "Rules")) if question and "PIN" in question else []

    def plain(self, text):
        return []

    def describe(self):
        return ["Rules"]


def _each(text, value, kind, source):
    start = text.find(value)
    while start >= 0:
        yield Span(start, start + len(value), kind, 0.9, source)
        start = text.find(value, start + 1)


def make():
    """Build a quick one."""
    return Redactor(NameFinder(), rules=Rules())


def make_slow():
    """Build one that takes a millisecond a text."""
    return Redactor(NameFinder(), rules=Rules(0.001))


def make_broken():
    """Fail to load."""
    raise RedactionError("the finder is not installed")
