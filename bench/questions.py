"""The question sets: what visitors ask, and the passages that answer it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[1] / "data" / "questions"
USUAL, HARD = ("answerable", "unanswerable"), ("hard",)
ALL_FIT, FRESH = "everyday", "fresh"  # wholly for fitting; never fitted on
SETS = (*USUAL, *HARD, ALL_FIT, FRESH)
FIT, HELD_OUT = 0, 1


@dataclass(frozen=True)
class Question:
    """A question and the passages that answer it; none means that nothing does."""

    ask: str
    expect: frozenset[str]
    language: str


def questions(half: int, names: tuple[str, ...] = (*USUAL, *HARD)) -> list[Question]:
    """Give one half of the sets: FIT to fit on, HELD_OUT to report on."""
    return [question for name in names for question in every(name)[half::2]]


def to_fit() -> list[Question]:
    """Give every question that weights may be fitted on."""
    return [*questions(FIT), *every(ALL_FIT)]


def every(name: str) -> list[Question]:
    """Give one set whole."""
    return [_question(item) for item in yaml.safe_load((FOLDER / f"{name}.yaml").read_text())["questions"]]


def _question(item: dict[str, Any]) -> Question:
    return Question(item["ask"], frozenset(item.get("expect", ())), item.get("language", "en"))
