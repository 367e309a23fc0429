"""The data files of training, and the word lists that the tagger is told of."""

import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def lines(name: str) -> list[str]:
    """Return the entries of a list file, one a line, comments left out."""
    text = (HERE / "lists" / name).read_text("utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def read(name: str) -> dict[str, Any]:
    """Return a TOML file of lists."""
    return tomllib.loads((HERE / "lists" / f"{name}.toml").read_text("utf-8"))


def plain(word: str) -> str:
    """Return a word without its accents."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def words_of(entries: Iterable[str]) -> set[str]:
    """Return the single words of entries, in lower case, with and without accents."""
    split = (word for entry in entries for word in entry.lower().replace("-", " ").replace("'", " ").split())
    found = {word for word in split if len(word) > 1}
    return found | {plain(word) for word in found}
