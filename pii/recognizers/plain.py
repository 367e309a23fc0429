"""Numbers that tell nothing of anybody: prices, shares, times, dates, versions, counts, numbered things.

Rules never hide them. A finder that guesses by the look of a text may: what it claims inside these stays visible.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pii.recognizers.words import any_of, load

if TYPE_CHECKING:
    from collections.abc import Iterator

_LISTS = load("plain")
_AMOUNT = r"\d{1,3}(?:[ .,]\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?"
_CURRENCY = any_of(_LISTS["currencies"])
_UNITS = any_of(load("words")["units"])
PLAIN = re.compile(
    rf"(?<!\w)(?:[$€£¥]|{_CURRENCY})\s?(?:{_AMOUNT})(?:\s?[km])?(?!\w)"  # R1 200, $40
    rf"|(?<![\w.,])(?:{_AMOUNT})\s?(?:[€%‰$£]|{_UNITS}(?!\w))"  # 10%, 49,90 €, 12 users
    r"|(?<!\w)\d{1,2}[:h]\d{2}(?::\d{2})?(?:\s?[ap]m)?(?!\w)"  # 14:30
    r"|(?<![\w.])v?\d{1,4}(?:\.\d{1,4}){2}(?:[\-.]?(?:rc|beta|alpha)\d{0,2})?(?![\w.]\d)"  # 12.3.1
    r"|(?<!\w)(?:19|20)\d\d(?:[/\-](?:19|20)?\d\d){0,2}(?![\w/\-])"  # 2025, 2024/2025, 2025-03-01
    r"|(?<!\w)24/7(?:/365)?(?!\w)"
    r"|(?<!\w)\d{2,5}\s?[x\u00d7]\s?\d{2,5}(?:\s?px)?(?!\w)"  # 1920x1080
    rf"|(?<!\w){any_of(_LISTS['numbered'])}\s?\d{{1,5}}(?:\.\d{{1,4}}){{0,3}}(?!\w)"  # error 500, RFC 9457
)


def plain(text: str) -> Iterator[tuple[int, int]]:
    """Give the places of such numbers with the words that make them so, in order."""
    if any(map(str.isdigit, text)):
        for match in PLAIN.finditer(text.lower() if len(text.lower()) == len(text) else text):
            yield match.span()
