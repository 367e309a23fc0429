"""Several rules claim the same number: one of them is right, and nothing claimed stays visible."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pii.spans import Span

# Kinds of which a rest without digits can still tell something.
_WORDY = frozenset(
    {"PERSON", "STREET_ADDRESS", "SECURITY_ANSWER", "PASSWORD", "URL", "EMAIL_ADDRESS", "DATE_OF_BIRTH"}
)
_REST = 2  # letters or digits that make an uncovered rest worth a span of its own


def settle(spans: list[Span], text: str) -> list[Span]:
    """Take spans by score, then length; of a loser that reaches further, keep what is not covered yet."""
    if len(spans) < 2:  # noqa: PLR2004 — nothing to settle
        return spans
    taken = bytearray(len(text))
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (-s.score, s.start - s.end)):
        for start, end in _free(taken, span):
            if (start, end) == span[:2] or _worth(text[start:end], span.kind):
                kept.append(span._replace(start=start, end=end))
        taken[span.start : span.end] = b"\1" * (span.end - span.start)
    return sorted(kept)


def _worth(rest: str, kind: str) -> bool:
    """Enough letters; and a digit, where the kind is a number."""
    return sum(map(str.isalnum, rest)) >= _REST and (kind in _WORDY or any(map(str.isdigit, rest)))


def _free(taken: bytearray, span: Span) -> Iterator[tuple[int, int]]:
    """Give the runs inside the span that nobody has taken."""
    start = taken.find(0, span.start, span.end)
    while start >= 0:
        stop = taken.find(1, start, span.end)
        end = span.end if stop < 0 else stop
        yield start, end
        start = taken.find(0, end, span.end)
