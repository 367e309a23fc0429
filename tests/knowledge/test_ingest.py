"""Ingestion redacts, is incremental, loses nothing when something fails, and reports what it did."""

from __future__ import annotations

import sqlite3

import pytest

from chatbot.knowledge import ingest as module
from chatbot.knowledge.errors import KnowledgeError
from chatbot.knowledge.ingest import ingest


def counts(report):
    return report.added, report.changed, report.removed, report.unchanged


def stored(path):
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT id, text FROM passage ORDER BY place").fetchall()
    connection.close()
    return rows


def test_the_report_counts_added_changed_removed_and_unchanged(write, run, path):
    write("one", "## A\n\nAlpha text.\n\n## B\n\nBeta text.\n")
    two = write("two", "## C\n\nGamma text.\n")
    assert counts(run()) == (3, 0, 0, 0)
    assert counts(run()) == (0, 0, 0, 3)
    write("one", "## A\n\nAlpha text, changed.\n\n## B\n\nBeta text.\n\n## D\n\nDelta text.\n")
    two.unlink()
    report = run()
    assert counts(report) == (1, 1, 1, 1)
    assert report.passages == 3
    assert stored(path) == [("one#a", "Alpha text, changed."), ("one#b", "Beta text."), ("one#d", "Delta text.")]


def test_unchanged_passages_are_not_embedded_again(write, run, monkeypatch):
    write("one", "## A\n\nAlpha text.\n")
    run()
    for model in (module.Embedder, module.Encoder):
        monkeypatch.setattr(model, "load", lambda: pytest.fail("embedded again"))
    assert run().unchanged == 1


def test_what_is_personal_is_hidden_in_text_heading_and_wordings(write, run, path):
    write(
        "team",
        "## Ask jane@private.example\n\nWrite to jane@private.example in Durban.\n",
        "asked: {ask-janeprivateexample: [jane@private.example]}\n",
    )
    report = run()
    assert report.redacted == 1
    assert report.hidden == (("team#ask-janeprivateexample", "EMAIL_ADDRESS"),) * 3
    everything = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"jane@private" not in everything
    assert b"in Durban" in everything


def test_what_the_author_calls_public_stays(write, run, path):
    write(
        "team",
        "## Team\n\nWrite to Office@private.example or jane@private.example.\n",
        "public: [office@private.example]\n",
    )
    assert run().hidden == (("team#team", "EMAIL_ADDRESS"),)
    assert stored(path)[0][1] == "Write to Office@private.example or \u2039EMAIL_ADDRESS_1\u203a."


def test_what_was_hidden_does_not_resolve(write, run, path):
    write("team", "## Team\n\nWrite to jane@private.example or <PERSON_1>.\n")
    run()
    assert stored(path)[0][1] == "Write to \u2039EMAIL_ADDRESS_1\u203a or \u2039PERSON_1\u203a."


def test_a_redactor_that_fails_leaves_everything_as_it_was(write, run, path, redactor):
    write("one", "## A\n\nAlpha text.\n")
    run()
    before = stored(path)
    write("one", "## A\n\nChanged.\n\n## B\n\nBroken here.\n")
    redactor.fails_on = "Broken"
    with pytest.raises(RuntimeError):
        run()
    assert stored(path) == before


def test_a_bad_page_leaves_everything_as_it_was(write, run, path, pages):
    write("one", "## A\n\nAlpha text.\n")
    run()
    before = stored(path)
    (pages / "bad.md").write_text("no front matter")
    write("one", "## A\n\nChanged.\n")
    with pytest.raises(KnowledgeError, match=r"bad\.md:1: "):
        run()
    assert stored(path) == before


def test_a_failure_while_writing_rolls_everything_back(write, run, path, monkeypatch):
    write("one", "## A\n\nAlpha text.\n")
    run()
    before = stored(path)
    write("one", "## B\n\nOther text.\n")
    monkeypatch.setattr(module, "_vectors", lambda *_: (_ for _ in ()).throw(MemoryError))
    with pytest.raises(MemoryError):
        run()
    assert stored(path) == before


def test_progress_is_told(write, pages, path, redactor):
    write("one", "## A\n\nAlpha.\n\n## B\n\nBeta.\n")
    heard = []
    ingest([pages], path, redactor, progress=lambda done, every: heard.append((done, every)))
    assert heard == [(1, 2), (2, 2)]


def test_a_file_of_an_older_layout_is_made_anew(write, run, path):
    write("one", "## A\n\nAlpha text.\n")
    run()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    assert counts(run()) == (1, 0, 0, 0)
