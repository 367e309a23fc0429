"""The package's own data files: one term a line, `#` for comments, validated as they are read."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pii.errors import DataError
from pii.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "data"
LONGEST = 200


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Read the names that are also common words."""
    return frozenset(line.casefold() for line in read_lines(FOLDER / "common.txt"))


@lru_cache(maxsize=1)
def function_words() -> frozenset[str]:
    """Read the small words, such as "the", that alone are nobody's name."""
    return frozenset(read_lines(FOLDER / "function.txt"))


@lru_cache(maxsize=1)
def particles() -> frozenset[str]:
    """Read the parts of names that are no names alone, such as "van"."""
    return frozenset(line.casefold() for line in read_lines(FOLDER / "particles.txt"))


def read_lines(path: Path) -> Iterator[str]:
    """Give the normalised terms of a list, without comments; DataError when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise DataError(f"the word list {path.name} is missing or not UTF-8") from None
    for number, line in enumerate(text.splitlines(), 1):
        term = normalise(line).text.strip()
        if len(term) > LONGEST:
            raise DataError(f"{path.name}, line {number}: a term is at most {LONGEST} characters")
        if term and not term.startswith("#"):
            yield term
