"""The words and phrases of `data/moderation/words`: one file a language, the rest in `shared.yaml`."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from chatbot.knowledge.datafile import read_yaml
from chatbot.knowledge.errors import KnowledgeError
from chatbot.moderation.folding import fold

if TYPE_CHECKING:
    from pathlib import Path

SHARED = "shared.yaml"
KINDS = ("words", "core", "phrases")


class Group(NamedTuple):
    """One category in one language: plain words, words to find disguised too, phrases."""

    category: str
    words: tuple[str, ...]
    core: tuple[str, ...]
    phrases: tuple[str, ...]


class Shared(NamedTuple):
    """What belongs to no language; `shared.yaml` says what each is for."""

    leet: dict[str, str]
    glued: tuple[str, ...]
    ordinary: frozenset[str]
    signs: frozenset[str]


class Lists(NamedTuple):
    """Everything that was read, and the hash of it."""

    adults: list[Group]
    minors: list[Group]
    shared: Shared
    version: str


def read_lists(folder: Path) -> Lists:
    """Read every file of the folder; raises KnowledgeError when one is not laid out as it should be."""
    paths = sorted(path for path in folder.glob("*.yaml") if path.name != SHARED)
    if not paths:
        raise KnowledgeError(folder, 1, "holds no word lists; a reply could not be checked")
    members = {path: read_yaml(path) for path in paths}
    adults = [group for path in paths for group in _groups(path, members[path], "adults")]
    minors = [group for path in paths for group in _groups(path, members[path], "minors")]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in [*paths, folder / SHARED]))
    return Lists(adults, minors, _shared(folder / SHARED), digest.hexdigest())


def _groups(path: Path, members: dict[str, Any], audience: str) -> list[Group]:
    groups = members.get(audience)
    if not isinstance(groups, dict) or not groups:
        raise KnowledgeError(path, 1, f"needs its categories under `{audience}:`")
    return [_group(path, category, rows) for category, rows in groups.items()]


def _group(path: Path, category: str, rows: Any) -> Group:
    if not isinstance(rows, dict) or set(rows) - set(KINDS):
        raise KnowledgeError(path, 1, f"`{category}` may hold {', '.join(KINDS)}")
    return Group(category, *(_texts(path, f"{category}: {kind}", rows.get(kind, [])) for kind in KINDS))


def _texts(path: Path, name: str, rows: Any) -> tuple[str, ...]:
    if not isinstance(rows, list) or not all(isinstance(row, str) and row.strip() for row in rows):
        raise KnowledgeError(path, 1, f"`{name}` must be a list of texts; put words such as no or on in quotes")
    return tuple(fold(row).text for row in rows)


def _shared(path: Path) -> Shared:
    rows = read_yaml(path)
    leet = rows.get("leet")
    if not isinstance(leet, dict) or not all(isinstance(letters, str) and letters for letters in leet.values()):
        raise KnowledgeError(path, 1, "`leet` must say for each sign which letters it stands for")
    glued, ordinary, signs = (_texts(path, name, rows.get(name, [])) for name in ("glued", "ordinary", "signs"))
    return Shared(
        {str(sign): letters for sign, letters in leet.items()}, glued, frozenset(ordinary), frozenset(signs)
    )
