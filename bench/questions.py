"""The question sets: what visitors ask, and the passages that answer it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[1] / "data" / "questions"
USUAL, HARD = ("answerable", "unanswerable"), ("hard",)
FIT, HELD_OUT = 0, 1


@dataclass(frozen=True)
class Question:
    """A question and the passages that answer it; none means that nothing does."""

    ask: str
    expect: frozenset[str]
    language: str


def questions(half: int, names: tuple[str, ...] = (*USUAL, *HARD)) -> list[Question]:
    """Give one half of the sets: FIT to fit on, HELD_OUT to report on."""
    loaded = [yaml.safe_load((FOLDER / f"{name}.yaml").read_text()) for name in names]
    return [_question(item) for members in loaded for item in members["questions"][half::2]]


def _question(item: dict[str, Any]) -> Question:
    return Question(item["ask"], frozenset(item.get("expect", ())), item.get("language", "en"))
