"""What lapses with time although no file changed: contracts, vettings, assessments, and grounds for lookups."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from chatbot.cli.doctor.finding import ok, ready, warning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chatbot.cli.doctor.finding import Finding, Setup
    from chatbot.settings import Settings


@ready
def papers(settings: Settings, _setup: Setup) -> Iterator[Finding]:
    """Name every operator, service, and lookup whose papers are not in force today."""
    found = list(lapsed(settings.data_dir, datetime.now(UTC).date()))
    yield from found or [ok("every registered contract and vetting is in force")]


def lapsed(folder: Path, on: date) -> Iterator[Finding]:
    """Name what is registered and not in force on a day, and what does not happen because of it."""
    from chatbot.cookies.registry import Registry
    from consent.sources import Sources

    registry = Registry.load(folder)
    for operator in registry.operators.operators:
        if reason := operator.lapsed(on):
            yield warning(f"operator {operator.id} receives nothing: {reason}", "mend its row in operators.yaml")
    for service in registry.services:
        if reason := service.lapsed(on, registry.operators):
            yield warning(f"service {service.id} is not offered: {reason}", "mend its row in site_services.yaml")
    for channel in Sources.load(folder / "registers" / "sources.yaml").sources:
        for basis in channel.legal_bases if channel.open else ():
            if not basis.since <= on <= basis.until:
                message = f"channel {channel.id}: the legal basis {basis.id} is not in force"
                yield warning(message, "renew it in sources.yaml, or take it out")
