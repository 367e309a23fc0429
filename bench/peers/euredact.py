"""EuRedact's rules for all its countries; its cloud tier sends text away and is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.measure import Find, Found

NOTE = "rules, all countries, dates on; no cloud tier"


def load() -> Find:
    """Build an instance."""
    from euredact import EuRedact

    engine = EuRedact()

    def find(text: str, _question: str | None) -> Found:
        found = engine.redact(text, detect_dates=True, cache=False).detections
        return ((each.start, each.end, each.entity_type.value) for each in found)

    return find
