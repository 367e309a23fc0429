"""One session's values: which placeholder stands for what, and how the map is sealed.

Sealed form: `PV1` + 12-byte nonce + AES-256-GCM over a compact JSON list of
[kind, number, value, sure] in the order of finding; header and context are associated data.
"""

from __future__ import annotations

import json
import os
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pii.canonical import canonical
from pii.errors import VaultError
from pii.known import Known
from pii.placeholders import PLACEHOLDER, mint

HEADER = b"PV1"
KEY_LENGTH = 32
_NONCE_LENGTH = 12


class Vault:
    """The values of one session; not for two threads at once."""

    __slots__ = ("_by_canon", "_by_placeholder", "_by_value", "_counts", "_known", "_sure", "_unlearned")

    def __init__(self) -> None:
        self._by_placeholder: dict[str, tuple[str, str]] = {}
        self._by_value: dict[tuple[str, str], str] = {}
        self._by_canon: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self._known = Known("session")
        self._sure: set[str] = set()
        self._unlearned: list[tuple[str, str]] = []

    def placeholder_for(self, kind: str, value: str, *, exact: bool = False, sure: bool = True) -> str:
        """Give the value's placeholder, minting one for a new value.

        Spellings of one value share a placeholder (`canonical`), and restore to the first
        spelling; with `exact` only the very same characters do. Only what was found for sure is
        looked for again (`known`), so that one doubtful finding does not spread over a session.
        """
        known = self._by_value.get((kind, value))
        if known is None and not exact:
            known = self._by_canon.get((kind, canonical(kind, value)))
        placeholder = known or self._add(kind, self._counts.get(kind, 0) + 1, value)
        if sure and placeholder not in self._sure:
            self._sure.add(placeholder)
            self._unlearned.append((kind, value))
        return placeholder

    def value_of(self, placeholder: str) -> str | None:
        """Look up what a placeholder stands for; None when this session never gave it out."""
        entry = self._by_placeholder.get(placeholder)
        return entry and entry[1]

    def entries(self) -> tuple[tuple[str, str, str], ...]:
        """List (placeholder, kind, value) in the order of finding."""
        return tuple((placeholder, *entry) for placeholder, entry in self._by_placeholder.items())

    def known(self) -> Known:
        """Give what finds this session's values again; each value is indexed once."""
        for kind, value in self._unlearned:
            self._known.learn(kind, value)
        self._unlearned.clear()
        return self._known

    def copy(self) -> Vault:
        """Give an independent vault with the same entries."""
        other = Vault()
        other.adopt(self)
        return other

    def adopt(self, other: Vault) -> None:
        """Take over all that the other vault holds, in place of one's own."""
        for name in self.__slots__:
            setattr(self, name, getattr(other, name).copy())

    def seal(self, key: bytes, context: bytes) -> bytes:
        """Encrypt under a 32-byte key; the context (session, subject) must be the same to open it."""
        entries = self._by_placeholder.items()
        rows = [[kind, _number(each), value, int(each in self._sure)] for each, (kind, value) in entries]
        plain = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        nonce = os.urandom(_NONCE_LENGTH)
        return HEADER + nonce + _cipher(key).encrypt(nonce, plain, HEADER + context)

    @classmethod
    def open(cls, sealed: bytes, key: bytes, context: bytes) -> Self:
        """Decrypt what `seal` made; VaultError for anything else."""
        nonce, body = sealed[len(HEADER) : len(HEADER) + _NONCE_LENGTH], sealed[len(HEADER) + _NONCE_LENGTH :]
        if not sealed.startswith(HEADER) or not body:
            raise VaultError("not a sealed vault of a known version")
        try:
            plain = _cipher(key).decrypt(nonce, body, HEADER + context)
            rows = json.loads(plain.decode("utf-8", "surrogatepass"))
            vault = cls()
            for kind, number, value, sure in rows:
                vault._add(kind, number, value)
                vault.placeholder_for(kind, value, exact=True, sure=bool(sure))
        except (InvalidTag, ValueError, TypeError, AttributeError):
            raise VaultError("the sealed vault is damaged, or key or context do not belong to it") from None
        return vault

    def __len__(self) -> int:
        return len(self._by_placeholder)

    def __repr__(self) -> str:
        return f"<Vault {len(self)} values>"

    def _add(self, kind: str, number: int, value: str) -> str:
        placeholder = mint(kind, number)
        self._by_placeholder[placeholder] = (kind, value)
        self._by_value[kind, value] = placeholder
        self._by_canon.setdefault((kind, canonical(kind, value)), placeholder)
        self._counts[kind] = max(number, self._counts.get(kind, 0))
        return placeholder


def _number(placeholder: str) -> int:
    match = PLACEHOLDER.fullmatch(placeholder)
    return int(match["number"]) if match else 0


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_LENGTH:
        raise VaultError("the vault key must be 32 bytes")
    return AESGCM(key)
