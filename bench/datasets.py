"""Labelled messages: JSON Lines of `{"text", "spans": [[start, end, type]], "ignore": [[start, end]], "question"}`.

`ignore` marks what counts neither way. A set charges false alarms only for the types that it labels;
one without any label holds clean messages, and charges them all.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

OWN = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Message:
    """A message, the personal spans in it, and the question it answers."""

    text: str
    spans: tuple[tuple[int, int, str], ...] = ()
    ignore: tuple[tuple[int, int], ...] = ()
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """A named set of messages."""

    name: str
    messages: tuple[Message, ...]

    @property
    def types(self) -> frozenset[str]:
        """Types that occur; none in a set of clean messages."""
        return frozenset(kind for each in self.messages for *_, kind in each.spans)

    def lower_cased(self) -> Dataset:
        """Give the same messages without capitals, every offset where it was."""
        return Dataset(self.name, tuple(replace(each, text=lower(each.text)) for each in self.messages))


def lower(text: str) -> str:
    """Lower-case without moving any offset."""
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in text)


def load(folder: Path = OWN, limit: int = 0) -> list[Dataset]:
    """Load every set of a folder, cut by chance (but the same one each time) to a limit; 0 means no limit."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise SystemExit(f"there are no .jsonl files of labelled messages in {folder}")
    return [_load(file, limit) for file in files]


def _load(file: Path, limit: int) -> Dataset:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    if limit and len(rows) > limit:
        rows = random.Random(0).sample(rows, limit)  # noqa: S311 — a repeatable sample
    return Dataset(file.stem, tuple(map(_message, rows)))


def _message(row: dict[str, Any]) -> Message:
    spans = tuple((start, end, kind) for start, end, kind in row["spans"])
    return Message(
        row["text"], spans, tuple((start, end) for start, end in row.get("ignore", ())), row.get("question")
    )
