"""How people really write: no capitals, slips of the finger, lost apostrophes and points, text from speech."""

import random
import re

from pii.model.train.chance import chance
from pii.model.train.example import BREAK, FREE, PLAIN, Segment
from pii.model.train.lists import read

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR = {row[i]: row[max(0, i - 1) : i] + row[i + 1 : i + 2] for row in _ROWS for i in range(len(row))}
_WORD = re.compile(r"[^\W\d_]{4,}")
_MARKS = re.compile(r"[.,!?;:]")


def typo(word: str, rng: random.Random) -> str:
    """Return the word with one slip: a letter lost, doubled, swapped or beside the right one."""
    i = rng.randrange(1, len(word))
    match rng.randrange(4):
        case 0:
            return word[:i] + word[i + 1 :]
        case 1:
            return word[:i] + word[i] + word[i:]
        case 2:
            return word[: i - 1] + word[i] + word[i - 1] + word[i + 1 :]
        case _:
            near = _NEAR.get(word[i].lower(), word[i])
            return word[:i] + rng.choice(near) + word[i + 1 :]


def _slip(text: str, share: float, rng: random.Random) -> str:
    return _WORD.sub(lambda m: typo(m.group(), rng) if chance(rng, share) else m.group(), text)


def lower(text: str) -> str:
    """Lower-case without changing the length."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _sentence(segments: list[Segment]) -> list[Segment]:
    """Write as a careful hand would: a capital first, I for i."""
    fixed = []
    start = True
    for text, kind in segments:
        written = re.sub(r"\bi\b", "I", text) if kind == PLAIN else text
        if kind == PLAIN:
            written = re.sub(r"([.?!]\s+)([a-z])", lambda m: m.group(1) + m.group(2).upper(), written)
        if start and written.strip() and kind != FREE:
            written = written[0].upper() + written[1:] if kind == PLAIN else written
            start = False
        fixed.append(Segment(written, kind))
        start = start or kind == BREAK
    return fixed


def recase(segments: list[Segment], rng: random.Random, *, written: bool = False) -> list[Segment]:
    """Choose the case of a message; `written` says that it already has the case of its writer."""
    styles = read("mix")["styles"]
    style = rng.choices(list(styles), list(styles.values()))[0]
    if style == "lower":
        return [Segment(lower(s.text), s.kind) for s in segments]
    if style == "upper":
        return [Segment(s.text.upper(), s.kind) if len(s.text.upper()) == len(s.text) else s for s in segments]
    if style == "title":
        return [Segment(s.text.title(), s.kind) for s in segments]
    if style == "small names":
        return [Segment(lower(s.text), s.kind) if s.kind else s for s in segments]
    return _sentence(segments) if style == "sentence" and not written else segments


def roughen(segments: list[Segment], rng: random.Random) -> list[Segment]:
    """Put slips into a share of the messages."""
    found = list(segments)
    if chance(rng, 0.14):
        found = [Segment(_slip(s.text, 0.12 if s.kind else 0.18, rng), s.kind) for s in found]
    if chance(rng, 0.12):
        found = [Segment(s.text.replace("'", ""), s.kind) for s in found]
    if chance(rng, 0.12):
        found = [Segment(_MARKS.sub("", s.text) if s.kind == PLAIN else s.text, s.kind) for s in found]
    if chance(rng, 0.03):
        found = [Segment(s.text.replace(", ", ","), s.kind) for s in found]
    if chance(rng, 0.03):
        found = [Segment(s.text.replace(" ", "  "), s.kind) for s in found]
    if chance(rng, 0.05):
        found = [Segment(s.text.replace("'", "\u2019"), s.kind) for s in found]
    return [Segment(s.text, s.kind) for s in found]
