"""How well a finder finds, and how fast, over characters that carry a letter or a digit.

F2          recall weighs four times precision; a masked character counts whatever its type
leaks       messages per thousand in which something personal stays visible
false       spans per thousand messages that touch nothing personal, of the types that the set labels
per second  messages per second of this process's CPU time, one at a time
"""

from __future__ import annotations

import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bench.datasets import Dataset, Message

    Found = Iterable[tuple[int, int, str]]
    Find = Callable[[str, str | None], Found]

_KINDS = tomllib.loads((Path(__file__).parent / "kinds.toml").read_text(encoding="utf-8"))
FREE = frozenset(_KINDS["free"])


def common_type(name: str) -> str:
    """Map a finder's own name for a thing to a type of the labels."""
    return next((to for part, to in _KINDS["parts"] if part in name.upper()), "ID")


@dataclass(slots=True)
class Tally:
    """Counts over a set: characters, messages and spans; milliseconds of CPU for each message."""

    messages: int = 0
    personal: int = 0
    masked: int = 0
    claimed: int = 0
    right: int = 0
    leaks: int = 0
    false: int = 0
    times: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float | None]:
        """Give the figures that the tables show; None where a set cannot tell."""
        recall = self.masked / self.personal if self.personal else None
        precision = self.right / self.claimed if self.claimed else None
        f2 = 5 * precision * recall / (4 * precision + recall) if precision and recall else 0.0
        return {
            "f2": f2 if self.personal else None,
            "recall": recall,
            "precision": precision if self.personal else None,
            "leaks": 1000 * self.leaks / self.messages if self.personal else None,
            "false": 1000 * self.false / self.messages,
            **speed(self.times),
        }

    def add(self, message: Message, found: Found, types: frozenset[str]) -> None:
        """Compare what was found in a message with its labels."""
        spans = [(start, end, common_type(kind)) for start, end, kind in found]
        seen = {index for start, end, _ in spans for index in range(start, end)}
        gold = {index for start, end, kind in message.spans for index in range(start, end)}
        due = {i for start, end, kind in message.spans if kind != "DATE" for i in _bearing(message.text, start, end)}
        self.messages += 1
        self.personal += len(due)
        self.masked += len(due & seen)
        self.leaks += bool(due - seen)
        self._charge(
            message, [span for span in spans if span[2] not in FREE and (not types or span[2] in types)], gold
        )

    def _charge(self, message: Message, spans: list[tuple[int, int, str]], gold: set[int]) -> None:
        free = {index for start, end in message.ignore for index in range(start, end)}
        claims: set[int] = set()
        for start, end, _ in spans:
            span = _bearing(message.text, start, end) - free
            claims |= span
            self.false += bool(span) and not span & gold
        self.claimed += len(claims)
        self.right += len(claims & gold)


def _bearing(text: str, start: int, end: int) -> set[int]:
    return {index for index in range(start, min(end, len(text))) if text[index].isalnum()}


def speed(times: list[float]) -> dict[str, float]:
    """Summarise milliseconds of CPU a message."""
    ordered = sorted(times)
    last = len(ordered) - 1
    return {
        "per_second": 1000 * len(ordered) / sum(ordered),
        **{f"p{share}": ordered[min(last, share * len(ordered) // 100)] for share in (50, 95, 99)},
    }


def measure(find: Find, dataset: Dataset) -> Tally:
    """Run a finder over a set, one message at a time."""
    tally = Tally()
    for message in dataset.messages:
        begun = time.process_time()
        found = list(find(message.text, message.question))
        tally.times.append((time.process_time() - begun) * 1e3)
        tally.add(message, found, dataset.types)
    return tally
