"""The policies as texts: what a file says, what one edition was, and what changed between two.

policy_text    a policy's file, with the date it carries and what it says of its own change
Edition        one version, under the hash of its words
difference     what changed between two, paragraph by paragraph and word by word
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import yaml

from consent.data import DataError, digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION_LENGTH = 16
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_MARKS = re.compile(r"^#+ |\*\*|`", re.MULTILINE)
_PIECES = re.compile(r"\s+|[^\s]+")


class Text(NamedTuple):
    """A policy as written: title, the date it carries, and its Markdown."""

    title: str
    updated: date
    body: str

    def version(self, policy: str) -> str:
        """Give the hash under which it is published."""
        return digest([policy, *self])[:VERSION_LENGTH]


class Draft(NamedTuple):
    """A policy as the data files have it.

    ``editorial_since`` is the date of the text that it only rewords: then nobody need be told. ``announced`` is False
    for a policy whose changes ask on their own.
    """

    text: Text
    editorial_since: date | None = None
    announced: bool = True


@dataclass(frozen=True, slots=True)
class Edition:
    """One published version; `since` is the day on which it took or takes effect."""

    policy: str
    version: str
    since: date
    text: Text


def split(path: Path) -> tuple[dict[str, Any], str]:
    """Part a page's front matter from its Markdown."""
    source = path.read_text(encoding="utf-8")
    match = _FRONT_MATTER.match(source)
    return (yaml.safe_load(match[1]), source[match.end() :]) if match else ({}, source)


def policy_text(path: Path) -> Draft:
    """Read a policy's file; raises DataError when it has no title or date."""
    front, body = split(path)
    if not isinstance(front.get("last_updated"), date) or not front.get("title"):
        raise DataError(f"{path.name}: needs a title and last_updated: YYYY-MM-DD at its top")
    since = front.get("editorial_since")
    if since is not None and not isinstance(since, date):
        raise DataError(f"{path.name}: editorial_since is the last_updated (YYYY-MM-DD) of the text that it rewords")
    return Draft(Text(front["title"], front["last_updated"], body.strip() + "\n"), since)


class Part(NamedTuple):
    """A stretch of a paragraph that is the same, was added, or was taken away."""

    kind: Literal["same", "added", "removed"]
    text: str


def difference(before: Edition, after: Edition) -> Iterator[list[Part]]:
    """Yield each paragraph that changed, in reading order; nothing when the words are the same."""
    old, new = _paragraphs(before), _paragraphs(after)
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "replace" and j - i == m - k:
            yield from (list(_words(*pair)) for pair in zip(old[i:j], new[k:m], strict=True))
        elif kind != "equal":
            yield from ([Part("removed", paragraph)] for paragraph in old[i:j])
            yield from ([Part("added", paragraph)] for paragraph in new[k:m])


def _paragraphs(edition: Edition) -> list[str]:
    blocks = re.split(r"\n\s*\n|\n(?=- )", edition.text.body)
    return [plain for block in blocks if (plain := _MARKS.sub("", block).strip())]


def _words(before: str, after: str) -> Iterator[Part]:
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Part("same", "".join(old[i:j]))
        else:
            yield from (Part("removed", "".join(old[i:j])) for _ in range(i < j))
            yield from (Part("added", "".join(new[k:m])) for _ in range(k < m))
