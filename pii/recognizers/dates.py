"""Dates of birth: any date beside a word for birth. Other dates name nobody and stay."""

from __future__ import annotations

from pii.recognizers.base import TableRecognizer, shape
from pii.recognizers.words import any_of, load

_MONTH = any_of(load("months")["months"]) + r"\.?"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_NUMBER = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:(?:19|20)\d\d)"
_SHORT = r"(?:(?:19|20)?\d\d)"
_GAP = r" ?[/\-. ] ?"
_TH = r"(?:st|nd|rd|th|ste|de|\.)?"
_SAID_YEAR = (
    rf"(?:,?\s(?:{any_of(load('months')['year_words'])}|and)(?:[\s\-]{any_of(load('months')['year_words'])}){{0,4}})?"
)
_ORDINAL = any_of(load("months")["ordinals"])
_SAID = rf"(?:the )?{_ORDINAL}(?: of)? {_MONTH}{_SAID_YEAR}|{_MONTH}(?: the)? {_ORDINAL}{_SAID_YEAR}"


class BirthDateRecognizer(TableRecognizer):
    """Dates in digits and in words, beside "born", "DOB", "gebore", "geboren" and the like."""

    context = ("born", "birth", "dob", "gebore", "geboren")
    shapes = (
        *(
            shape("DATE_OF_BIRTH", pattern, "birth", cued=0.96)
            for pattern in (
                rf"{_YEAR}{_GAP}{_NUMBER}{_GAP}{_DAY}",
                rf"{_DAY}{_GAP}{_NUMBER}{_GAP}{_SHORT}",
                rf"{_NUMBER}{_GAP}{_DAY}{_GAP}{_SHORT}",
                rf"(?:the )?{_DAY}{_TH}(?: of)?[ \-/]?{_MONTH}(?:,?[ \-/]?'?{_SHORT})?",
                rf"{_MONTH}[ \-]?{_DAY}{_TH}(?:,?[ \-]?'?{_SHORT})?",
                rf"{_MONTH},? {_YEAR}",
                rf"{_YEAR}[ \-]{_MONTH}[ \-]{_DAY}",
                r"(?:19|20)\d\d[01]\d[0-3]\d|[0-3]\d[01]\d(?:19|20)\d\d",
            )
        ),
        shape("DATE_OF_BIRTH", _SAID, "birth", cued=0.9, digits=0, words=frozenset(load("months")["months"])),
        shape("DATE_OF_BIRTH", r"(?:19[2-9]\d|200\d|201\d)", "birth", cued=0.8),
    )
