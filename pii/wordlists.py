"""Word lists as data: what is never hidden, and what always is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pii.canonical import canonical
from pii.datafiles import FOLDER, LONGEST, function_words, read_lines
from pii.errors import DataError
from pii.known import Known

if TYPE_CHECKING:
    from pathlib import Path

    from pii.spans import Span

_KIND = re.compile(r"[A-Z][A-Z_]{0,38}[A-Z]")
_WORD = re.compile(r"\w+")
_NAMED = frozenset({"PERSON", "ORGANIZATION", "LOCATION", "STREET_ADDRESS"})
_AROUND = " .,;:!?()<>[]'\""


class AllowList:
    """Terms and hosts that are public: our products, our own addresses."""

    def __init__(self, path: Path = FOLDER / "allow.txt") -> None:
        lines = list(read_lines(path))
        self._hosts = tuple(line[5:].strip().casefold() for line in lines if line.startswith("host "))
        terms = [line.casefold() for line in lines if not line.startswith("host ")]
        self._terms = frozenset(terms) | {canonical("PHONE_NUMBER", each) for each in terms if each[0] in "+0"}
        self._words = frozenset(term for term in terms if _WORD.fullmatch(term))

    def allows(self, span: Span, text: str) -> bool:
        """Say whether all of a span is public, or a name of small words alone, so that it stays visible."""
        value = text[span.start : span.end]
        if span.kind in _NAMED and function_words().issuperset(value.split()):
            return True
        value = value.casefold().removeprefix("the ")
        if span.kind == "PHONE_NUMBER":
            value = canonical(span.kind, value)
        if value in self._terms or self._is_our_site(span, value):
            return True
        if "@" in value:
            return False
        words = _WORD.findall(value)
        return (bool(words) and self._words.issuperset(words)) or self._inside_term(span, text)

    def _is_our_site(self, span: Span, value: str) -> bool:
        """Our own pages are public, unless the address carries a query, a login or a fragment."""
        if span.kind != "URL":
            return False
        try:
            url = urlsplit(value if "//" in value else f"//{value}")
        except ValueError:
            return False
        ours = any(url.hostname == host or (url.hostname or "").endswith(f".{host}") for host in self._hosts)
        return ours and not (url.query or url.username or url.fragment)

    def _inside_term(self, span: Span, text: str) -> bool:
        """Say whether this is a piece of one of our own e-mail addresses."""
        start, end = span.start, span.end
        while start > 0 and not text[start - 1].isspace() and span.start - start < LONGEST:
            start -= 1
        while end < len(text) and not text[end].isspace() and end - span.end < LONGEST:
            end += 1
        return text[start:end].strip(_AROUND).casefold() in self._terms


def hide_list(path: Path = FOLDER / "hide.txt") -> Known:
    """Read what is always hidden: lines of `KIND term`."""
    known = Known("hide-list")
    for number, line in enumerate(read_lines(path), 1):
        kind, _, term = line.partition(" ")
        if not _KIND.fullmatch(kind) or not _WORD.search(term):
            raise DataError(f"{path.name}: entry {number} must be a KIND in capitals, a space, and a term")
        known.add(term.strip(), kind)
    return known
