"""What a bulk run did, in numbers: never a value."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pii.bulk.pool import Result


@dataclass(slots=True)
class Report:
    """Rows read, rows with something found, rows left out, findings and flags by kind, seconds taken."""

    rows: int = 0
    redacted: int = 0
    left_out: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, results: Iterable[Result], left_out: int) -> None:
        """Count a chunk's results, and its rows that were left out."""
        self.left_out += left_out
        self.rows += left_out
        for result in results:
            if result.texts is not None:
                self.rows += 1
                self.redacted += bool(result.kinds)
                self.kinds += result.kinds
                self.flags += result.flags

    def as_dict(self) -> dict[str, Any]:
        """Give the figures for JSON; kinds in order of frequency."""
        return {
            "rows": self.rows,
            "rows_redacted": self.redacted,
            "rows_left_out": self.left_out,
            "kinds": dict(self.kinds.most_common()),
            "flags": dict(self.flags.most_common()),
            "seconds": round(self.seconds, 3),
            "rows_per_second": round(self.rows / self.seconds, 1) if self.seconds else None,
        }

    @classmethod
    def from_dict(cls, figures: dict[str, Any]) -> Report:
        """Read back what `as_dict` gave."""
        rows, changed, left_out = (int(figures[key]) for key in ("rows", "rows_redacted", "rows_left_out"))
        return cls(rows, changed, left_out, Counter(figures["kinds"]), Counter(figures["flags"]), figures["seconds"])
