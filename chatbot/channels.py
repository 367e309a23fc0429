"""Where personal information comes from, as the privacy policy says it: written from the register of channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consent.data import DataError, parse
from consent.sources import Sources

if TYPE_CHECKING:
    from pathlib import Path

    from chatbot.policies import Text
    from consent.sources import Channel

HEADING = "## Where Your Information Comes From"
PERSON = "you"
LANGUAGE = "en"
"""The policies are published in English; the register holds every language."""


def fitting(folder: Path) -> Sources:
    """Read the register; raises DataError unless it speaks the notice's languages and names known classes of data."""
    sources = Sources.load(folder / "registers" / "sources.yaml")
    words = {path.stem: parse(path) for path in (folder / "notices").glob("*.yaml")}
    for channel in sources.sources:
        if lacking := set(words) - set(channel.text):
            raise DataError(f"sources.yaml: {channel.id}: no words in {', '.join(sorted(lacking))}")
        if unknown := set(channel.data) - set(words[LANGUAGE]["terms"]["data"]):
            raise DataError(f"sources.yaml: {channel.id}: the notice knows no {', '.join(sorted(unknown))}")
    return sources


def with_channels(policy: Text, sources: Sources) -> Text:
    """Add the channels to the privacy policy; a changed register gives it a newer date."""
    body = f"{policy.body.rstrip()}\n\n{section(sources)}\n"
    return policy._replace(body=body, updated=max(policy.updated, sources.updated))


def section(sources: Sources) -> str:
    """Write what comes through which channel from whom, and which channels are closed."""
    rows = [_row(channel) for channel in sources.sources if channel.open]
    closed = [channel.title[LANGUAGE] for channel in sources.sources if not channel.open]
    table = "\n".join(["| Channel | From | What |", "|---|---|---|", *rows])
    nothing = f"Nothing reaches us through: {', '.join(closed)}." if closed else ""
    lead = "Each record that we keep names the channel through which it came. These are open today:"
    return "\n\n".join(part for part in (HEADING, lead, table, nothing) if part)


def _row(channel: Channel) -> str:
    return f"| {channel.title[LANGUAGE]} | {channel.provider or PERSON} | {channel.text[LANGUAGE]} |"
