"""What stops a bulk run. No message holds anything of a row: only where it stands, and how to mend it."""

from __future__ import annotations

from pii.errors import PiiError


class BulkError(PiiError):
    """The input, the output or an option is wrong; nothing unredacted was written."""


class BadJob(BulkError):
    """The options contradict each other; nothing was opened."""


class BadRow(BulkError):
    """One row cannot be read or redacted: it may be skipped when the caller says so."""


class NothingRedacted(BulkError):
    """The fields to redact are nowhere in the input, so what was written is discarded: it may be raw."""


class BrokenInput(BulkError):
    """The input's structure is lost at some row, so what follows cannot be trusted: never skipped."""


def at(name: str, line: int, problem: str, mend: str) -> str:
    """Say what is wrong in which line, in the form that editors and terminals link: `name:line: problem`."""
    return f"{name}:{line}: {problem}; {mend}"
