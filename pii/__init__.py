"""Text in, redacted text out: no web, no database, no language model.

    from pii import Redactor, Vault, restore
    redactor, vault = Redactor(), Vault()
    redacted = redactor.redact("I am Jane Doe, 082 555 1234", vault).text
    print(redacted)                          # I am <PERSON_1>, <PHONE_NUMBER_1>
    print(restore(redacted.text, vault))     # I am Jane Doe, 082 555 1234

Importing the package is cheap; models and recognisers load with the first Redactor.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pii.errors import DataError, PiiError, RedactionError, RedactionUnavailable, VaultError
    from pii.flags import Flag
    from pii.redaction import Finding, Redaction
    from pii.redactor import Redactor
    from pii.service import RedactionService
    from pii.spans import Span, resolve
    from pii.stream import Restorer, restore, restore_reply
    from pii.text import Redacted
    from pii.vault import Vault

_HOMES = {
    "DataError": "errors", "PiiError": "errors", "RedactionError": "errors", "RedactionUnavailable": "errors",
    "VaultError": "errors", "Flag": "flags", "Finding": "redaction", "Redaction": "redaction", "Redactor": "redactor",
    "RedactionService": "service", "Span": "spans", "resolve": "spans", "Restorer": "stream", "restore": "stream",
    "restore_reply": "stream",
    "Redacted": "text", "Vault": "vault",
}  # fmt: skip

__all__ = [
    "DataError",
    "Finding",
    "Flag",
    "PiiError",
    "Redacted",
    "Redaction",
    "RedactionError",
    "RedactionService",
    "RedactionUnavailable",
    "Redactor",
    "Restorer",
    "Span",
    "Vault",
    "VaultError",
    "resolve",
    "restore",
    "restore_reply",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module at first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'pii' has no attribute {name!r}")
    return getattr(importlib.import_module(f"pii.{_HOMES[name]}"), name)
