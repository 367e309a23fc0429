"""The whole training set: templates filled, labelled sets with names swapped, everything roughened."""

import random
from pathlib import Path

from pii.model import labels
from pii.model.train import sets, templates
from pii.model.train.augment import recase, roughen
from pii.model.train.chance import chance
from pii.model.train.example import PLAIN, Example, Segment, whole_addresses
from pii.model.train.lists import read
from pii.model.train.slots import Slots


def _wrapped(text: str, slots: Slots, rng: random.Random) -> Example:
    """Put a greeting or a farewell with a name round a plain question."""
    around = read("mix")["around"]
    head = templates.render(rng.choice(around["openers"]) + "@", slots, rng).segments if chance(rng, 0.6) else ()
    tail = (
        templates.render("@" + rng.choice(around["closers"]), slots, rng).segments
        if not head or chance(rng, 0.3)
        else ()
    )
    parts = [
        *(Segment(s.text.replace("@", ""), s.kind) for s in head),
        Segment(text, PLAIN),
        *(Segment(s.text.replace("@", ""), s.kind) for s in tail),
    ]
    return Example(tuple(parts))


def _finished(example: Example, rng: random.Random, *, written: bool = False) -> Example:
    segments = roughen(recase(list(whole_addresses(example.segments)), rng, written=written), rng)
    return Example(tuple(segments), example.open_kinds)


def generated(slots: Slots, sentences: list[str], count: int, rng: random.Random) -> list[Example]:
    """Return messages from the templates, and plain questions with names put round them."""
    shares = read("mix")["shares"]
    lines = {name: templates.load(name) for name in shares}
    picked = rng.choices(list(shares), list(shares.values()), k=count)
    found = [_finished(templates.render(rng.choice(lines[name]), slots, rng), rng) for name in picked]
    return found + [
        _finished(_wrapped(rng.choice(sentences), slots, rng), rng, written=True) for _ in range(count // 14)
    ]


def labelled(folder: Path, slots: Slots, rng: random.Random) -> list[Example]:
    """Return the training parts of the labelled sets, as they are and with other names."""
    found = []
    for name, (kept, swapped) in read("mix")["copies"].items():
        for example in sets.read(folder, name):
            personal = any(s.kind in (labels.PERSON, labels.LOCATION) for s in example.segments)
            copies = [example] * kept + [
                sets.swap_names(example, slots, rng) for _ in range(swapped if personal else 0)
            ]
            found += [_finished(copy, rng, written=True) for copy in copies]
    return found


def build(folder: Path, count: int, seed: int) -> list[Example]:
    """Return the shuffled training set."""
    rng = random.Random(seed)  # noqa: S311 — made-up data, not a secret
    plain_parts = [
        e for name in ("banking77_train", "restaurant8k_train", "btc_train") for e in sets.read(folder, name)
    ]
    sentences = sets.clean_sentences(plain_parts)
    questions = sets.clean_sentences(sets.read(folder, "banking77_train"))
    slots = Slots(sentences)
    found = generated(slots, questions, count, rng) + labelled(folder, slots, rng)
    rng.shuffle(found)
    return found
