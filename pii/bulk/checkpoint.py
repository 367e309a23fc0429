"""How far a run has come, on disk: enough to take it up again, and nothing of any row."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pii.bulk.errors import BulkError
from pii.bulk.report import Report

if TYPE_CHECKING:
    from pathlib import Path

_SAMPLE = 65_536
_VERSION = 1


def identity(source: Path) -> dict[str, Any]:
    """Describe a file well enough to tell a changed one: size, time of change, hash of both ends."""
    stat = source.stat()
    digest = hashlib.sha256()
    with source.open("rb") as stream:
        digest.update(stream.read(_SAMPLE))
        stream.seek(max(stat.st_size - _SAMPLE, 0))
        digest.update(stream.read(_SAMPLE))
    return {"size": stat.st_size, "changed_ns": stat.st_mtime_ns, "sha256_of_ends": digest.hexdigest()}


@dataclass(slots=True)
class Checkpoint:
    """How far a run has come."""

    run: dict[str, Any]
    rows: int = 0
    written: int = 0
    rejected: int = 0
    report: Report = field(default_factory=Report)

    def save(self, file: Path) -> None:
        """Replace the checkpoint on disk, whole or not at all."""
        fresh = file.with_name(file.name + ".new")
        body = {"version": _VERSION, "run": self.run, "rows": self.rows, "written": self.written}
        body |= {"rejected": self.rejected, "report": self.report.as_dict()}
        with fresh.open("w", encoding="utf-8") as stream:
            json.dump(body, stream)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(file)

    @classmethod
    def load(cls, file: Path, run: dict[str, Any]) -> Checkpoint:
        """Read a checkpoint of this very run; a new one when there is none, BulkError when it is another's."""
        if not file.exists():
            return cls(run)
        try:
            body = json.loads(file.read_bytes())
            found = cls(
                body["run"], body["rows"], body["written"], body["rejected"], Report.from_dict(body["report"])
            )
        except (ValueError, KeyError, TypeError):
            raise BulkError(f"{file.name} is damaged: start anew, without --resume") from None
        if body["version"] != _VERSION or found.run != run:
            raise BulkError(
                "the input or the options have changed since the run that stopped: start anew, without --resume"
            )
        return found
