"""JSON Lines, row by row: chosen fields, however deep."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from pii.bulk.errors import NothingRedacted
from pii.bulk.lines import Encoder, Lines, is_decoded, problem_of
from pii.bulk.rows import Bad, Chunk, Path, Record, Row, Texts, chunks, present, refill, texts_under

if TYPE_CHECKING:
    from collections.abc import Iterator


class JsonLinesSource:
    """One JSON value a line; the texts under the paths are redacted, wherever they are nested."""

    def __init__(self, lines: Lines, paths: tuple[Path, ...], question: Path | None, *, begun: bool = False) -> None:
        self._lines = lines
        self._paths = paths
        self._question = question
        self._encoder = Encoder(lines.encoding, begun=begun)
        self._unseen = set(paths)

    def chunks(self, skip: int) -> Iterator[Chunk]:
        """Read on after the rows to skip; NothingRedacted at the end when a field was in no row."""
        rows = 0
        for chunk in chunks(
            map(self._record, islice(self._lines.read(), skip, None)), self._encode, self._lines.position
        ):
            rows += len(chunk.rows)
            yield chunk
        if self._unseen and rows and not skip:
            names = ", ".join(".".join(path) for path in sorted(self._unseen))
            raise NothingRedacted(f"{self._lines.name}: no row has the field {names}; mend the name in --columns")

    def _record(self, line: str | None) -> Record:
        number = self._lines.number
        if line is None or not is_decoded(line):
            return Record(Bad(number, problem_of(self._lines, line)))
        try:
            value = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            return Record(
                Bad(number, self._lines.where(number, "not JSON", "each line must be one whole JSON value"))
            )
        self._unseen -= {path for path in self._unseen if present(value, path)}
        asked = " ".join(texts_under(value, (self._question,))) if self._question else ""
        return Record(Row(number, number, texts_under(value, self._paths), asked or None), (value, line))

    def _encode(self, record: tuple[Any, str], texts: Texts) -> bytes:
        value, line = record
        if not line.strip():
            return self._encoder(line)
        changed = refill(value, self._paths, texts)
        end = line[len(line.rstrip("\r\n")) :]
        try:
            return self._encoder(json.dumps(changed, ensure_ascii=False) + end)
        except UnicodeEncodeError:
            return self._encoder(json.dumps(changed) + end)
