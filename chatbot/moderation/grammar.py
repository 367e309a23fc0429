"""How a phrase is written: words in a row, `(a|b)` one of them, `[a]` perhaps, `...` up to three words between.

`!(a|b)` first means: not right after one of these; last: not right before one of these. Alternatives may be rows of
words and hold alternatives themselves.
"""

from __future__ import annotations

import re
from typing import NamedTuple

TOKEN = re.compile(r"!\(|\.\.\.|[()\[\]|]|[^\s()\[\]|!.]+")
APOSTROPHE = re.compile(r"['\u2019]")
GAP_WORDS = 3


class Choice(NamedTuple):
    """One of several rows; `optional`: or none."""

    rows: list[list[Item]]
    optional: bool = False


class Gap(NamedTuple):
    """Up to so many words of any kind."""

    most: int = GAP_WORDS


Item = str | Choice | Gap


class Phrase(NamedTuple):
    """A phrase: what comes in a row, after which words it does not count, and before which."""

    row: list[Item]
    not_after: frozenset[str]
    not_before: frozenset[str]


class PhraseError(ValueError):
    """A phrase is not written as the grammar says."""


def parse(text: str) -> Phrase:
    """Read a phrase; raises PhraseError."""
    tokens = TOKEN.findall(APOSTROPHE.sub("", text))
    after = _unless(tokens) if tokens[:1] == ["!("] else frozenset[str]()
    row = _row(tokens)
    before = _unless(tokens) if tokens[:1] == ["!("] else frozenset[str]()
    if tokens or not row:
        raise PhraseError(f"cannot read the phrase {text!r}")
    return Phrase(row, after, before)


def _unless(tokens: list[str]) -> frozenset[str]:
    tokens.pop(0)
    words = set()
    while tokens and tokens[0] != ")":
        words.add(tokens.pop(0))
    if not tokens:
        raise PhraseError("a bracket is not closed")
    tokens.pop(0)
    return frozenset(words - {"|"})


def _row(tokens: list[str]) -> list[Item]:
    row: list[Item] = []
    while tokens and tokens[0] not in {"|", ")", "]", "!("}:
        token = tokens.pop(0)
        if token in {"(", "["}:
            row.append(Choice(_rows(tokens, ")" if token == "(" else "]"), optional=token == "["))  # noqa: S105 — a bracket
        else:
            row.append(Gap() if token == "..." else token)  # noqa: S105 — a sign of the grammar
    return row


def _rows(tokens: list[str], closing: str) -> list[list[Item]]:
    rows = [_row(tokens)]
    while tokens and tokens[0] == "|":
        tokens.pop(0)
        rows.append(_row(tokens))
    if not tokens or tokens.pop(0) != closing:
        raise PhraseError("a bracket is not closed")
    return rows
