"""What a worker holds while it serves: made once at start-up, handed to the handlers, closed at shutdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatbot.conversation.ephemeral import EphemeralKeeper
    from chatbot.conversation.keeping import Keeper
    from chatbot.conversation.reply import Replies
    from chatbot.conversation.stored import StoredKeeper
    from chatbot.knowledge.search import Knowledge
    from chatbot.limits import Limits
    from chatbot.llm.answerer import Answerer
    from chatbot.observe.metrics import Metrics
    from chatbot.observe.readiness import Readiness
    from chatbot.seals import Claims, Seals
    from chatbot.settings import Settings
    from chatbot.signals import Signals
    from chatbot.storage.database import Database
    from consent.gate import Gate
    from consent.notice import Notices
    from pii.service import RedactionService


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running worker."""

    settings: Settings
    database: Database
    redaction: RedactionService
    knowledge: Knowledge
    answerer: Answerer
    embedded: Answerer
    notices: Notices
    gate: Gate
    seals: Seals
    stored: StoredKeeper
    ephemeral: EphemeralKeeper
    replies: Replies
    signals: Signals
    limits: Limits
    metrics: Metrics
    readiness: Readiness

    def answerer_for(self, purposes: frozenset[str], *, minor: bool) -> Answerer:
        """Give the model that may read this conversation: one abroad only after a yes, else the embedded one."""
        if not self.answerer.abroad:
            return self.answerer
        standing = dict.fromkeys(purposes, True)
        may = self.gate.may("transfer", "message", "model_abroad", standing, minor=minor)
        return self.answerer if may else self.embedded

    def keeper(self, claims: Claims) -> Keeper:
        """Give the keeper of this kind of conversation."""
        return self.stored if claims.stored else self.ephemeral
