"""Who did what: facts without anything personal, each tied to the one before, so that no line can be lost or changed.

An entry names people by pseudonym and things by id; it holds no text. It is written in the same transaction as the
act. Entries of one stream (a subject, or a part of the service) form a chain; ``head`` is what an outsider keeps to
notice a stream that was cut short.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum

from consent.data import digest

GENESIS = "0" * 64


class AuditError(Exception):
    """The chain is broken, or an entry would hold what may not be in it."""


class Verb(StrEnum):
    """What can be done to personal information (POPIA s.1 "processing"), and what the gate does."""

    COLLECT = "collect"
    STORE = "store"
    USE = "use"
    MODIFY = "modify"
    DISCLOSE = "disclose"
    DESTROY = "destroy"
    REVEAL = "reveal"
    DENY = "deny"
    DECIDE = "decide"


@dataclass(frozen=True)
class Fact:
    """One act: who (``role`` and pseudonym), what, on which class of data, for which purpose, to whom, and why."""

    verb: Verb
    role: str
    actor: str
    data_class: str
    purpose: str
    recipient: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if wrong := [name for name, value in asdict(self).items() if not is_id(str(value))]:
            raise AuditError(f"an audit fact holds ids only; mend {', '.join(wrong)}")


@dataclass(frozen=True)
class Entry:
    """A fact in its place: stream, number, moment, and the digests that tie it to its neighbours."""

    stream: str
    number: int
    at: datetime
    fact: Fact
    previous: str
    digest: str


def append(stream: str, last: Entry | None, fact: Fact, *, now: datetime) -> Entry:
    """Return the entry that follows the last one of its stream; raise ``AuditError`` for another stream's."""
    if last is not None and last.stream != stream:
        raise AuditError("an entry continues its own stream only")
    number, previous = (last.number + 1, last.digest) if last else (1, GENESIS)
    return link(stream, number, previous, fact, now=now)


def check(entries: Sequence[Entry], *, head: str | None = None) -> None:
    """Raise ``AuditError`` at the first wrong entry; ``head`` is the digest that must come last."""
    last = None
    for entry in entries:
        follow(last, entry)
        last = entry
    if head is not None and head != (last.digest if last else GENESIS):
        raise AuditError("the audit chain was cut short")


def follow(last: Entry | None, entry: Entry) -> None:
    """Raise ``AuditError`` unless an entry is what follows the last one of its stream, or its first."""
    stream, number, previous = (last.stream, last.number + 1, last.digest) if last else (entry.stream, 1, GENESIS)
    expected = _link(stream, number, entry.at, entry.fact, previous)
    if (entry.stream, entry.number, entry.previous, entry.digest) != (stream, number, previous, expected):
        raise AuditError(f"the audit chain breaks at entry {number}")


def link(stream: str, number: int, previous: str, fact: Fact, *, now: datetime) -> Entry:
    """Return the entry with a number that follows a digest: for who keeps the head of a stream elsewhere."""
    return Entry(stream, number, now, fact, previous, _link(stream, number, now, fact, previous))


def _link(stream: str, number: int, at: datetime, fact: Fact, previous: str) -> str:
    return digest([stream, number, at.astimezone(UTC).isoformat(), asdict(fact), previous])


def is_id(value: str) -> bool:
    """Whether a value can only be an id: short, of letters, digits and ``- _ .`` alone."""
    return value.isascii() and len(value) <= 64 and all(letter.isalnum() or letter in "-_." for letter in value)  # noqa: PLR2004 — a digest is the longest id
