"""What a check says, and what it is given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from chatbot.settings import Settings


class Verdict(StrEnum):
    """How bad it is: `failed` stops the service or a promise, a `warning` does not."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


class Finding(NamedTuple):
    """One sentence about the set-up, and one that says what to do."""

    verdict: Verdict
    message: str
    mend: str = ""


def ok(message: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(Verdict.OK, message)


def warning(message: str, mend: str) -> Finding:
    """Say that something deserves a look."""
    return Finding(Verdict.WARNING, message, mend)


def failed(message: str, mend: str) -> Finding:
    """Say that something is broken."""
    return Finding(Verdict.FAILED, message, mend)


@dataclass
class Setup:
    """What is looked at; `settings` is there while the settings and the data files are valid."""

    environment: Mapping[str, str]
    host: str
    port: int
    settings: Settings | None = None


if TYPE_CHECKING:
    Check = Callable[[Setup], Iterator[Finding]]
    ReadyCheck = Callable[[Settings, Setup], Iterator[Finding]]


def ready(check: ReadyCheck) -> Check:
    """Let a check wait for valid settings and data files."""

    def waiting(setup: Setup) -> Iterator[Finding]:
        if setup.settings is None:
            yield Finding(Verdict.SKIPPED, "waits until what is broken above is mended")
        else:
            yield from check(setup.settings, setup)

    return waiting
