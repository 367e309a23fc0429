"""What can be wrong with knowledge and its data files: always a place and a way to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class KnowledgeError(Exception):
    """A knowledge page or a data file beside it cannot be used; nothing was changed."""

    def __init__(self, path: Path | str, line: int, what: str) -> None:
        super().__init__(f"{path}:{line}: {what}")
        self.path = str(path)
        self.line = line
        self.what = what
