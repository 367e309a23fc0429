"""What a turn needs and leaves, whoever keeps it.

A stored conversation is kept here, redacted, after a yes. An ephemeral one is sealed and travels with the visitor.
The turn does not know which: it asks a `Keeper`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from chatbot.llm.answerer import NOTHING

if TYPE_CHECKING:
    from datetime import datetime

    from chatbot.llm.answerer import Exchange, Memory
    from chatbot.seals import Claims
    from consent.audit import Fact
    from pii.redactor import Redaction
    from pii.text import Redacted
    from pii.vault import Vault

HISTORY_TURNS = 12


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is known before a turn: earlier exchanges, the open vault, the number of the next turn."""

    claims: Claims
    number: int
    history: tuple[Exchange, ...]
    vault: Vault
    purposes: frozenset[str] = frozenset()
    ends: datetime | None = None
    """When the first of the purposes that stand runs out."""
    sealed: bytes | None = None
    objected: frozenset[str] = frozenset()
    """The purposes that stopped because the visitor objected."""
    values: int = 0
    """How many values the vault held when it was opened."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A visitor's message after redaction, with what makes a repeat of it known."""

    redaction: Redaction
    idempotency_key: bytes
    fingerprint: bytes
    refused: tuple[Fact, ...] = ()
    """What the gate refused on the way, for the record."""
    memory: Memory = NOTHING
    """What may be used of earlier conversations; empty unless the visitor agreed to it."""
    values: int = 0
    """How many values the vault holds with this message's."""

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What was hidden, without values."""
        return [
            {"kind": f.kind, "label": label(f.kind), "placeholder": f.placeholder, "start": f.start, "end": f.end}
            for f in self.redaction.findings
        ]


@dataclass(slots=True)
class Record:
    """What is kept of a reply."""

    answer: Redacted
    status: str
    model: str
    prompt_version: str
    citations: list[dict[str, Any]] = field(default_factory=list)
    offered_handoff: bool = False


class Keeper(Protocol):
    """Keeps conversations of one kind."""

    async def open(self, claims: Claims, state: str | None) -> Conversation:
        """Open the conversation, or raise what the visitor is told."""
        ...

    async def begin(self, conversation: Conversation, asked: Asked) -> None:
        """Keep the visitor's message before the reply begins."""
        ...

    async def extend(self, conversation: Conversation) -> None:
        """Say that the reply is still being written; raises ConsentRequired when it may no longer be."""
        ...

    async def finish(self, conversation: Conversation, asked: Asked, record: Record) -> str | None:
        """Keep the reply; gives the sealed conversation when the visitor keeps it."""
        ...


def label(kind: str) -> str:
    """Give a kind of personal information in plain words."""
    return kind.replace("_", " ").lower()
