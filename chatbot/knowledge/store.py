"""The knowledge file: one SQLite database with passages, their vectors and a full-text index."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, NamedTuple

from chatbot.knowledge.passages import Passage

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 4
SCHEMA = """
CREATE TABLE passage (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL, url TEXT NOT NULL, language TEXT NOT NULL,
    asked TEXT NOT NULL,
    place INTEGER NOT NULL,
    hash TEXT NOT NULL,
    redacted INTEGER NOT NULL,
    vector BLOB NOT NULL,
    asked_vectors BLOB NOT NULL,
    sense BLOB NOT NULL,
    asked_senses BLOB NOT NULL
);
CREATE VIRTUAL TABLE passage_index USING fts5 (
    heading, title, text, asked, content='passage', content_rowid='number',
    tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER passage_added AFTER INSERT ON passage BEGIN
    INSERT INTO passage_index (rowid, heading, title, text, asked)
    VALUES (new.number, new.heading, new.title, new.text, new.asked);
END;
CREATE TRIGGER passage_removed AFTER DELETE ON passage BEGIN
    INSERT INTO passage_index (passage_index, rowid, heading, title, text, asked)
    VALUES ('delete', old.number, old.heading, old.title, old.text, old.asked);
END;
CREATE TRIGGER passage_changed AFTER UPDATE OF heading, title, text, asked ON passage BEGIN
    INSERT INTO passage_index (passage_index, rowid, heading, title, text, asked)
    VALUES ('delete', old.number, old.heading, old.title, old.text, old.asked);
    INSERT INTO passage_index (rowid, heading, title, text, asked)
    VALUES (new.number, new.heading, new.title, new.text, new.asked);
END;
"""

ROWS = """
SELECT number, id, title, heading, text, url, language, asked, vector, asked_vectors, sense, asked_senses
FROM passage ORDER BY place
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the knowledge file for writing, and make it when it is not there; readers are not disturbed (WAL)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    connection.execute("PRAGMA journal_mode=WAL")
    if connection.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
        _make(connection)
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open the knowledge file for reading from any thread; raises FileNotFoundError when it is not there."""
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there yet; run: chatbot knowledge ingest")
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False, timeout=10)


class Row(NamedTuple):
    """A passage as it is kept: its number in the index, other wordings, the vectors of its text and of those.

    The heading counts as the first of the wordings. `static` and `sense` come from the two embedding models.
    """

    number: int
    passage: Passage
    asked: str
    static: tuple[bytes, bytes]
    sense: tuple[bytes, bytes]


def rows(connection: sqlite3.Connection) -> list[Row]:
    """Give every passage in reading order."""
    found = connection.execute(ROWS)
    return [Row(row[0], Passage(*row[1:7]), row[7], (row[8], row[9]), (row[10], row[11])) for row in found]


def _make(connection: sqlite3.Connection) -> None:
    """Lay an empty file out; another format's content is derived from the pages, so it is dropped."""
    connection.executescript(
        f"BEGIN IMMEDIATE; DROP TABLE IF EXISTS passage; DROP TABLE IF EXISTS passage_index;"
        f"{SCHEMA} PRAGMA user_version={FORMAT}; COMMIT;"
    )
