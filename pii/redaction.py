"""What goes into the redactor and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pii.flags import Flag
    from pii.text import Redacted
    from pii.vault import Vault


@dataclass(frozen=True, slots=True)
class Finding:
    """One value that was replaced; offsets are those of the text as it was typed."""

    kind: str
    placeholder: str
    start: int
    end: int
    score: float
    source: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """Redacted text, what was replaced in it, and statements that the gate and the staff must know of."""

    text: Redacted
    findings: tuple[Finding, ...]
    flags: tuple[Flag, ...] = ()


class Message(NamedTuple):
    """One text to redact: what a person typed, perhaps to answer a question, or a model's reply."""

    text: str
    vault: Vault
    question: str | None = None
    reply: bool = False
