"""Write the benchmark's own labelled messages: `python -m bench.data.write`.

Templates are written by hand for this benchmark, values are made up, and the labels follow from both,
so nobody had to judge them. A part of the messages is typed without capitals, as chat is.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random
from typing import Any

from bench.data.values import DISPUTED, SLOTS
from bench.datasets import lower
from bench.tables import say

HERE = Path(__file__).parent
SIZES = {
    "service": 160, "bookings": 90, "addresses": 90, "dictated": 60,
    "commands": 80, "south_africa": 120, "answers": 80, "clean": 240,
}  # fmt: skip
SEED = 20261121
LOWER_CASED = 0.3
TURNS = 12
_SLOT = re.compile(r"\{(\w+)\}")


def message(template: str, random: Random) -> dict[str, Any]:
    """Fill a template, which may follow a question and a tabulator."""
    question, _, body = template.rpartition("\t")
    text, spans, ignore, done = "", [], [], 0
    for slot in _SLOT.finditer(body):
        kind, make = SLOTS[slot[1]]
        text += body[done : slot.start()].replace("\\n", "\n")
        value = make(random)
        if kind == DISPUTED:
            ignore.append([len(text), len(text) + len(value)])
        elif kind:
            spans.append([len(text), len(text) + len(value), kind])
        text += value
        done = slot.end()
    text += body[done:].replace("\\n", "\n")
    row = {"text": lower(text) if random.random() < LOWER_CASED else text, "spans": spans}
    row |= {"ignore": ignore} if ignore else {}
    return row | {"question": question} if question else row


def messages(name: str, count: int, random: Random) -> list[dict[str, Any]]:
    """Fill every template of a set in turn, a few times, until there are enough different messages."""
    templates = (HERE / "templates" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, dict[str, Any]] = {}
    for attempt in range(len(templates) * TURNS):
        row = message(templates[attempt % len(templates)], random)
        found.setdefault(row["text"], row)
        if len(found) == count:
            break
    return list(found.values())


def write() -> None:
    """Write every set beside this file."""
    for name, count in SIZES.items():
        rows = messages(name, count, Random(f"{SEED} {name}"))  # noqa: S311 — made-up messages are no secret
        body = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (HERE / f"{name}.jsonl").write_text(body, encoding="utf-8")
        say(f"{name}: {len(rows)} messages")


if __name__ == "__main__":
    write()
