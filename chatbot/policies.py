"""The policies as they were ever published: kept at start-up under the hash of their words, never changed.

keep        today's text, once; an altered text needs a newer date on it
editions    every edition of a policy, newest first
read        one of them, checked against its own name
difference  what changed between two, paragraph by paragraph and word by word
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import yaml

from chatbot.errors import NotFound
from consent.data import DataError, canonical, digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
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


@dataclass(frozen=True, slots=True)
class Edition:
    """One published version; `since` is the day on which it was first kept here."""

    policy: str
    version: str
    since: date
    text: Text


def split(path: Path) -> tuple[dict[str, Any], str]:
    """Part a page's front matter from its Markdown."""
    source = path.read_text(encoding="utf-8")
    match = _FRONT_MATTER.match(source)
    return (yaml.safe_load(match[1]), source[match.end() :]) if match else ({}, source)


def policy_text(path: Path) -> Text:
    """Read a policy's file as what is published of it; raises DataError when it has no title or date."""
    front, body = split(path)
    if not isinstance(front.get("last_updated"), date) or not front.get("title"):
        raise DataError(f"{path.name}: needs a title and last_updated: YYYY-MM-DD at its top")
    return Text(front["title"], front["last_updated"], body.strip() + "\n")


class Part(NamedTuple):
    """A stretch of a paragraph that is the same, was added, or was taken away."""

    kind: Literal["same", "added", "removed"]
    text: str


class Policies:
    """A folder of editions that is only ever added to, and which of them are current."""

    def __init__(self, folder: Path, texts: Mapping[str, Text], on: date) -> None:
        """Keep today's texts; raises DataError when one was altered without a newer date."""
        self._folder = folder
        self.current = {policy: self._keep(policy, text, on) for policy, text in texts.items()}

    def editions(self, policy: str) -> list[Edition]:
        """Give every edition, newest first; NotFound for a policy that is not published."""
        if policy not in self.current:
            raise NotFound("There is no such policy.")
        found = [self.read(policy, path.stem) for path in (self._folder / policy).glob("*.json")]
        return sorted(found, key=lambda edition: (edition.since, edition.text.updated), reverse=True)

    def read(self, policy: str, version: str) -> Edition:
        """Give one edition; raises DataError when the file is not what its name says."""
        path = self._folder / policy / f"{version}.json"
        if policy not in self.current or not (version.isascii() and version.isalnum()) or not path.exists():
            raise NotFound("There is no such version of this policy.")
        return _read(policy, path)

    def _keep(self, policy: str, text: Text, on: date) -> Edition:
        folder = self._folder / policy
        version = digest([policy, *text])[:VERSION_LENGTH]
        path = folder / f"{version}.json"
        if not path.exists():
            for other in (_read(policy, each) for each in folder.glob("*.json")):
                if text.body != other.text.body and text.updated < other.since:
                    raise DataError(
                        f"the policy {policy} was changed after it was published on {other.since}: "
                        "write the day of the change into its last_updated (cookies: updated in storage.yaml)"
                    )
            folder.mkdir(parents=True, exist_ok=True)
            fresh = folder / f"{version}.{os.getpid()}"
            fresh.write_bytes(canonical({"since": on.isoformat(), "text": text._asdict()}))
            fresh.replace(path)
        return _read(policy, path)


def _read(policy: str, path: Path) -> Edition:
    kept = json.loads(path.read_bytes())
    written = kept["text"]
    text = Text(written["title"], date.fromisoformat(written["updated"]), written["body"])
    if digest([policy, *text])[:VERSION_LENGTH] != path.stem:
        raise DataError(f"{path.name}: this edition of {policy} was altered; restore it from a backup")
    return Edition(policy, path.stem, date.fromisoformat(kept["since"]), text)


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
