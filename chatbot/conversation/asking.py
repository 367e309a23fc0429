"""From a message to a reply that can be followed: the way in of every turn.

repeat? -> follow what its key already made
gate    -> open the conversation (age, consent, notice), nothing written
redact  -> fails: 503, nothing written, nothing sent
begin   -> the visitor's turn is kept (if it may be), then the reply is a task of its own
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from chatbot.consents.auditing import refusal
from chatbot.conversation import children, remembering
from chatbot.conversation.keeping import Asked, Conversation
from chatbot.conversation.remembering import Recalled
from chatbot.conversation.reply import Reply
from chatbot.conversation.rows import INTERRUPTED, alive
from chatbot.conversation.sessions import stale
from chatbot.conversation.turn import Turn
from chatbot.errors import IdempotencyConflict, InvalidRequest, RedactionStopped, TooLarge
from pii.errors import RedactionError

if TYPE_CHECKING:
    from chatbot.conversation.stored import Found
    from chatbot.seals import Claims
    from chatbot.services import Services
    from chatbot.storage.tables import Turn as KeptTurn
    from consent.audit import Fact
    from pii.redactor import Redaction
    from pii.vault import Vault

# C0 and C1 controls other than tab and line ends, and lone surrogates: no message needs them.
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# "my pin is" — and the value comes in the next message.
_UNFINISHED = re.compile(r"(?:[:=]|\b(?:is|are|was|its|it's|as|ist|lautet|sind))\s*$", re.IGNORECASE)
# A vault is opened and sealed with each message; this many values still take a few milliseconds.
MOST_VALUES = 2000
RETRIABLE = (INTERRUPTED, "failed", "running")


def readable(text: str) -> str:
    """Trim a message; raises InvalidRequest when there is nothing to read in it."""
    if _UNREADABLE.search(text):
        raise InvalidRequest("The message holds characters that are not text. Please type or paste plain text.")
    trimmed = text.strip()
    if not trimmed:
        raise InvalidRequest("The message is empty.")
    return trimmed


async def ask(services: Services, claims: Claims, text: str, state: str | None, key: bytes) -> Reply | KeptTurn:
    """Take a message in; gives the reply being written, or the kept turn that this very request already made."""
    text = readable(text)
    found, recalled = await _found(services, claims, key)
    fingerprint = claims.fingerprint(text)
    running = services.replies.of(claims.session_id)
    if running is not None and running.idempotency_key == key:
        _same(running.fingerprint, fingerprint)
        if not running.failed:
            return running
    if found and (kept := _again(found.again, fingerprint)):
        return kept
    if renewed := services.editions.touched_since(claims.notice_version) & set(claims.purposes):
        raise stale(services, renewed)
    with services.replies.claim(claims.session_id):
        keeper = services.keeper(claims)
        conversation = await (services.stored.admit(found) if found else keeper.open(claims, state))
        redaction = await redact(services, text, conversation.vault, question=_context(conversation))
        await children.look(services, claims, redaction)
        refused = (*_refused(services, conversation), *recalled.refused)
        asked = Asked(redaction, key, fingerprint, refused, recalled.memory, len(conversation.vault))
        await keeper.begin(conversation, asked)
        turn = Turn(services, keeper, conversation, asked)
        return services.replies.start(Reply(claims.session_id, conversation.number, key, fingerprint), turn.write)


async def _found(services: Services, claims: Claims, key: bytes) -> tuple[Found | None, Recalled]:
    """Read everything that a message needs to know of a kept conversation, once; None when nothing is kept."""
    async with services.database.reading() as session:
        await children.check_in(session, services, claims)
        if not claims.stored:
            return None, Recalled()
        found = await services.stored.look(session, claims, key)
        return found, await remembering.recall(session, services, found)


async def redact(services: Services, text: str, vault: Vault, *, question: str | None = None) -> Redaction:
    """Hide what is personal, or refuse: closed, never raw instead."""
    if len(vault) > MOST_VALUES:
        raise TooLarge("This conversation holds too many details to go on. Please start a new one.")
    try:
        with services.metrics.redaction_seconds.time():
            return await services.redaction.redact(text, vault, question=question)
    except RedactionError:
        raise RedactionStopped(
            "Nothing was stored or sent. Your text is still with you: please try again in a moment.", retry_after=5
        ) from None


def _again(turn: KeptTurn | None, fingerprint: bytes) -> KeptTurn | None:
    """Give the turn that this key made; one whose reply never came is taken back, to be asked again."""
    if turn is None:
        return None
    _same(turn.fingerprint, fingerprint)
    if turn.status in RETRIABLE and not alive(turn):
        return None  # `begin` replaces it, once everything before has said yes
    return turn


def _refused(services: Services, conversation: Conversation) -> tuple[Fact, ...]:
    """Note for the record that the message may not go to the model abroad."""
    sending = services.sending(conversation.purposes, conversation.claims)
    decision = services.transfer(conversation.purposes, sending)
    if decision or not services.answerer.abroad:
        return ()
    return (refusal("transfer", "message", "model_abroad", decision.reason),)


def _same(before: bytes, now: bytes) -> None:
    if not hmac.compare_digest(before, now):
        raise IdempotencyConflict("Use a fresh Idempotency-Key for a new message.")


def _context(conversation: Conversation) -> str | None:
    """Give what the message continues: the visitor's own unfinished sentence, or else our last reply."""
    if not conversation.history:
        return None
    last = conversation.history[-1]
    return last.question.text if _UNFINISHED.search(last.question.text) else last.answer.text
