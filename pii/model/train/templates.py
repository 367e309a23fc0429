"""Template lines into messages: `(a|b)` picks one, `{slot}` is filled, ` || ` parts a question from its answer."""

import random
import re

from pii.model.train.example import BREAK, PLAIN, Example, Segment
from pii.model.train.lists import HERE
from pii.model.train.slots import Slots, settle

_SLOT = re.compile(r"(\{\w+\})")
_SPACES = re.compile(r" {2,}")


def load(name: str) -> list[str]:
    """Return the template lines of a file."""
    text = (HERE / "templates" / f"{name}.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def choose(line: str, rng: random.Random) -> str:
    """Settle every alternation, innermost first."""
    line = settle(line, rng)
    line = line.replace(" +", " " * rng.choice((1, 1, 2, 4))).replace(" ?{", rng.choice((" {", "{")))
    return _SPACES.sub(" ", line) if "\\n" not in line else line


def _segments(line: str, fill: Slots, rng: random.Random) -> list[Segment]:
    parts = []
    for piece in _SLOT.split(line.replace("\\n", "\n")):
        if _SLOT.fullmatch(piece):
            parts.append(fill(piece[1:-1], rng))
        elif piece:
            parts.append(Segment(piece, PLAIN))
    return parts


def render(line: str, fill: Slots, rng: random.Random) -> Example:
    """Return one message made from a template line."""
    question, parted, message = choose(line, rng).rpartition(" || ")
    segments = _segments(message.strip(" "), fill, rng)
    if parted:
        segments = [*_segments(question.strip(), fill, rng), Segment("", BREAK), *segments]
    return Example(tuple(segments))
