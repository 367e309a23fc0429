"""Every notice that was ever shown, kept under the hash of its content, with a readable difference between any two.

keep        store today's notice once; the file name is its version, so it can never be altered unseen
read        any earlier edition, checked against its own name
difference  what was added, taken away or changed, place by place
touched     the purposes whose words or rules changed: only these are asked again
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from consent.data import DataError, canonical, digest
from consent.notice import Notices, version_of


@dataclass(frozen=True)
class Edition:
    """One version of the notice: the day it was first kept here, and everything that it said."""

    version: str
    since: date
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One place that differs between two editions; ``None`` where it is not there."""

    place: str
    before: str | None
    after: str | None


class Archive:
    """A folder of editions that is only ever added to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, notices: Notices, on: date) -> Edition:
        """Keep the notice if it is new, and return its edition with the day that it was first kept."""
        path = self._path(notices.version)
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            edition = {"version": notices.version, "since": on.isoformat(), "content": notices.content}
            fresh = path.with_suffix(".new")
            fresh.write_bytes(canonical(edition))
            fresh.replace(path)
        return self.read(notices.version)

    def read(self, version: str) -> Edition:
        """Return an edition; raise ``DataError`` when there is none or its content is not what its name says."""
        try:
            kept = json.loads(self._path(version).read_bytes())
        except (OSError, ValueError) as error:
            raise DataError(f"no edition {version} can be read in the archive of notices") from error
        if version_of(kept["content"]) != version:
            raise DataError(f"the edition {version} in the archive of notices was changed; restore it from a backup")
        return Edition(version, date.fromisoformat(kept["since"]), kept["content"])

    def editions(self) -> list[Edition]:
        """Return every edition, oldest first."""
        found = [self.read(path.stem) for path in self._folder.glob("*.json")]
        return sorted(found, key=lambda edition: (edition.since, edition.version))

    def _path(self, version: str) -> Path:
        if not (version.isascii() and version.isalnum()):
            raise DataError("a version of the notice is letters and digits only")
        return self._folder / f"{version}.json"


def difference(before: Edition, after: Edition) -> list[Change]:
    """Return every place that differs, in reading order."""
    old, new = dict(_leaves(before.content)), dict(_leaves(after.content))
    places = dict.fromkeys([*old, *new])
    return [Change(place, old.get(place), new.get(place)) for place in places if old.get(place) != new.get(place)]


def touched(before: Edition, after: Edition) -> frozenset[str]:
    """Return the purposes whose words in any language, or whose rules, are not the same in both editions."""
    old, new = _by_purpose(before.content), _by_purpose(after.content)
    return frozenset(purpose for purpose in old.keys() | new.keys() if old.get(purpose) != new.get(purpose))


def _by_purpose(kept: Mapping[str, Any]) -> dict[str, str]:
    """Return for each purpose the hash of its register row and of its words in every language."""
    rows = {row["id"]: _said(row) for row in kept["purposes"]["purposes"]}
    words = {tag: {**shown["purposes"], **shown["activities"]} for tag, shown in kept["words"].items()}
    return {name: digest([row, {tag: texts.get(name) for tag, texts in words.items()}]) for name, row in rows.items()}


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row says: a field that a later release added, and that says nothing here, is no change."""
    return {name: value for name, value in row.items() if value is not None}


def _leaves(node: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text of nested data with its place, such as ``words.en.disclosure``."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _leaves(value, f"{place}.{key}" if place else str(key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            name = value["id"] if isinstance(value, Mapping) and "id" in value else index
            yield from _leaves(value, f"{place}.{name}")
    else:
        yield place, str(node)
