"""YAML data files, and Markdown with YAML front matter, read with errors that name file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from chatbot.knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from pathlib import Path

FENCE = "---"


class Fronted(NamedTuple):
    """A text file with front matter: the members, the body, and the line at which the body begins."""

    members: dict[str, Any]
    body: str
    first_line: int


def read_text(path: Path) -> str:
    """Read a UTF-8 file; a folder, a missing or an undecodable file is an error with the place."""
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise KnowledgeError(path, line, "is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise KnowledgeError(path, 1, f"cannot be read ({error.strerror})") from None


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping."""
    return _mapping(path, read_text(path), 1)


def read_fronted(path: Path) -> Fronted:
    """Read a file that begins with front matter between two lines of three dashes."""
    lines = read_text(path).split("\n")
    if lines[0].rstrip() != FENCE:
        raise KnowledgeError(path, 1, "must begin with front matter: a line of three dashes")
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        raise KnowledgeError(path, 1, "front matter is never closed; add a line of three dashes after it")
    members = _mapping(path, "\n".join(lines[1:end]), 2)
    return Fronted(members, "\n".join(lines[end + 1 :]), end + 2)


def text_member(path: Path, members: dict[str, Any], name: str) -> str:
    """Give a member that must be a non-empty text."""
    value = members.get(name)
    if not isinstance(value, str) or not value.strip():
        raise KnowledgeError(path, 2, f"front matter needs `{name}: …` as text")
    return value.strip()


def _mapping(path: Path, text: str, first_line: int) -> dict[str, Any]:
    try:
        loaded = yaml.load(text, Loader=yaml.CSafeLoader) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        raise KnowledgeError(path, line, f"is not valid YAML ({getattr(error, 'problem', 'syntax')})") from None
    if not isinstance(loaded, dict):
        raise KnowledgeError(path, first_line, "must be `name: value` lines")
    return loaded
