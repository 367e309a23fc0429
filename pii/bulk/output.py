"""The output of a run that may be killed at any moment and taken up again.

OUT.part      redacted rows so far
OUT.rejects   numbers of the rows that were left out, one a line; only when there are any
OUT.resume    the checkpoint: which input and options, how many rows, how many bytes of each file

A checkpoint is written after its rows are on disk. Resuming cuts the files back to the last
checkpoint, so no row is there twice and none is missing. OUT itself appears whole, at the end.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Protocol, Self

from pii.bulk.checkpoint import Checkpoint
from pii.bulk.errors import BulkError, NothingRedacted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path


class Output(Protocol):
    """Where redacted rows go."""

    state: Checkpoint

    def __enter__(self) -> Self:
        """Open, and cut back to the last checkpoint."""
        ...

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Finish; on an error, keep what can be resumed."""
        ...

    def write(self, rows: bytes, rejects: Iterable[int]) -> None:
        """Add rows, and the numbers of rejected ones."""
        ...

    def settle(self, read: int) -> None:
        """Take it that all rows of the input so far, `read` of them, are written and counted."""
        ...


class StandardOutput:
    """Rows straight to a pipe or terminal: nothing to resume."""

    def __init__(self, stream: IO[bytes] | None = None) -> None:
        self._stream = stream or sys.stdout.buffer
        self.state = Checkpoint({})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self._stream.flush()

    def write(self, rows: bytes, rejects: Iterable[int]) -> None:
        """Write rows through; rejected ones are only counted, by the report."""
        del rejects
        self._stream.write(rows)

    def settle(self, read: int) -> None:
        """Count the rows."""
        self.state.rows = read


class FileOutput:
    """Rows to a file that appears whole at the end, with a checkpoint every so many seconds."""

    def __init__(
        self,
        target: Path,
        run: dict[str, Any],
        *,
        resume: bool = False,
        finish: Callable[[Path, Path], None] | None = None,
        every: float = 1.0,
    ) -> None:
        self._target = target
        self._part, self._rejects, self._sidecar = (
            target.with_name(target.name + end) for end in (".part", ".rejects", ".resume")
        )
        self._finish = finish
        self._every = every
        self._begun = self._saved = time.monotonic()
        self.state = Checkpoint.load(self._sidecar, run) if resume else Checkpoint(run)
        self._seconds = self.state.report.seconds

    def __enter__(self) -> Self:
        if not self.state.written:
            self._sidecar.unlink(missing_ok=True)
        self._rows = _reopened(self._part, self.state.written)
        self._numbers = _reopened(self._rejects, self.state.rejected)
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            self._save()
        finally:
            self._close()
        if not self.state.rejected:
            self._rejects.unlink()
        if kind is None:
            self._commit()
        elif not self.state.written or issubclass(kind, NothingRedacted):
            self._part.unlink()
            self._sidecar.unlink()

    def write(self, rows: bytes, rejects: Iterable[int]) -> None:
        """Add to the part and to the rejects."""
        self._rows.write(rows)
        self._numbers.write(b"".join(b"%d\n" % number for number in rejects))

    def settle(self, read: int) -> None:
        """Note how far it came, and save that when a checkpoint is due."""
        self.state.rows, self.state.written, self.state.rejected = read, self._rows.tell(), self._numbers.tell()
        if time.monotonic() - self._saved >= self._every:
            self._save()

    def _save(self) -> None:
        for stream in (self._rows, self._numbers):
            stream.flush()
            os.fsync(stream.fileno())
        self._saved = time.monotonic()
        self.state.report.seconds = self._seconds + self._saved - self._begun
        self.state.save(self._sidecar)

    def _close(self) -> None:
        """Close both files; what a full disk did not take is cut off when the run is resumed."""
        for stream in (self._rows, self._numbers):
            with suppress(OSError):
                stream.close()

    def _commit(self) -> None:
        if self._finish:
            made = self._part.with_name(self._part.name + ".new")
            self._finish(self._part, made)
            made.replace(self._target)
            self._part.unlink()
        else:
            self._part.replace(self._target)
        self._sidecar.unlink()


def _reopened(file: Path, length: int) -> IO[bytes]:
    """Open for appending after so many bytes, and drop whatever follows."""
    if not length:
        return file.open("wb")
    if not file.exists() or file.stat().st_size < length:
        raise BulkError(f"{file.name} is shorter than its checkpoint says: start anew, without --resume")
    os.truncate(file, length)
    return file.open("ab")
