"""Redacted text for another conversation: each placeholder becomes the kind of thing that it stood for.

A number counts within one conversation: `<EMAIL_ADDRESS_1>` of another one must not resolve in this one, so it leaves
as `[email address]`.
"""

from __future__ import annotations

from pii.placeholders import PLACEHOLDER
from pii.text import Redacted, seal


def generalise(text: Redacted, longest: int) -> Redacted:
    """Replace every placeholder by its kind in words, and keep the first `longest` characters."""
    return seal(PLACEHOLDER.sub(lambda match: f"[{match['kind'].replace('_', ' ').lower()}]", text.text)[:longest])
