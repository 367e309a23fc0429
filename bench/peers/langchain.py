"""The detectors of LangChain's PII middleware, all five."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.measure import Find, Found

NOTE = "all five detectors"


def load() -> Find:
    """Import the detectors."""
    from langchain.agents.middleware import _redaction as rules

    detectors = (
        rules.detect_email, rules.detect_credit_card, rules.detect_ip, rules.detect_mac_address, rules.detect_url,
    )  # fmt: skip

    def find(text: str, _question: str | None) -> Found:
        return ((each["start"], each["end"], each["type"]) for detect in detectors for each in detect(text))

    return find
