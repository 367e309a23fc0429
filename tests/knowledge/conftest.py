"""What the tests of the knowledge base share: a folder to write pages in, and a redactor that knows one e-mail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chatbot.knowledge.ingest import ingest
from chatbot.knowledge.search import Knowledge
from pii.redaction import Finding, Redaction
from pii.text import from_storage

DATA = Path(__file__).resolve().parents[2] / "data"
EMAIL = re.compile(r"\w+@private\.example")
CITY = re.compile(r"Durban")
FRONT = "---\ntitle: {title}\nurl: /help/{name}\nlanguage: en\n{more}---\n"


class EmailRedactor:
    """Finds e-mail addresses, and Durban as a place; counts its calls and fails when told to."""

    def __init__(self):
        self.fails_on = None

    def redact(self, text):
        if self.fails_on and self.fails_on in text:
            raise RuntimeError("down")
        found = [("EMAIL_ADDRESS", m) for m in EMAIL.finditer(text)] + [("LOCATION", m) for m in CITY.finditer(text)]
        findings = [Finding(kind, f"<{kind}_1>", *match.span(), 1.0, "test") for kind, match in found]
        return Redaction(from_storage("not used"), tuple(findings))


@pytest.fixture
def redactor():
    return EmailRedactor()


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    return folder


@pytest.fixture
def write(pages):
    """Write a page: name, body, and more lines of front matter."""

    def write_page(name, body, more=""):
        path = pages / f"{name}.md"
        path.write_text(FRONT.format(title=name.title(), name=name, more=more) + body)
        return path

    return write_page


@pytest.fixture
def path(tmp_path):
    return tmp_path / "var" / "knowledge.db"


@pytest.fixture
def run(pages, path, redactor):
    """Ingest the folder."""
    return lambda: ingest([pages], path, redactor)


@pytest.fixture
def knowledge(path):
    opened = Knowledge.open(path, DATA)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def rousora(tmp_path_factory):
    """Give the repository's own pages, ingested and opened."""
    place = tmp_path_factory.mktemp("rousora") / "knowledge.db"
    ingest([DATA / "knowledge", DATA / "policies"], place, EmailRedactor())
    opened = Knowledge.open(place, DATA)
    yield opened
    opened.close()
