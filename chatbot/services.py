"""What a worker holds while it serves: made once at start-up, handed to the handlers, closed at shutdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot.llm.answerer import Sending

if TYPE_CHECKING:
    from chatbot.consents.editions import Editions
    from chatbot.consents.policies import Policies
    from chatbot.consents.receipts import Receipts
    from chatbot.consents.wall import Wall
    from chatbot.conversation.ephemeral import EphemeralKeeper
    from chatbot.conversation.keeping import Keeper
    from chatbot.conversation.reply import Replies
    from chatbot.conversation.stored import StoredKeeper
    from chatbot.conversation.watch import Watch
    from chatbot.cookies.registry import Registry as CookieRegistry
    from chatbot.decisions.downstream import Downstream
    from chatbot.decisions.rules import Rules
    from chatbot.guardians.parts import Parts
    from chatbot.knowledge.search import Knowledge
    from chatbot.limits import Limits
    from chatbot.llm.answerer import Answerer
    from chatbot.moderation import Moderation
    from chatbot.observe.metrics import Metrics
    from chatbot.observe.readiness import Readiness
    from chatbot.seals import Claims, Seals
    from chatbot.settings import Settings
    from chatbot.signals import Signals
    from chatbot.site_words import SiteWords
    from chatbot.storage.database import Database
    from chatbot.subscriptions.parts import Desk
    from consent.egress import Mailer
    from consent.gate import Decision, Gate
    from consent.notice import Notices
    from consent.transfers import Ruling
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
    editions: Editions
    seals: Seals
    stored: StoredKeeper
    ephemeral: EphemeralKeeper
    replies: Replies
    signals: Signals
    limits: Limits
    metrics: Metrics
    watch: Watch
    downstream: Downstream
    rules: Rules
    guardians: Parts
    subscriptions: Desk
    cookies: CookieRegistry
    policies: Policies
    site: dict[str, SiteWords]
    receipts: Receipts
    moderation: Moderation
    wall: Wall
    readiness: Readiness
    mailer: Mailer | None = None
    """None without a mail server: what needs mail says so."""

    @property
    def notices(self) -> Notices:
        """The notice in force now."""
        return self.editions.current.notices

    @property
    def gate(self) -> Gate:
        """The gate that keeps to the notice in force."""
        return self.editions.current.gate

    def sending(self, purposes: frozenset[str], claims: Claims) -> Sending:
        """Say whose message it is that a model may get; a yes counts only under a notice that names the model."""
        consented = "transfer" in purposes - self.editions.held
        return Sending(claims.country, consented=consented, minor=claims.minor)

    def transfer(self, purposes: frozenset[str], sending: Sending) -> Decision | Ruling:
        """Decide whether the model may read a message: one abroad needs a yes, and a safeguard that holds today."""
        minor = sending.minor
        if not self.answerer.abroad:
            return self.gate.may("service", "message", "model_home", {}, minor=minor)
        agreed = dict.fromkeys(purposes - self.editions.held, True)
        decision = self.gate.may("transfer", "message", "model_abroad", agreed, minor=minor)
        return self.answerer.ruling(sending) if decision else decision

    def answerer_for(self, purposes: frozenset[str], sending: Sending) -> Answerer:
        """Give the model that may read this conversation: the embedded one wherever the other may not."""
        return self.answerer if self.transfer(purposes, sending) else self.embedded

    def keeper(self, claims: Claims) -> Keeper:
        """Give the keeper of this kind of conversation."""
        return self.stored if claims.stored else self.ephemeral
