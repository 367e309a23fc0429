"""The words of the pages and mails for subscribers, as data: a file a language, complete, checked at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from consent.data import DataError, Row, read

if TYPE_CHECKING:
    from pathlib import Path

MONTHS = 12


class Words(Row):
    """Every word of the pages and mails in one language; ``{name}`` is filled in."""

    language: str
    months: Annotated[tuple[str, ...], Field(min_length=MONTHS, max_length=MONTHS)]
    text: dict[str, str]

    def say(self, key: str, **values: object) -> str:
        """Give a text, filled in."""
        return self.text[key].format(**values)


def load_words(folder: Path, languages: set[str]) -> dict[str, Words]:
    """Read ``subscribe/`` below the notices; raise ``DataError`` when a language or a text is missing."""
    words = {tag: read(folder / "subscribe" / f"{tag}.yaml", Words) for tag in sorted(languages)}
    every = set().union(*(each.text for each in words.values()))
    for tag, each in words.items():
        if each.language != tag:
            raise DataError(f"subscribe/{tag}.yaml: language must be {tag}")
        if lacking := every - set(each.text):
            raise DataError(f"subscribe/{tag}.yaml: missing {', '.join(sorted(lacking))}")
    return words
