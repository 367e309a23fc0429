"""The guardian's words and the child's, as data: a file a language, complete, checked when the service starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consent.data import DataError, Row, read

if TYPE_CHECKING:
    from pathlib import Path


class Right(Row):
    """One of the child's rights: a short title and a plain sentence."""

    title: str
    text: str


class ChildWords(Row):
    """The notice for a child: what this is, what is kept, and the card of rights."""

    language: str
    title: str
    text: list[str]
    rights_title: str
    rights: list[Right]
    pause_minutes: int
    pause: str


class GuardianWords(Row):
    """Every word of the guardian's pages and mails; ``{name}`` is filled in from the registers."""

    language: str
    text: dict[str, str]
    child: ChildWords

    def say(self, key: str, **values: object) -> str:
        """Give a text, filled in."""
        return self.text[key].format(**values)


def load_words(folder: Path, languages: set[str]) -> dict[str, GuardianWords]:
    """Read ``guardian/`` and ``child/`` below the notices; raise ``DataError`` when a text is missing."""
    words = {
        tag: GuardianWords(
            language=tag,
            text=read(folder / "guardian" / f"{tag}.yaml", _Texts).root(),
            child=read(folder / "child" / f"{tag}.yaml", ChildWords),
        )
        for tag in sorted(languages)
    }
    every = set().union(*(each.text for each in words.values()))
    for tag, each in words.items():
        if lacking := every - set(each.text):
            raise DataError(f"guardian/{tag}.yaml: missing {', '.join(sorted(lacking))}")
    return words


class _Texts(Row):
    """A file of texts by key."""

    language: str
    text: dict[str, str]

    def root(self) -> dict[str, str]:
        return self.text
