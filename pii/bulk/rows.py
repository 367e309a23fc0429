r"""Rows between a reader and a writer: the texts to redact travel, everything else stays with the reader.

A path names a field of nested data: `visitor.note`, `messages.content` (lists are walked),
`a\\.b` for a name with a dot, `*` for everything. Names of fields themselves are never changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Texts = tuple[str, ...]
Path = tuple[str, ...]
ROWS = 128  # of one chunk: enough to hide the cost of handing it over, few enough to keep memory small
CHARACTERS = 100_000
EVERYTHING: Path = ("*",)
_DOT = re.compile(r"(?<!\\)\.")


class Row(NamedTuple):
    """One row's texts, in the order in which they stand; number counts rows from 1, line is the file's."""

    number: int
    line: int
    texts: Texts
    question: str | None = None


class Bad(NamedTuple):
    """A row that could not be read, and why."""

    number: int
    message: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Neighbouring rows; `render` writes them with their redacted texts and leaves out those given as None."""

    rows: tuple[Row, ...]
    bad: tuple[Bad, ...]
    read: int  # rows of the input up to here, bad ones included
    position: int  # bytes of the input up to here, for a progress bar
    render: Callable[[Sequence[Texts | None]], bytes]


class Record(NamedTuple):
    """A row as its format parsed it, with what `encode` needs to write it again."""

    row: Row | Bad
    value: Any = None


def chunks(
    records: Iterable[Record], encode: Callable[[Any, Texts], bytes], position: Callable[[], int]
) -> Iterator[Chunk]:
    """Group records into chunks that are bounded in rows and in characters."""
    held: list[Record] = []
    size = 0
    for record in records:
        held.append(record)
        size += sum(map(len, record.row.texts)) if isinstance(record.row, Row) else 0
        if len(held) >= ROWS or size >= CHARACTERS:
            yield _chunk(held, encode, position())
            held, size = [], 0
    if held:
        yield _chunk(held, encode, position())


def _chunk(records: list[Record], encode: Callable[[Any, Texts], bytes], position: int) -> Chunk:
    rows = tuple(each.row for each in records if isinstance(each.row, Row))
    values = [each.value for each in records if isinstance(each.row, Row)]

    def render(texts: Sequence[Texts | None]) -> bytes:
        return b"".join(encode(value, each) for value, each in zip(values, texts, strict=True) if each is not None)

    bad = tuple(each.row for each in records if isinstance(each.row, Bad))
    return Chunk(rows, bad, records[-1].row.number, position, render)


def parse_path(name: str) -> Path:
    """Split a dotted field name at its unescaped dots."""
    return tuple(part.replace("\\.", ".") for part in _DOT.split(name))


def change(value: Any, path: Path, to: Callable[[str], str]) -> Any:
    """Copy a value with every text under the path changed; numbers count as text when that changes them."""
    if isinstance(value, list):
        return [change(each, path, to) for each in value]
    if path and path != EVERYTHING:
        if not isinstance(value, dict) or path[0] not in value:
            return value
        return value | {path[0]: change(value[path[0]], path[1:], to)}
    if isinstance(value, dict):
        return {key: change(each, (), to) for key, each in value.items()}
    return _leaf(value, to)


def _leaf(value: Any, to: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return to(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    written = str(value)
    changed = to(written)
    return value if changed == written else changed


def present(value: Any, path: Path) -> bool:
    """Say whether a value has the field at all, be it empty."""
    if not path or path == EVERYTHING:
        return True
    if isinstance(value, list):
        return not value or any(present(each, path) for each in value)
    return isinstance(value, dict) and path[0] in value and present(value[path[0]], path[1:])


def texts_under(value: Any, paths: Iterable[Path]) -> Texts:
    """List every text under the paths, in the order in which `refill` takes them."""
    found: list[str] = []

    def collect(text: str) -> str:
        found.append(text)
        return text

    for path in paths:
        change(value, path, collect)
    return tuple(found)


def refill(value: Any, paths: Iterable[Path], texts: Texts) -> Any:
    """Copy a value with the texts under the paths replaced, one by one."""
    supply = iter(texts)
    for path in paths:
        value = change(value, path, lambda _: next(supply))
    return value
