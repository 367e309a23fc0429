"""CSV in any dialect: chosen columns are redacted, the others stay as they are.

A lost quote can shift text into a column that nobody redacts, so whatever breaks the structure
itself ends the run; only rows that are whole, but of the wrong width, may be skipped.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from pii.bulk.errors import BrokenInput, BulkError
from pii.bulk.lines import MAX_LINE, Encoder, Lines, is_decoded
from pii.bulk.rows import EVERYTHING, Bad, Chunk, Path, Record, Row, Texts, chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the file writes its cells; without a delimiter, the likeliest of the first line is taken."""

    delimiter: str | None = None
    quote: str = '"'
    escape: str | None = None
    header: bool = True


class TableSource:
    """Comma-separated values and their relatives; columns by name, or by number from 1 without a header."""

    def __init__(
        self,
        lines: Lines,
        paths: tuple[Path, ...],
        question: Path | None,
        dialect: Dialect | None = None,
        *,
        begun: bool = False,
    ) -> None:
        self._lines = lines
        self._dialect = dialect or Dialect()
        self._encoder = Encoder(lines.encoding, begun=begun)
        self._begun = begun
        self._paths = paths
        self._question_path = question
        self._columns: tuple[int, ...] = ()
        self._question: int | None = None
        self._width = 0
        self._format: dict[str, Any] = {}

    def chunks(self, skip: int) -> Iterator[Chunk]:
        """Read on after the rows to skip; BrokenInput when the quoting is broken."""
        csv.field_size_limit(MAX_LINE)
        source = self._physical()
        first = next(source, None)
        if first is None:
            return
        self._format = self._settle(first)
        reader = csv.reader(_chain(first, source), strict=True, **self._without_line_end())
        header = self._rows(reader)
        at, names = next(header)
        self._choose(names)
        if not self._dialect.header:
            header = _chain((at, names), header)
        elif not self._begun:
            yield self._header_chunk(names)
        numbered = enumerate(header, 1)
        yield from chunks(map(self._record, islice(numbered, skip, None)), self._encode, self._lines.position)

    def _physical(self) -> Iterator[str]:
        for line in self._lines.read():
            if line is None:
                problem = f"longer than {MAX_LINE:,} characters"
                raise BrokenInput(
                    self._lines.where(self._lines.number, problem, "look for a quote that is not closed")
                )
            yield line

    def _rows(self, reader: Any) -> Iterator[tuple[int, list[str]]]:
        while True:
            line = self._lines.number + (reader.line_num > 0)
            try:
                cells = next(reader, None)
            except csv.Error:
                mend = "mend the quotes, or name the file's own with --quote, --escape and --delimiter"
                raise BrokenInput(
                    self._lines.where(max(line, 1), "the quoting is broken here or below", mend)
                ) from None
            if cells is None:
                return
            yield line, cells

    def _settle(self, first: str) -> dict[str, Any]:
        end = "\r\n" if first.endswith("\r\n") else "\n"
        given = self._dialect
        delimiter = given.delimiter or max(_DELIMITERS, key=first.count)
        return {
            "delimiter": delimiter, "quotechar": given.quote or None, "escapechar": given.escape,
            "doublequote": given.escape is None, "lineterminator": end,
            "quoting": csv.QUOTE_MINIMAL if given.quote else csv.QUOTE_NONE,
        }  # fmt: skip

    def _without_line_end(self) -> dict[str, Any]:
        return {key: value for key, value in self._format.items() if key != "lineterminator"}

    def _choose(self, names: list[str]) -> None:
        self._width = len(names)
        known = names if self._dialect.header else [str(number) for number in range(1, len(names) + 1)]
        if EVERYTHING in self._paths:
            self._columns = tuple(range(len(names)))
        else:
            self._columns = tuple(dict.fromkeys(self._index(".".join(path), known) for path in self._paths))
        self._question = self._index(".".join(self._question_path), known) if self._question_path else None

    def _index(self, name: str, known: list[str]) -> int:
        if known.count(name) == 1:
            return known.index(name)
        found = "more than one column" if name in known else "no column"
        hint = "choose by name" if self._dialect.header else "choose by number, from 1"
        more = "; for a file without a header say --no-header" if self._dialect.header else ""
        raise BulkError(f"{self._lines.name}: {found} of the {len(known)} is called {name!r}: {hint}{more}")

    def _header_chunk(self, names: list[str]) -> Chunk:
        return Chunk((), (), 0, self._lines.position(), lambda _: self._write(names))

    def _record(self, numbered: tuple[int, tuple[int, list[str]]]) -> Record:
        number, (line, cells) = numbered
        if not all(map(is_decoded, cells)):
            return Record(Bad(number, self._lines.undecodable(line)))
        if cells and len(cells) != self._width:
            problem = f"{len(cells)} cells where there should be {self._width}"
            return Record(Bad(number, self._lines.where(line, problem, "quote cells that hold a delimiter")))
        texts = tuple(cells[column] for column in self._columns) if cells else ()
        asked = cells[self._question] if cells and self._question is not None else None
        return Record(Row(number, line, texts, asked or None), cells)

    def _encode(self, cells: list[str], texts: Texts) -> bytes:
        changed = list(cells)
        for column, text in zip(self._columns, texts, strict=bool(cells)):
            changed[column] = text
        return self._write(changed)

    def _write(self, cells: list[str]) -> bytes:
        buffer = io.StringIO()
        csv.writer(buffer, **self._format).writerow(cells)
        return self._encoder(buffer.getvalue())


def _chain(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest
