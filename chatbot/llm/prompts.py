"""Prompts are files with front matter; their version is the hash of their content, recorded with each reply."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot.knowledge.datafile import read_fronted, text_member
from chatbot.knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = re.compile(r"\{([^{}]*)\}")
VARIABLES = {
    "answer": frozenset({"company", "language", "passages"}),
    "memory": frozenset({"topics", "questions"}),
}
"""Which variables a prompt may use, by its id; any other prompt has none."""
NEEDED = (("answer", "adult"), ("answer", "child"), ("memory", "adult"), ("short", "adult"), ("long", "adult"))
AUDIENCES = ("adult", "child")


@dataclass(frozen=True)
class Prompt:
    """One prompt: what it is for, whom it addresses, its words and their hash."""

    id: str
    purpose: str
    language: str
    audience: str
    text: str
    version: str

    def fill(self, **values: str) -> str:
        """Put the values in, in one pass, so that nothing inside a value is taken as a variable."""
        return VARIABLE.sub(lambda match: values[match[1]], self.text)


class Prompts:
    """Every prompt of a folder, checked."""

    def __init__(self, prompts: dict[tuple[str, str, str], Prompt]) -> None:
        self._prompts = prompts

    @classmethod
    def read(cls, folder: Path) -> Prompts:
        """Read the folder's `*.md`; raises KnowledgeError with file and line."""
        prompts: dict[tuple[str, str, str], Prompt] = {}
        for path in sorted(folder.glob("*.md")):
            prompt = _read(path)
            key = (prompt.id, prompt.language, prompt.audience)
            if key in prompts:
                raise KnowledgeError(path, 2, "another prompt has the same id, language and audience")
            prompts[key] = prompt
        for name, audience in NEEDED:
            if (name, "en", audience) not in prompts:
                raise KnowledgeError(folder, 1, f"needs the prompt `{name}` in English for the audience {audience}")
        return cls(prompts)

    @property
    def version(self) -> str:
        """The hash over every prompt: which of them a reply followed depends on its visitor, their words do not."""
        return hashlib.sha256("".join(prompt.version for prompt in self._prompts.values()).encode()).hexdigest()

    def choose(self, name: str, language: str, audience: str) -> Prompt:
        """Give the prompt in the language, or in English."""
        return self._prompts.get((name, language, audience)) or self._prompts[name, "en", audience]


def _read(path: Path) -> Prompt:
    fronted = read_fronted(path)
    name, purpose, language, audience = (
        text_member(path, fronted.members, member) for member in ("id", "purpose", "language", "audience")
    )
    if audience not in AUDIENCES:
        raise KnowledgeError(path, 2, f"audience must be one of {', '.join(AUDIENCES)}")
    allowed = VARIABLES.get(name, frozenset())
    for number, line in enumerate(fronted.body.split("\n"), fronted.first_line):
        if unknown := set(VARIABLE.findall(line)) - allowed:
            known = ", ".join(sorted(allowed)) or "none"
            raise KnowledgeError(path, number, f"unknown variable {{{min(unknown)}}}; there are: {known}")
    version = hashlib.sha256(path.read_bytes()).hexdigest()
    return Prompt(name, purpose, language, audience, fronted.body.strip(), version)
