"""Keys and seals: what only a visitor's token opens.

server secret ──HKDF──> token key      seals claims into the token that the visitor holds
              ──HKDF──> state key      with the token's secret: seals an ephemeral conversation
token secret  ──HKDF──> vault key      the server never stores it: only the token opens the vault
              ──HKDF──> print key      fingerprints of requests, for idempotency
              ──hash──> lookup         what a stored session keeps of the token
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Self

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chatbot.errors import Unauthorized

KEY_BYTES = 32
NONCE_BYTES = 12
PREFIX = "rt1."
LONGEST_TOKEN = 4096
_ANSWER = b"answer "


def derive(secret: bytes, purpose: str) -> bytes:
    """Derive a 32-byte key for one purpose (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(secret)


def seal(key: bytes, plain: bytes, context: bytes) -> bytes:
    """Encrypt and authenticate; `context` must be the same to open."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def unseal(key: bytes, sealed: bytes, context: bytes) -> bytes | None:
    """Open what `seal` made, or None when it was changed or belongs elsewhere."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
    except (InvalidTag, ValueError):
        return None


def encode(raw: bytes) -> str:
    """Write bytes as URL-safe text without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes | None:
    """Read `encode`'s text, or None when it is not that."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if encode(raw) == text else None  # base64 has several spellings of some bytes; one is ours


class Claims(msgspec.Struct, frozen=True, array_like=True):
    """What a token says; sealed, so that the visitor's browser cannot read or change it."""

    session_id: str
    secret: bytes
    stored: bool
    language: str
    country: str
    purposes: tuple[str, ...]
    minor: bool
    notice_version: str
    expires: int
    guardian: str = ""
    """The guardianship under which a child is here."""
    issued: float = 0.0
    objected: tuple[str, ...] = ()
    """The purposes on another basis than consent that a visitor of whom nothing is kept has objected to."""
    subject_type: str = "natural"
    """On whose behalf the visitor writes: a natural or a juristic person (`consent.tables.SubjectType`)."""
    changes: int = 0
    """How many withdrawals of this session the token has seen: one that has seen fewer lost what they withdrew."""

    def __repr__(self) -> str:
        return f"<Claims of session {self.session_id}>"

    @property
    def vault_key(self) -> bytes:
        """The key of this conversation's vault."""
        return derive(self.secret, "vault")

    @property
    def lookup(self) -> bytes:
        """What a stored session keeps of the secret."""
        return hashlib.sha256(self.secret).digest()

    def mark(self, of: str) -> str:
        """Give the name under which something of this conversation is found; without the token nobody can tell it."""
        return hmac.digest(self.secret, of.encode(), "sha256").hex()

    def fingerprint(self, text: str) -> bytes:
        """Give a keyed print of a request: it says 'the same again' without saying what."""
        return hmac.digest(derive(self.secret, "print"), text.encode(), "sha256")


@dataclass(frozen=True, slots=True, repr=False)
class Seals:
    """Makes and opens tokens and sealed conversations with keys of the server's secret."""

    _token_key: bytes
    _state_secret: bytes
    _repeat_key: bytes

    @classmethod
    def of(cls, server_secret: bytes) -> Self:
        """Derive the keys from the server's secret."""
        return cls(*(derive(server_secret, purpose) for purpose in ("token", "state", "repeat")))

    def repeatable(self, idempotency_key: str) -> str:
        """Give a session id that the same idempotency key yields again; the secret is always fresh."""
        return hmac.digest(self._repeat_key, f"id {idempotency_key}".encode(), "sha256").hex()[:32]

    def token(self, claims: Claims) -> str:
        """Seal claims into a token."""
        return PREFIX + encode(seal(self._token_key, msgspec.msgpack.encode(claims), b"token"))

    def claims(self, token: str, now: int) -> Claims:
        """Open a token; raises Unauthorized when it is not ours, was changed or is over."""
        raw = decode(token[len(PREFIX) :]) if token.startswith(PREFIX) and len(token) < LONGEST_TOKEN else None
        plain = unseal(self._token_key, raw, b"token") if raw else None
        if plain is None:
            raise Unauthorized("Send the token of this conversation as 'Authorization: Bearer …'.")
        claims = msgspec.msgpack.decode(plain, type=Claims)
        if claims.expires <= now:
            raise Unauthorized("This conversation has ended. Please start a new one.")
        return claims

    def seal_state(self, claims: Claims, plain: bytes) -> str:
        """Seal an ephemeral conversation so that only its own token opens it here."""
        return encode(seal(self._state_key(claims), plain, claims.session_id.encode()))

    def open_state(self, claims: Claims, state: str) -> bytes | None:
        """Open a sealed conversation, or None when it is foreign, changed or cut."""
        raw = decode(state)
        return unseal(self._state_key(claims), raw, claims.session_id.encode()) if raw else None

    def seal_answer(self, claims: Claims, plain: bytes) -> bytes:
        """Seal an answer on its way so that only the token that asked for it opens it here."""
        return seal(self._state_key(claims), plain, _ANSWER + claims.session_id.encode())

    def open_answer(self, claims: Claims, sealed: bytes) -> bytes | None:
        """Open a sealed answer, or None when it was for another token."""
        return unseal(self._state_key(claims), sealed, _ANSWER + claims.session_id.encode())

    def _state_key(self, claims: Claims) -> bytes:
        return derive(self._state_secret + claims.secret, "state")
