"""The labelled sets as training messages: what each labels, what it leaves open, names swapped in.

Where to get them, and their licences, is in DATA_CARD.md. One message a line: text, spans, ignore, id.
"""

import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pii.model import labels
from pii.model.train.chance import chance
from pii.model.train.example import FREE, PLAIN, Example, Segment, whole_addresses
from pii.model.train.slots import Slots

_KIND = {
    "PERSON": labels.PERSON,
    "LOCATION": labels.LOCATION,
    "ADDRESS": labels.STREET_ADDRESS,
    "DATE": PLAIN,
    "EMAIL": FREE,
    "URL": FREE,
}
_NUMBER = labels.ID_NUMBER
_EVER = frozenset(labels.KINDS)
# What a set does not label: its plain words may be of these kinds.
OPEN = {
    "restaurant8k_train": frozenset({labels.LOCATION, labels.ORGANIZATION, labels.STREET_ADDRESS}),
    "wnut17_train": frozenset({labels.ORGANIZATION, labels.USERNAME, labels.ID_NUMBER}),
    "btc_train": frozenset({labels.ORGANIZATION, labels.USERNAME, labels.ID_NUMBER}),
    "synth_large_dev": frozenset({labels.ORGANIZATION}),
    "banking77_train": frozenset(),
}
LONGEST_NAME = 2  # longer ones are mostly titles and teams
CLAUSE_WORDS = range(3, 15)
HELD_OUT = 15  # per cent, kept to choose by


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Return the messages of one file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def held_out(row: dict[str, Any]) -> bool:
    """Tell whether a message is kept aside, by its id alone, so that it stays so whatever the seed."""
    return int(hashlib.sha256(row["id"].encode()).hexdigest(), 16) % 100 < HELD_OUT


def _segments(row: dict[str, Any]) -> Iterator[Segment]:
    marks = [(s, e, _KIND.get(kind, _NUMBER)) for s, e, kind in row["spans"]] + [
        (s, e, FREE) for s, e in row.get("ignore", [])
    ]
    at = 0
    for start, end, kind in sorted(marks):
        if start < at:
            continue
        yield Segment(row["text"][at:start], PLAIN)
        yield Segment(row["text"][start:end], kind)
        at = end
    yield Segment(row["text"][at:], PLAIN)


def read(folder: Path, name: str, *, held: bool = False) -> list[Example]:
    """Return the training (or held-out) part of one set."""
    return [
        Example(whole_addresses(s for s in _segments(row) if s.text), OPEN[name])
        for row in rows(folder / f"{name}.jsonl")
        if held_out(row) == held
    ]


def swap_names(example: Example, slots: Slots, rng: random.Random) -> Example:
    """Put other names of the same length in words where persons and places stand."""
    return Example(tuple(_swapped(segment, slots, rng) for segment in example.segments), example.open_kinds)


def _swapped(segment: Segment, slots: Slots, rng: random.Random) -> Segment:
    size = len(segment.text.split())
    if not segment.text.replace(" ", "").isalpha() or size > LONGEST_NAME:
        return segment
    if segment.kind == labels.PERSON:
        swapped = "full" if size > 1 else "first" if chance(rng, 0.75) else "last"
        new = slots.text(swapped, rng)
    elif segment.kind == labels.LOCATION:
        new = slots.text("city", rng)
    else:
        return segment
    return Segment(new.lower() if segment.text.islower() else new, segment.kind)


def clean_sentences(examples: list[Example]) -> list[str]:
    """Return the plain messages of medium length, to use as clauses."""
    texts = ["".join(s.text for s in e.segments) for e in examples if all(s.kind == PLAIN for s in e.segments)]
    return [text for text in texts if len(text.split()) in CLAUSE_WORDS and "@" not in text and "http" not in text]
