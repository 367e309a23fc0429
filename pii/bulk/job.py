"""One bulk run, from an input to an output: read, redact on every core, write in order."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import IO, TYPE_CHECKING, Any, Protocol

from pii.bulk.checkpoint import identity
from pii.bulk.errors import BadJob, BadRow, BulkError, at
from pii.bulk.jsonlines import JsonLinesSource
from pii.bulk.lines import Lines, TextSource
from pii.bulk.output import FileOutput, Output, StandardOutput
from pii.bulk.parquet import ParquetSource, to_parquet
from pii.bulk.pool import redacted
from pii.bulk.rows import Bad, Chunk, parse_path
from pii.bulk.table import Dialect, TableSource
from pii.placeholders import PLACEHOLDER
from pii.redactor import Redactor
from pii.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pii.bulk.pool import Make, Result
    from pii.bulk.report import Report
    from pii.bulk.rows import Texts

FORMATS = {
    ".txt": "text", ".log": "text", ".md": "text", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv",
    ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip
VAULTS = ("per-row", "per-file")


@dataclass(frozen=True, slots=True)
class Job:
    """What to redact, and where to. No source means standard input, no target standard output.

    Placeholders are numbered anew in each row (`per-row`), so rows stay independent; `per-file` gives
    one value one placeholder throughout, keeps every value in memory, and cannot be resumed.
    """

    source: Path | None = None
    target: Path | None = None
    format: str = "text"
    columns: tuple[str, ...] = ()
    question: str | None = None
    encoding: str = "utf-8"
    dialect: Dialect = field(default_factory=Dialect)
    vault: str = "per-row"
    jobs: int = 1
    keep_going: bool = False
    resume: bool = False

    @property
    def name(self) -> str:
        """The input's name, as messages give it."""
        return self.source.name if self.source else "<stdin>"


class Source(Protocol):
    """An input that is read in chunks."""

    def chunks(self, skip: int) -> Iterator[Chunk]:
        """Read on after the rows to skip."""
        ...


def run(
    job: Job,
    *,
    make: Make = Redactor,
    progress: Callable[[int, int], None] = lambda _rows, _bytes: None,
    every: float = 1.0,
) -> Report:
    """Run a job to its end. BulkError when it cannot be done; what was written so far is redacted.

    `progress` hears of rows and bytes read so far; a checkpoint is saved `every` so many seconds.
    """
    _check(job)
    begun = time.monotonic()
    number = _PerFile() if job.vault == "per-file" else _per_row
    with open_input(job) as stream, _output(job, every) as output:
        state = output.state
        source = open_source(job, stream, begun=state.written > 0)
        for chunk, results in redacted(source.chunks(state.rows), job.jobs, make):
            bad = sorted((*chunk.bad, *_withheld(job, chunk, results)))
            if bad and not job.keep_going:
                raise BadRow(bad[0].message)
            output.write(chunk.render([number(each) for each in results]), (each.number for each in bad))
            state.report.add(results, len(bad))
            output.settle(chunk.read)
            progress(chunk.read, chunk.position)
    state.report.seconds = state.report.seconds or time.monotonic() - begun
    return state.report


def open_source(job: Job, stream: IO[bytes], *, begun: bool = False) -> Source:
    """Open the input in its format; `begun` says that the output's head is already written."""
    paths = tuple(map(parse_path, job.columns))
    question = parse_path(job.question) if job.question else None
    if job.format == "parquet" and job.source:
        return ParquetSource(job.source, paths, question, begun=begun)
    lines = Lines(stream, job.name, job.encoding)
    if job.format == "jsonl":
        return JsonLinesSource(lines, paths, question, begun=begun)
    if job.format == "csv":
        return TableSource(lines, paths, question, job.dialect, begun=begun)
    return TextSource(lines, begun=begun)


def _check(job: Job) -> None:
    """Refuse what contradicts itself, before anything is opened."""
    files = bool(job.source and job.target)
    known = set(FORMATS.values())
    problems = {
        f"there is no format {job.format!r}, only {', '.join(sorted(known))}": job.format not in known,
        "Parquet needs a file to read and a file to write": job.format == "parquet" and not files,
        f"choose what to redact in {job.format} with --columns": job.format != "text" and not job.columns,
        "plain text has no columns": job.format == "text" and bool(job.columns or job.question),
        "only a file that is written to a file can be resumed": job.resume and not files,
        "numbering per file cannot be resumed: the values are on no disk": job.resume and job.vault == "per-file",
        f"the vault is one of {', '.join(VAULTS)}": job.vault not in VAULTS,
        "the output must not be the input": files and _same(job.source, job.target),
        "the output must be a file": bool(job.target and job.target.exists() and not job.target.is_file()),
    }
    for problem, found in problems.items():
        if found:
            raise BadJob(problem)


def _same(source: Path | None, target: Path | None) -> bool:
    return bool(source and target and source.exists() and target.exists() and source.samefile(target))


def open_input(job: Job) -> IO[bytes]:
    """Open the input's bytes; BulkError when it cannot be read."""
    if job.source is None:
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    try:
        return job.source.open("rb")
    except OSError as error:
        raise BulkError(f"cannot read {job.name}: {error.strerror}") from None


def _output(job: Job, every: float) -> Output:
    if job.target is None:
        return StandardOutput()
    what: dict[str, Any] = asdict(job)
    kept = {key: what[key] for key in ("format", "columns", "question", "encoding", "dialect", "vault")}
    kept["columns"] = list(job.columns)
    finish = to_parquet if job.format == "parquet" else None
    made = {"input": identity(job.source) if job.source else None, "options": kept}
    return FileOutput(job.target, made, resume=job.resume, finish=finish, every=every)


def _withheld(job: Job, chunk: Chunk, results: list[Result]) -> Iterator[Bad]:
    for row, result in zip(chunk.rows, results, strict=True):
        if result.texts is None:
            yield Bad(
                row.number, at(job.name, row.line, "the row could not be redacted", "look at it, or leave it out")
            )


def _per_row(result: Result) -> Texts | None:
    return result.texts


class _PerFile:
    """Renumbers each row's placeholders so that a value has the same one in the whole file."""

    def __init__(self) -> None:
        self._vault = Vault()

    def __call__(self, result: Result) -> Texts | None:
        if result.texts is None:
            return None
        new = {old: self._vault.placeholder_for(kind, value) for old, kind, value in result.entries}
        return tuple(PLACEHOLDER.sub(lambda each: new[each[0]], text) for text in result.texts)
