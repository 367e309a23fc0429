"""Tables in Markdown, as the README holds them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Cell = str | float | None


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Write a table; numbers with three digits that count, and a dash for what there is not."""
    body = [[written(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [list(head), *body]) for column in range(len(head))]
    lines = [_line(head, widths), "|" + "|".join("-" * (width + 2) for width in widths) + "|"]
    return "\n".join([f"\n{title}\n", *lines, *(_line(row, widths) for row in body)])


def written(cell: Cell) -> str:
    """Write one cell."""
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return cell
    return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"  # noqa: PLR2004 — three digits that count


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
