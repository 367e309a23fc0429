"""The words of the website's pages around their texts, as data: a file a language, complete, checked at start-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consent.data import DataError, Row, read

if TYPE_CHECKING:
    from pathlib import Path

FALLBACK = "en"


class SiteWords(Row):
    """One language: texts by key, and what errors say in particular, by their English sentence."""

    language: str
    name: str
    text: dict[str, str]
    details: dict[str, str]

    def say(self, key: str, **values: object) -> str:
        """Give a text, filled in."""
        return self.text[key].format(**values)

    def problem(self, code: str, detail: str) -> tuple[str, str]:
        """Give an error's heading, and its own sentence where this language has it, else that of its kind."""
        known = code if f"error_{code}" in self.text else "internal"
        return self.text[f"error_{known}"], self.details.get(detail) or self.text[f"error_{known}_text"]


def load_site(folder: Path, languages: set[str]) -> dict[str, SiteWords]:
    """Read the words of every language of the notice; raise ``DataError`` when a text is missing."""
    words = {tag: read(folder / f"{tag}.yaml", SiteWords) for tag in sorted(languages)}
    sentences = set().union(*(each.details for each in words.values()))
    words[FALLBACK] = words[FALLBACK].model_copy(update={"details": {each: each for each in sentences}})
    every = set().union(*(each.text for each in words.values())) | sentences
    for tag, each in words.items():
        if each.language != tag:
            raise DataError(f"site/{tag}.yaml: language must be {tag}")
        if lacking := every - set(each.text) - set(each.details):
            raise DataError(f"site/{tag}.yaml: missing {', '.join(sorted(lacking))}")
    return words
