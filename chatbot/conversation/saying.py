"""What the model says, on its way to the visitor: moderated, and the visitor's own values put back.

piece ──> Screen ──> the record (placeholders) ──> Restorer ──> the visitor
└── blocked: a kind sentence in place of the rest
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from chatbot.decisions import log as decisions
from chatbot.storage.tables import ChatSession
from pii.stream import Restorer

if TYPE_CHECKING:
    from chatbot.conversation.keeping import Conversation
    from chatbot.moderation import Blocked, Screen
    from chatbot.services import Services
    from pii.vault import Vault

BLOCKED = "reply_blocked"
REPLACED = "rest_replaced"
log = structlog.get_logger()


class Saying:
    """One reply as it is said; `record` is the part that was said, with placeholders, and `blocked` what was not."""

    def __init__(self, screen: Screen, vault: Vault, instead: str) -> None:
        self._screen, self._restorer, self._instead = screen, Restorer(vault), instead
        self._said: list[str] = []

    @property
    def blocked(self) -> Blocked | None:
        """What was found; the sentence in its place is already said."""
        return self._screen.blocked

    @property
    def record(self) -> str:
        """Everything that was said."""
        return "".join(self._said)

    def feed(self, piece: str) -> str:
        """Take the model's next piece and give what the visitor reads now."""
        return self._pass(self._screen.feed(piece))

    def end(self) -> str:
        """Take the model's end and give what was held back."""
        return "" if self.blocked else self._pass(self._screen.close())

    def close(self) -> str:
        """Give what may still be shown; what was not moderated to its end is dropped."""
        return self._restorer.close()

    def _pass(self, text: str) -> str:
        if self.blocked:
            text = f"{text.rstrip()}\n\n{self._instead}" if self._any(text) else self._instead
        if text:
            self._said.append(text)
        return self._restorer.feed(text)

    def _any(self, text: str) -> bool:
        return bool(text.strip() or self._said)


async def put_on_record(services: Services, conversation: Conversation, blocked: Blocked) -> None:
    """Count a reply that was blocked, and log the decision beside a kept conversation; never a word of it."""
    audience = "minor" if conversation.claims.minor else "adult"
    services.metrics.blocked(blocked.category, audience)
    log.warning("reply_blocked", kind=blocked.category)
    if not conversation.claims.stored:
        return
    made = decisions.Made(
        BLOCKED, REPLACED, f"moderation.{blocked.category}", services.moderation.version, {"audience": audience}
    )
    try:
        async with services.database.transaction() as session:
            kept = await session.get(ChatSession, conversation.claims.session_id, with_for_update=True)
            if kept is not None:  # else it was erased meanwhile, and nothing more is written about it
                decisions.write(session, made, decisions.Where(kept.id, datetime.now(UTC)))
    except SQLAlchemyError as error:  # the reply matters more than its note; the counter has it
        log.warning("decision_not_kept", error=type(error).__name__)
