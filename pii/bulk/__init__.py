"""Redaction of files and tables of any size, in constant memory, on every core, resumable.

    from pii.bulk import Job, redact_rows, run
    for row in redact_rows(rows, columns=["note", "messages.content"]): ...
    report = run(Job(Path("chats.csv"), Path("clean.csv"), "csv", columns=("text",), jobs=4))

reader ──chunks──▶ processes (a redactor each) ──results, in order──▶ writer + checkpoint

Only the texts to redact go to the processes. Rows that cannot be redacted are never written.
With `jobs` above 1, call from a module that guards its main part (`if __name__ == "__main__"`).
"""

from pii.bulk.errors import BadJob, BadRow, BrokenInput, BulkError, NothingRedacted
from pii.bulk.job import FORMATS, VAULTS, Job, run
from pii.bulk.report import Report
from pii.bulk.stream import redact_rows
from pii.bulk.table import Dialect

__all__ = [
    "FORMATS",
    "VAULTS",
    "BadJob",
    "BadRow",
    "BrokenInput",
    "BulkError",
    "Dialect",
    "Job",
    "NothingRedacted",
    "Report",
    "redact_rows",
    "run",
]
