"""Our own redactor, as the service uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.measure import Find, Found

NOTE = "as shipped"


def load() -> Find:
    """Load the redactor."""
    from pii import Redactor

    redactor = Redactor()

    def find(text: str, question: str | None) -> Found:
        return ((span.start, span.end, span.kind) for span in redactor.find(text, question=question))

    return find
