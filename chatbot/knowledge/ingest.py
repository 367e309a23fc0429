"""Read knowledge pages, redact them, and bring the knowledge file up to date in one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot.knowledge.documents import read_folder
from chatbot.knowledge.embedding import Embedder
from chatbot.knowledge.encoder import Encoder
from chatbot.knowledge.hiding import Redactor, hide_draft
from chatbot.knowledge.passages import Draft, cut
from chatbot.knowledge.space import pack
from chatbot.knowledge.store import connect
from chatbot.knowledge.words import flat

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from pathlib import Path

UPSERT = """
INSERT INTO passage (
    id, title, heading, text, url, language, asked, place, hash, redacted,
    vector, asked_vectors, sense, asked_senses
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    title = excluded.title, heading = excluded.heading, text = excluded.text, url = excluded.url,
    language = excluded.language, place = excluded.place, hash = excluded.hash,
    redacted = excluded.redacted, vector = excluded.vector, asked_vectors = excluded.asked_vectors,
    sense = excluded.sense, asked_senses = excluded.asked_senses, asked = excluded.asked
"""


@dataclass(frozen=True)
class Report:
    """What one ingestion did, in passages.

    `redacted` counts passages in which something was hidden; `hidden` says where and of which kind, so that the
    author can look: what is not personal goes into the page's `public:` list.
    """

    added: int
    changed: int
    removed: int
    unchanged: int
    redacted: int
    pages: int
    hidden: tuple[tuple[str, str], ...] = ()

    @property
    def passages(self) -> int:
        """How many passages there are now."""
        return self.added + self.changed + self.unchanged


@dataclass(frozen=True)
class _Ready:
    draft: Draft
    hidden: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.draft.passage.id

    @property
    def hash(self) -> str:
        return hashlib.sha256("\x00".join((*self.draft.passage, *self.draft.asked)).encode()).hexdigest()


def ingest(
    folders: Sequence[Path],
    path: Path,
    redactor: Redactor,
    *,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Report:
    """Bring the knowledge file at `path` to what the folders' pages say.

    Everything is read and redacted before the first write, so that a bad page (KnowledgeError) or a redactor
    that fails loses nothing. Only passages whose redacted text changed are embedded again.
    `progress` hears passages done and passages in all.
    """
    documents = read_folder(*folders)
    raw = [draft for document in documents for draft in cut(document)]
    ready: list[_Ready] = []
    for draft in raw:
        ready.append(_Ready(*hide_draft(draft, redactor)))
        progress(len(ready), len(raw))
    connection = connect(path)
    try:
        return _write(connection, ready, len(documents))
    finally:
        connection.close()


def _write(connection: sqlite3.Connection, ready: Sequence[_Ready], pages: int) -> Report:
    connection.execute("BEGIN IMMEDIATE")
    try:
        before = dict(connection.execute("SELECT id, hash FROM passage").fetchall())
        fresh = [item for item in ready if before.get(item.id) != item.hash]
        gone = before.keys() - {item.id for item in ready}
        connection.executemany("DELETE FROM passage WHERE id = ?", [(identity,) for identity in gone])
        _put(connection, fresh)
        places = [(place, item.id) for place, item in enumerate(ready)]
        connection.executemany("UPDATE passage SET place = ? WHERE id = ?", places)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    added = sum(item.id not in before for item in fresh)
    hidden = tuple((item.id, kind) for item in ready for kind in item.hidden)
    redacted = sum(bool(item.hidden) for item in ready)
    return Report(added, len(fresh) - added, len(gone), len(ready) - len(fresh), redacted, pages, hidden)


def _put(connection: sqlite3.Connection, fresh: Sequence[_Ready]) -> None:
    if not fresh:
        return
    embedder, encoder = Embedder.load(), Encoder.load()
    for item in fresh:
        passage, asked, _ = item.draft
        vectors = _vectors(item.draft, embedder, encoder)
        connection.execute(UPSERT, (*passage, "\n".join(asked), 0, item.hash, len(item.hidden), *vectors))


def _vectors(draft: Draft, embedder: Embedder, encoder: Encoder) -> tuple[bytes, ...]:
    """Give the vector of the passage, and those of its heading and of each other wording, by both models."""
    passage, asked, _ = draft
    text, wordings = f"{passage.heading}. {passage.text}", [f"{passage.title}: {passage.heading}", *asked]
    static = embedder.embed([text, *map(flat, wordings)])
    return (*pack(static), *pack(encoder.encode([text, *wordings])))
