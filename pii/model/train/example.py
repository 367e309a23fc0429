"""One training message: text in segments, what each is, and what its set leaves unlabelled."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pii.model.labels import LOCATION, STREET_ADDRESS

PLAIN: Final = ""  # nothing personal
FREE: Final = "?"  # the set does not say: no loss here
BREAK: Final = "||"  # parts the question before from the message


class Segment(NamedTuple):
    """A stretch of text of one kind (a kind of pii.model.labels, PLAIN, FREE or BREAK)."""

    text: str
    kind: str


@dataclass(frozen=True)
class Example:
    """A message; `open_kinds` are kinds that the set does not label, so that plain words may be one of them."""

    segments: tuple[Segment, ...]
    open_kinds: frozenset[str] = field(default_factory=frozenset)

    @property
    def question(self) -> str:
        """Return the question before, or nothing."""
        kinds = [segment.kind for segment in self.segments]
        cut = kinds.index(BREAK) if BREAK in kinds else 0
        return "".join(segment.text for segment in self.segments[:cut])

    @property
    def answer(self) -> tuple[Segment, ...]:
        """Return the segments of the message itself."""
        kinds = [segment.kind for segment in self.segments]
        return self.segments[kinds.index(BREAK) + 1 :] if BREAK in kinds else self.segments

    def labelled(self) -> tuple[str, list[tuple[int, int, str]]]:
        """Return the message and its spans that are not plain."""
        return join(self.answer)


def whole_addresses(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Join what belongs to one address: a street and the town or code after it, parted by commas or breaks alone."""
    merged: list[Segment] = []
    for segment in segments:
        merged.append(segment)
        while len(merged) > 1 and _one_address(merged):
            size = 3 if merged[-2].kind == PLAIN else 2
            merged[-size:] = [Segment("".join(part.text for part in merged[-size:]), STREET_ADDRESS)]
    return tuple(merged)


def _one_address(parts: list[Segment]) -> bool:
    """Tell whether the last part goes on with the address before it (or a town with the code after it)."""
    last = parts[-1]
    if last.kind not in (STREET_ADDRESS, LOCATION):
        return False
    bridge = parts[-2].kind == PLAIN and parts[:-2] and not parts[-2].text.strip(" ,\n?>-")
    before = parts[-3] if bridge else parts[-2]
    pair = {before.kind, last.kind}
    return STREET_ADDRESS in pair and pair <= {STREET_ADDRESS, LOCATION}


def join(segments: Iterable[Segment]) -> tuple[str, list[tuple[int, int, str]]]:
    """Return the joined text and the places of everything that is not plain."""
    text = ""
    spans = []
    for part, kind in segments:
        if kind and part:
            spans.append((len(text), len(text) + len(part), kind))
        text += part
    return text, spans
