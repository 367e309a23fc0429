"""Parquet, through pyarrow (the extra `parquet`): row groups come in one after the other.

A Parquet file cannot be continued after a crash, as its index is written last. So the rows go into
an Arrow stream first, which can be cut off at any batch, and become Parquet at the very end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pii.bulk.errors import BulkError
from pii.bulk.rows import CHARACTERS, EVERYTHING, ROWS, Chunk, Path, Row, Texts, refill, texts_under

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path as File

GROUP_ROWS = 65_536


def _arrow() -> Any:
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError:
        raise BulkError("Parquet needs pyarrow: install this package with its extra `parquet`") from None
    return pa


class ParquetSource:
    """Batches of a Parquet file; every text within the chosen columns is redacted, also in lists and structs."""

    def __init__(self, file: File, paths: tuple[Path, ...], question: Path | None, *, begun: bool = False) -> None:
        self._pa = _arrow()
        try:
            self._file = self._pa.parquet.ParquetFile(file)
        except (self._pa.ArrowException, OSError) as error:
            raise BulkError(f"{file.name} is not a whole Parquet file ({type(error).__name__})") from None
        self._name = file.name
        self._size = file.stat().st_size
        self._schema = _plain_schema(self._pa, self._file.schema_arrow)
        self._columns = self._chosen(paths)
        self._question = self._known(".".join(question)) if question else None
        self._begun = begun

    def chunks(self, skip: int) -> Iterator[Chunk]:
        """Read on after the rows to skip."""
        if not self._begun:
            head = self._schema.serialize().to_pybytes()
            yield Chunk((), (), 0, 0, lambda _: head)
        total = max(self._file.metadata.num_rows, 1)
        read = 0
        for batch in self._batches():
            kept = batch.slice(max(skip - read, 0))
            read += batch.num_rows
            if kept.num_rows:
                yield self._chunk(kept, read, self._size * read // total)

    def _batches(self) -> Iterator[Any]:
        for batch in self._file.iter_batches(batch_size=ROWS):
            size = max(batch.nbytes // CHARACTERS, 1)
            step = max(batch.num_rows // size, 1)
            plain = batch.cast(self._schema)
            yield from (plain.slice(start, step) for start in range(0, plain.num_rows, step))

    def _chunk(self, batch: Any, read: int, position: int) -> Chunk:
        values = {name: batch.column(name).to_pylist() for name in self._columns}
        questions = batch.column(self._question).to_pylist() if self._question else [None] * batch.num_rows
        lines = [dict(zip(values, cells, strict=True)) for cells in zip(*values.values(), strict=True)]
        paths = [(name,) for name in self._columns]
        first = read - batch.num_rows + 1
        rows = tuple(
            Row(first + index, first + index, texts_under(line, paths), _asked(asked))
            for index, (line, asked) in enumerate(zip(lines, questions, strict=True))
        )

        def render(texts: Sequence[Texts | None]) -> bytes:
            kept = [index for index, each in enumerate(texts) if each is not None]
            new = [refill(line, paths, each) for line, each in zip(lines, texts, strict=True) if each is not None]
            return self._replaced(batch.take(self._pa.array(kept, self._pa.int64())), new)

        return Chunk(rows, (), read, position, render)

    def _replaced(self, batch: Any, rows: list[dict[str, Any]]) -> bytes:
        for name in self._columns:
            field = self._schema.field(name)
            values = self._pa.array([row[name] for row in rows], field.type)
            batch = batch.set_column(self._schema.get_field_index(name), field, values)
        written: bytes = batch.serialize().to_pybytes()
        return written

    def _chosen(self, paths: tuple[Path, ...]) -> tuple[str, ...]:
        if EVERYTHING in paths:
            return tuple(field.name for field in self._schema if _holds_text(self._pa, field.type))
        for name in (names := tuple(dict.fromkeys(self._known(".".join(path)) for path in paths))):
            kind = self._schema.field(name).type
            if not _holds_text(self._pa, kind):
                raise BulkError(f"{self._name}: column {name!r} holds {kind}, not text: cast it to string first")
        return names

    def _known(self, name: str) -> str:
        if self._schema.names.count(name) != 1:
            raise BulkError(f"{self._name}: no column, or more than one, is called {name!r}: mend --columns")
        return name


def to_parquet(stream: File, target: File) -> None:
    """Turn the finished Arrow stream into a Parquet file, one row group in memory at a time."""
    pa = _arrow()
    with (
        pa.OSFile(str(stream)) as source,
        pa.ipc.open_stream(source) as reader,
        pa.parquet.ParquetWriter(target, reader.schema) as writer,
    ):
        for group in _groups(reader):
            writer.write_table(pa.Table.from_batches(group, reader.schema), row_group_size=GROUP_ROWS)


def _groups(batches: Any) -> Iterator[list[Any]]:
    held: list[Any] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        if rows >= GROUP_ROWS:
            yield held
            held, rows = [], 0
    if held:
        yield held


def _asked(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _plain_schema(pa: Any, schema: Any) -> Any:
    """Undo dictionary encoding, which a stream of independent batches cannot carry."""
    fields = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field for field in schema
    ]
    return pa.schema(fields, metadata=schema.metadata)


def _holds_text(pa: Any, kind: Any) -> bool:
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return True
    if pa.types.is_struct(kind):
        return any(_holds_text(pa, field.type) for field in kind)
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind)) and _holds_text(pa, kind.value_type)
