"""Read knowledge pages, redact them, and bring the knowledge file up to date in one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from chatbot.knowledge.documents import read_folder
from chatbot.knowledge.embedding import Embedder
from chatbot.knowledge.passages import Passage, cut
from chatbot.knowledge.store import connect

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from pathlib import Path

UPSERT = """
INSERT INTO passage (id, title, heading, text, url, language, place, hash, redacted, vector, heading_vector)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    title = excluded.title, heading = excluded.heading, text = excluded.text, url = excluded.url,
    language = excluded.language, place = excluded.place, hash = excluded.hash,
    redacted = excluded.redacted, vector = excluded.vector, heading_vector = excluded.heading_vector
"""


class _Redacted(Protocol):
    @property
    def text(self) -> object: ...


class _Redactor(Protocol):
    """What ingestion needs of a redactor: pii.Redactor has it."""

    def redact(self, text: str) -> _Redacted: ...


@dataclass(frozen=True)
class Report:
    """What one ingestion did, in passages; `redacted` counts those in which something was hidden."""

    added: int
    changed: int
    removed: int
    unchanged: int
    redacted: int
    pages: int

    @property
    def passages(self) -> int:
        """How many passages there are now."""
        return self.added + self.changed + self.unchanged


@dataclass(frozen=True)
class _Ready:
    passage: Passage
    hidden: bool

    @property
    def hash(self) -> str:
        return hashlib.sha256("\x00".join(self.passage).encode()).hexdigest()


def ingest(
    folders: Path | Sequence[Path],
    path: Path,
    redactor: _Redactor,
    *,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Report:
    """Bring the knowledge file at `path` to what the folders' pages say.

    Everything is read and redacted before the first write, so that a bad page (KnowledgeError) or a redactor
    that fails loses nothing. Only passages whose redacted text changed are embedded again.
    `progress` hears passages done and passages in all.
    """
    documents = read_folder(*([folders] if not isinstance(folders, (list, tuple)) else folders))
    raw = [passage for document in documents for passage in cut(document)]
    ready: list[_Ready] = []
    for passage in raw:
        ready.append(_redact(passage, redactor))
        progress(len(ready), len(raw))
    connection = connect(path)
    try:
        return _write(connection, ready, len(documents))
    finally:
        connection.close()


def _redact(passage: Passage, redactor: _Redactor) -> _Ready:
    text, heading = (str(redactor.redact(part).text) for part in (passage.text, passage.heading))
    return _Ready(passage._replace(text=text, heading=heading), (text, heading) != (passage.text, passage.heading))


def _write(connection: sqlite3.Connection, ready: Sequence[_Ready], pages: int) -> Report:
    connection.execute("BEGIN IMMEDIATE")
    try:
        before = dict(connection.execute("SELECT id, hash FROM passage").fetchall())
        fresh = [item for item in ready if before.get(item.passage.id) != item.hash]
        gone = before.keys() - {item.passage.id for item in ready}
        connection.executemany("DELETE FROM passage WHERE id = ?", [(identity,) for identity in gone])
        _put(connection, fresh)
        places = [(place, item.passage.id) for place, item in enumerate(ready)]
        connection.executemany("UPDATE passage SET place = ? WHERE id = ?", places)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    added = sum(item.passage.id not in before for item in fresh)
    hidden = sum(item.hidden for item in ready)
    return Report(added, len(fresh) - added, len(gone), len(ready) - len(fresh), hidden, pages)


def _vectors(fresh: Sequence[_Ready]) -> list[tuple[bytes, bytes]]:
    """Give the vectors of each passage's text and of its heading."""
    if not fresh:
        return []
    embedder = Embedder.load()
    texts = embedder.embed([f"{item.passage.heading}. {item.passage.text}" for item in fresh])
    headings = embedder.embed([f"{item.passage.title}: {item.passage.heading}" for item in fresh])
    return [
        (text.astype(np.float16).tobytes(), heading.astype(np.float16).tobytes())
        for text, heading in zip(texts, headings, strict=True)
    ]


def _put(connection: sqlite3.Connection, fresh: Sequence[_Ready]) -> None:
    pairs = zip(fresh, _vectors(fresh), strict=True)
    rows = ((*item.passage, 0, item.hash, item.hidden, *vectors) for item, vectors in pairs)
    connection.executemany(UPSERT, rows)
