"""Plain text, row by row, and the reading of lines that it shares with JSON Lines and CSV.

Bytes that the encoding does not know are kept apart by `surrogateescape` and reported with their
line, where a strict decoder would only name an offset in some buffer.
"""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, TYPE_CHECKING

from pii.bulk.errors import BadJob, at
from pii.bulk.rows import Bad, Chunk, Record, Row, Texts, chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINE = 1_000_000  # characters; also the most that the redactor takes
_UNDECODED = re.compile("[\udc80-\udcff]")
_BOM = codecs.BOM_UTF8


@dataclass(slots=True)
class Lines:
    """Decoded lines of one input, with their ends; `number` is the line last read."""

    stream: IO[bytes]
    name: str
    encoding: str
    number: int = 0
    _text: io.TextIOWrapper = field(init=False)  # kept: it closes the stream when it is collected

    def __post_init__(self) -> None:
        if self.encoding.lower().replace("_", "-") in {"utf-8", "utf8"} and _begins_with_bom(self.stream):
            self.encoding = "utf-8-sig"
        try:
            self._text = io.TextIOWrapper(self.stream, self.encoding, errors="surrogateescape", newline="\n")
        except LookupError:
            raise BadJob(f"there is no encoding named {self.encoding!r}") from None

    def read(self) -> Iterator[str | None]:
        """Yield each line, ended by a line feed; None for one longer than `MAX_LINE`."""
        while line := self._text.readline(MAX_LINE + 2):
            self.number += 1
            yield line if self._whole(line) else None

    def position(self) -> int:
        """Count the bytes taken from the input so far; 0 when it cannot tell (a pipe)."""
        return self.stream.tell() if self.stream.seekable() else 0

    def where(self, line: int, problem: str, mend: str) -> str:
        """Say what is wrong in a line of this input."""
        return at(self.name, line, problem, mend)

    def undecodable(self, line: int) -> str:
        """Say that a line holds bytes which are not in its encoding."""
        return self.where(line, f"bytes that are not {self.encoding}", "name the file's own with --encoding")

    def _whole(self, line: str) -> bool:
        """Say whether this is a whole line that is not too long; else read over the rest of it."""
        if line.endswith("\n") or len(line) <= MAX_LINE:
            return True
        while (rest := self._text.readline(MAX_LINE)) and not rest.endswith("\n"):
            pass
        return False


def _begins_with_bom(stream: IO[bytes]) -> bool:
    return isinstance(stream, io.BufferedReader) and stream.peek(len(_BOM)).startswith(_BOM)


def is_decoded(text: str) -> bool:
    """Say whether every byte of the text was in its encoding."""
    return text.isascii() or not _UNDECODED.search(text)


class Encoder:
    """Writes text in the input's encoding, with its byte order mark once, at the very beginning."""

    def __init__(self, encoding: str, *, begun: bool) -> None:
        self._encode = codecs.getincrementalencoder(encoding)("strict").encode
        if begun:
            self._encode("\n")

    def __call__(self, text: str) -> bytes:
        """Encode the next piece."""
        return self._encode(text)


class TextSource:
    """Plain text: every line is one message."""

    def __init__(self, lines: Lines, *, begun: bool = False) -> None:
        self._lines = lines
        self._encoder = Encoder(lines.encoding, begun=begun)

    def chunks(self, skip: int) -> Iterator[Chunk]:
        """Read on after the rows to skip."""
        return chunks(map(self._record, islice(self._lines.read(), skip, None)), self._encode, self._lines.position)

    def _record(self, line: str | None) -> Record:
        number = self._lines.number
        if line is None or not is_decoded(line):
            return Record(Bad(number, problem_of(self._lines, line)))
        body = line.rstrip("\r\n")
        return Record(Row(number, number, (body,)), line[len(body) :])

    def _encode(self, end: str, texts: Texts) -> bytes:
        return self._encoder(texts[0] + end)


def problem_of(lines: Lines, line: str | None) -> str:
    """Say why a line cannot be read: too long, or not in its encoding."""
    if line is None:
        return lines.where(lines.number, f"longer than {MAX_LINE:,} characters", "split it into several rows")
    return lines.undecodable(lines.number)
