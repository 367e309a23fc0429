"""Where something personal stands in a text, and how overlapping findings become one ordered list.

Policy of `resolve`, in order:
1. Spans lose the spaces and the punctuation at their ends (secrets keep their punctuation).
2. Overlapping spans of one kind become one.
3. Where kinds overlap, a validated one (score 1.0: a checksum held) wins, then the longer, then the surer.
4. A loser keeps what the winner does not cover, under its own kind, so nothing that anybody found stays visible;
   but a part that would begin or end inside a word goes to its neighbour.
5. Neighbouring parts of an address become one address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Kinds whose value may rightly end in punctuation.
VERBATIM = frozenset({"PASSWORD", "API_KEY", "SECURITY_ANSWER", "URL", "CRYPTO"})
_NAMES = frozenset({"PERSON", "ORGANIZATION", "LOCATION"})
_ADDRESS = frozenset({"STREET_ADDRESS", "LOCATION"})
_SHORTEST_SIGNS = 4  # fewer signs without a letter or digit are nobody's password
_SPACES = " \t\r\n\v\f"
_EDGES = _SPACES + ".,;:!?\"'`*\u2039\u203a"
_OPENED_BY = {")": "(", "]": "[", "}": "{", ">": "<"}
_CLOSED_BY = {"(": ")", "[": "]", "{": "}", "<": ">"}
_POSSESSIVE = frozenset({"'s", "'S", "\u2019s"})


class Span(NamedTuple):
    """One finding: half-open character offsets, a Presidio kind, a score from 0 to 1, who found it."""

    start: int
    end: int
    kind: str
    score: float
    source: str = ""


def resolve(spans: Iterable[Span], text: str) -> tuple[Span, ...]:
    """Order spans so that none overlap and every character that any of them covers stays covered."""
    trimmed = sorted(each for span in spans if (each := trim(span, text)))
    if len(trimmed) < 2:  # noqa: PLR2004 — one span has nothing to overlap
        return tuple(trimmed)
    flat = [part for cluster in _clusters(trimmed) for part in _paint(_unite(cluster), text)]
    return tuple(_join(flat, text))


def trim(span: Span, text: str) -> Span | None:
    """Cut spaces, punctuation and lone or outer brackets off the ends; None when nothing is left."""
    start, end = max(span.start, 0), min(span.end, len(text))
    edges = _SPACES if span.kind in VERBATIM else _EDGES
    while start < end:
        if text[end - 1] in edges or _lone(text, start, end, text[end - 1], _OPENED_BY):
            end -= 1
        elif text[start] in edges or _lone(text, start, end, text[start], _CLOSED_BY):
            start += 1
        elif text.find(_CLOSED_BY.get(text[start], "\0"), start, end) == end - 1:
            start, end = start + 1, end - 1
        elif span.kind in _NAMES and text[max(start, end - 2) : end] in _POSSESSIVE:
            end -= 2
        elif end - start < _SHORTEST_SIGNS and not any(map(str.isalnum, text[start:end])):
            return None
        else:
            return span if (start, end) == span[:2] else span._replace(start=start, end=end)
    return None


def _lone(text: str, start: int, end: int, mark: str, partners: dict[str, str]) -> bool:
    return mark in partners and text.find(partners[mark], start, end) < 0


def _clusters(spans: list[Span]) -> Iterator[list[Span]]:
    """Group spans, sorted by start, into runs that overlap."""
    cluster, reach = [spans[0]], spans[0].end
    for span in spans[1:]:
        if span.start >= reach:
            yield cluster
            cluster = []
        cluster.append(span)
        reach = max(reach, span.end)
    yield cluster


def _unite(cluster: list[Span]) -> list[Span]:
    """Make one span of those that overlap and are of one kind."""
    last: dict[str, int] = {}
    united: list[Span] = []
    for span in cluster:
        at = last.get(span.kind)
        if at is not None and span.start < united[at].end:
            united[at] = _both(united[at], span)
        else:
            last[span.kind] = len(united)
            united.append(span)
    return united


def _both(left: Span, right: Span) -> Span:
    """Cover two spans with one, which is what the stronger was."""
    stronger = max(left, right, key=_weight)
    return stronger._replace(start=left.start, end=max(left.end, right.end))


def _weight(span: Span) -> tuple[bool, int, float]:
    return span.score >= 1.0, span.end - span.start, span.score


def _paint(cluster: list[Span], text: str) -> Iterator[Span]:
    """Paint the strongest span last; what remains visible of each is its part."""
    if len(cluster) == 1:
        yield cluster[0]
        return
    base = cluster[0].start
    owners: list[Span | None] = [None] * (max(span.end for span in cluster) - base)
    for span in sorted(cluster, key=_weight):
        owners[span.start - base : span.end - base] = [span] * (span.end - span.start)
    start = 0
    for index in range(1, len(owners) + 1):
        if index == len(owners) or owners[index] is not owners[start]:
            owner = owners[start]
            part = owner and trim(owner._replace(start=base + start, end=base + index), text)
            if part:
                yield part
            start = index


def _join(spans: list[Span], text: str) -> Iterator[Span]:
    """Join what was cut inside a word, and the parts of an address."""
    held = spans[0]
    for span in spans[1:]:
        if held.end == span.start and text[held.end - 1].isalnum() and text[span.start].isalnum():
            held = _both(held, span)
        elif held.kind == "STREET_ADDRESS" and span.kind in _ADDRESS and _near(text, held.end, span.start):
            held = held._replace(end=span.end, score=max(held.score, span.score))
        else:
            yield held
            held = span
    yield held


def _near(text: str, left: int, right: int) -> bool:
    return right - left <= 3 and not text[left:right].strip(" ,\r\n")  # noqa: PLR2004 — a comma, a line end, a space
