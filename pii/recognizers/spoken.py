"""Numbers said in words or one digit at a time, and names spelled letter by letter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pii.recognizers.base import Recognizer
from pii.recognizers.words import any_of, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pii.recognizers.scan import Scan
    from pii.spans import Span

_SPOKEN = load("spoken")
_REPEAT = {word: times for times, key in ((2, "double"), (3, "triple")) for word in _SPOKEN[key]}
_VALUE = {
    word: str(digit)
    for digit, key in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))
    for word in _SPOKEN[key]
} | {word: str(value) for value, word in enumerate(_SPOKEN["teens"], 10)}
_TENS = {word: str(value) for value, word in enumerate(_SPOKEN["tens"], 2)}
_ONE = rf"(?:{any_of([*_REPEAT, *_VALUE, *_TENS])}|\d{{1,4}})"
_TOKEN = re.compile(_ONE)
_RUN = re.compile(
    rf"(?<![\w'\u2019]){_ONE}"
    rf"(?:[\s,.\-\u2013\u2026]{{1,4}}(?:(?:and|then|dann|dan|und|en|uh|um)\s)?{_ONE}(?![\w'\u2019])){{2,40}}"
)
_SPACED = re.compile(r"(?<![\w.,$])\d(?:[ \-,.]{1,2}\d(?!\d)){3,30}(?![\w%])")
# What a said number is, by the cue beside it; the first that fits.
MEANINGS = (
    ("phone", "PHONE_NUMBER", 7, 15),
    ("otp", "ONE_TIME_CODE", 4, 8),
    ("pin", "PIN", 4, 8),
    ("cvv", "CVV", 3, 4),
    ("card", "CREDIT_CARD", 12, 19),
    ("bank", "BANK_ACCOUNT", 6, 13),
    ("id", "ID_NUMBER", 6, 20),
    ("account", "ACCOUNT_NUMBER", 4, 20),
    ("reference", "ID_NUMBER", 4, 20),
    ("passport", "ID_NUMBER", 6, 12),
    ("tax", "ID_NUMBER", 8, 12),
    ("zip", "STREET_ADDRESS", 4, 5),
    ("number", "ID_NUMBER", 5, 20),
)
_BARE = 6  # digits that are hidden without a cue


def spoken_digits(text: str) -> str:
    """Read the digits that a phrase says: "oh eight two, double five" gives 08255."""
    digits, times, tens = "", 1, ""
    for match in _TOKEN.finditer(text.lower()):
        word = match.group()
        value = _VALUE.get(word, word)
        if tens and (len(value) > 1 or value == "0" or word in _TENS or word in _REPEAT):
            digits += tens + "0"
            tens = ""
        if word in _REPEAT:
            times = _REPEAT[word]
        elif word in _TENS:
            tens = _TENS[word]
        else:
            digits += (tens + value) * times
            times, tens = 1, ""
    return digits + (tens and tens + "0")


class SpokenNumberRecognizer(Recognizer):
    """Runs of digit words, and of single digits with spaces between."""

    kinds = tuple(dict.fromkeys(kind for _, kind, _, _ in MEANINGS))

    def ready(self, scan: Scan) -> bool:
        """Look for a digit word, or four single digits."""
        return scan.number_words or scan.digits > 3  # noqa: PLR2004 — the shortest PIN

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Each run, named by its nearest cue, its shape, or neither."""
        for pattern, wanted in ((_RUN, scan.number_words), (_SPACED, scan.digits > 3)):  # noqa: PLR2004 — as above
            for match in pattern.finditer(scan.lower) if wanted else ():
                digits = spoken_digits(match.group())
                kind, score = self._meaning(digits, match, scan)
                if kind and (pattern is _SPACED or _has_word(match.group())):
                    yield self.span(match.start(), match.end(), kind, score)

    @staticmethod
    def _meaning(digits: str, match: re.Match[str], scan: Scan) -> tuple[str, float]:
        best: tuple[int, str] | None = None
        for family, kind, low, high in MEANINGS:
            if low <= len(digits) <= high and family in scan.families:
                gap = scan.near(frozenset({family}), match.start(), match.end())
                if gap is not None and (best is None or gap < best[0]):
                    best = (gap, kind)
        if best:
            return best[1], 0.88
        if len(digits) in {10, 11} and digits[0] in "02":
            return "PHONE_NUMBER", 0.8
        return ("ID_NUMBER", 0.6) if len(digits) >= _BARE else ("", 0.0)


def _has_word(text: str) -> bool:
    return any(map(str.isalpha, text))


_SPELLED = re.compile(r"(?<![\w'\u2019.\-])[^\W\d_]( - |, | |-|\.)(?:[^\W\d_]\1){1,24}[^\W\d_](?![\w'\u2019])")
_LETTER = r"(?:double\s)?[^\W\d_](?:\s(?:as in|for|like|wie|vir)\s[^\W\d_]{2,15})?(?![\w'\u2019])"
_EXPLAINED = re.compile(rf"(?<![\w'\u2019]){_LETTER}(?:[\s,.\-]{{1,3}}(?:and\s)?{_LETTER}){{1,24}}")
_EXPLAINS = re.compile(r"(?<!\w)(?:double\s\w(?!\w)|\w\s(?:as in|wie)\s)")
_NAME_WORDS = frozenset(
    {
        "name",
        "surname",
        "spelled",
        "spelt",
        "spell",
        "spelling",
        "naam",
        "van",
        "spel",
        "buchstabiert",
        "last",
        "first",
    }
)
_LONG_SPELLING = 4
_SHORT = 40  # a longer message shouts rather than spells


class SpelledNameRecognizer(Recognizer):
    """Names spelled out: "S M I T H", "s-m-i-t-h", "S as in Sam"; three letters only beside a word for name."""

    kinds = ("PERSON",)

    def ready(self, scan: Scan) -> bool:
        """At least one word of a single letter beyond "a" and "I"."""
        return any(len(word) == 1 and word not in "ai" for word in scan.words)

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Find runs of single letters, then of explained ones."""
        named = not _NAME_WORDS.isdisjoint(scan.words)
        for match in _SPELLED.finditer(scan.text):
            count = sum(map(str.isalpha, match.group()))
            if named or (count >= _LONG_SPELLING and (scan.question or len(scan.text) <= _SHORT)):
                yield self.span(match.start(), match.end(), "PERSON", 0.85 if named else 0.6)
        if _EXPLAINS.search(scan.lower):
            for match in _EXPLAINED.finditer(scan.lower):
                if _EXPLAINS.search(match.group()):
                    yield self.span(match.start(), match.end(), "PERSON", 0.8)
