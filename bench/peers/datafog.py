"""DataFog's regex engine: its other engines download their models."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.measure import Find, Found

NOTE = "regex engine; its spaCy and GLiNER engines download models"


def load() -> Find:
    """Import the scanner."""
    warnings.simplefilter("ignore")
    import datafog

    def find(text: str, _question: str | None) -> Found:
        return ((each.start, each.end, each.type) for each in datafog.scan(text, engine="regex").entities)

    return find
