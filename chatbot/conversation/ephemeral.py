"""Conversations that leave no trace here: sealed, they travel with the visitor.

Each reply ends with the conversation so far, sealed under the server's secret and the token's; the next message
brings it back, to any worker. Nothing of it is written down.
"""

from __future__ import annotations

import time
import zlib
from typing import TYPE_CHECKING

import msgspec

from chatbot.conversation.keeping import Asked, Conversation, Record
from chatbot.errors import StateInvalid
from chatbot.llm.answerer import Exchange
from pii.errors import VaultError
from pii.text import from_storage
from pii.vault import Vault

if TYPE_CHECKING:
    from chatbot.seals import Claims, Seals

# A sealed conversation and a message together stay under the request limit of 64 KB.
STATE_BYTES = 36_000
STATE_SECONDS = 24 * 3600
MOST_EXCHANGES = 50  # of at most 4,000 and 16,000 characters: always less than the limit below
OPEN_LIMIT = 8_000_000


class SealedConversation(msgspec.Struct, array_like=True):
    """What travels: the next turn's number, redacted exchanges, the sealed vault, when it was sealed."""

    number: int
    exchanges: list[tuple[str, str]]
    vault: bytes
    sealed_at: int


class EphemeralKeeper:
    """Keeps nothing."""

    def __init__(self, seals: Seals) -> None:
        self._seals = seals

    async def open(self, claims: Claims, state: str | None) -> Conversation:
        """Open the conversation that the visitor brought, or begin one."""
        purposes, objected = frozenset(claims.purposes), frozenset(claims.objected)
        if state is None:
            return Conversation(claims, 1, (), Vault(), purposes, objected=objected)
        sealed = self._unpack(claims, state)
        if time.time() - sealed.sealed_at > STATE_SECONDS:
            raise StateInvalid("This conversation is too old to continue. Please start a new one.")
        try:
            vault = Vault.open(sealed.vault, claims.vault_key, claims.session_id.encode())
        except VaultError:
            raise StateInvalid("This conversation does not open. Please start a new one.") from None
        history = tuple(
            Exchange(from_storage(question), from_storage(answer)) for question, answer in sealed.exchanges
        )
        return Conversation(claims, sealed.number, history, vault, purposes, objected=objected)

    async def begin(self, conversation: Conversation, asked: Asked) -> None:
        """Write nothing down."""

    async def extend(self, conversation: Conversation) -> None:
        """Nothing is leased, for nothing is kept."""

    async def finish(self, conversation: Conversation, asked: Asked, record: Record) -> str:
        """Seal the conversation for the visitor, oldest exchanges dropped when it grows too large."""
        exchanges = [*conversation.history, Exchange(asked.redaction.text, record.answer)]
        return self.pack(conversation.claims, conversation.number + 1, exchanges, conversation.vault)

    def pack(self, claims: Claims, number: int, exchanges: list[Exchange], vault: Vault) -> str:
        """Seal a conversation small enough to travel."""
        while True:
            exchanges = exchanges[-MOST_EXCHANGES:]
            plain = self._plain(claims, number, exchanges, vault)
            if len(plain) <= STATE_BYTES or not (exchanges or len(vault)):
                return self._seals.seal_state(claims, plain)
            # Placeholders of dropped exchanges stay in the vault; one too full to travel starts afresh.
            exchanges, vault = (exchanges[1:], vault) if exchanges else ([], Vault())

    def _plain(self, claims: Claims, number: int, exchanges: list[Exchange], vault: Vault) -> bytes:
        sealed = SealedConversation(
            number,
            [(exchange.question.text, exchange.answer.text) for exchange in exchanges],
            vault.seal(claims.vault_key, claims.session_id.encode()),
            int(time.time()),
        )
        return zlib.compress(msgspec.msgpack.encode(sealed), 6)

    def _unpack(self, claims: Claims, state: str) -> SealedConversation:
        plain = self._seals.open_state(claims, state)
        if plain is None:
            raise StateInvalid("This conversation does not open. Please start a new one.")
        opened = zlib.decompressobj().decompress(plain, OPEN_LIMIT)
        return msgspec.msgpack.decode(opened, type=SealedConversation)
