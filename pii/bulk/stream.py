"""Rows in memory: an iterable is redacted as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pii.bulk.errors import BadRow
from pii.bulk.pool import redacted
from pii.bulk.rows import EVERYTHING, ROWS, Chunk, Row, parse_path, refill, texts_under
from pii.redactor import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pii.bulk.pool import Make
    from pii.bulk.rows import Path


def redact_rows(
    rows: Iterable[Any],
    columns: Sequence[str] = ("*",),
    *,
    question: str | None = None,
    jobs: int = 1,
    make: Make = Redactor,
) -> Iterator[Any]:
    """Yield each row (a string, or nested dicts and lists) redacted under the columns, in order.

    BadRow, with the row's number, when one cannot be redacted: nothing of it is given.
    """
    paths = tuple(map(parse_path, columns)) or (EVERYTHING,)
    asked = parse_path(question) if question else None
    held: list[Any] = []
    for chunk, results in redacted(_chunks(rows, paths, asked, held), jobs, make):
        for row, result in zip(chunk.rows, results, strict=True):
            value = held.pop(0)
            if result.texts is None:
                raise BadRow(f"row {row.number} could not be redacted")
            yield refill(value, paths, result.texts)


def _chunks(rows: Iterable[Any], paths: tuple[Path, ...], asked: Path | None, held: list[Any]) -> Iterator[Chunk]:
    batch: list[Row] = []
    number = 0
    for number, value in enumerate(rows, 1):
        question = " ".join(texts_under(value, (asked,))) if asked else ""
        held.append(value)
        batch.append(Row(number, number, texts_under(value, paths), question or None))
        if len(batch) == ROWS:
            yield Chunk(tuple(batch), (), number, 0, lambda _: b"")
            batch = []
    if batch:
        yield Chunk(tuple(batch), (), number, 0, lambda _: b"")
