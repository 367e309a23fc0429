"""E-mail addresses and telephone numbers, in every spelling that people type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from pii.recognizers.base import NOT_DATE, Recognizer, Shape, TableRecognizer, shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pii.recognizers.scan import Scan
    from pii.spans import Span

_ENDINGS = "com|net|org|info|io|africa|za|de|uk|at|ch|nl|be|fr|es|it|us|in|ng|eu|co"
_FREE = "gmail|googlemail|yahoo|ymail|hotmail|outlook|live|icloud|webmail|mweb|vodamail|telkomsa|gmx|web|proton|aol"
_BEGIN = r"(?<![\w.+%\-])"
_LOCAL = r"[\w.+%'\-]{1,64}"
_LABEL = r"[\w\-]{2,63}"
# The local part as people dictate it: "thandi dot nkosi", "thandi underscore n".
_SAID = r"[\w+%\-]{1,64}(?:(?:\.|\s(?:dot|punkt|punt|underscore|dash)\s)[\w+%\-]{1,64}){0,3}"
_BRACKETED = r"\s{0,2}[\[({<]\s?(?:at|ät)\s?[\])}>]\s{0,2}"
_AT = rf"(?:{_BRACKETED}|\s{{1,2}}(?:at|ät|@)\s{{1,2}})"
_DOT = r"(?:\s{0,2}[\[({]\s?(?:dot|punkt|punt)\s?[\])}]\s{0,2}|\s{1,2}(?:dot|punkt|punt|kolletjie)\s{1,2})"
_ANY_DOT = rf"(?:{_DOT}|\s{{0,2}}\.\s{{0,2}}|\spoint\s)"
_NO_HOST = r"(?!(?:www|mail|login|my|accounts?|smtp|imap|pop|m)\.)"
# What the message must hold, how sure the form is, and the form.
_FORMS = (
    ("@", 1.0, rf"{_LOCAL}@(?:[\w\-]{{1,63}}\.){{1,5}}[^\W\d_]{{2,24}}"),
    (
        "@",
        0.9,
        rf"[\w.+%\-]{{1,64}}\s{{0,2}}@\s{{0,2}}{_LABEL}(?:\s{{0,2}}\.\s?{_LABEL}){{0,3}}\s{{0,2}}\.\s?(?:{_ENDINGS})",
    ),
    ("@", 0.7, rf"(?=[\w.+%\-]{{0,63}}[^\W\d_]){_LOCAL}@(?=[\w\-]{{0,40}}[^\W\d_]){_LABEL}"),
    ("dot", 0.95, rf"{_SAID}{_AT}{_LABEL}(?:{_DOT}{_LABEL}){{0,3}}{_DOT}(?:{_ENDINGS})"),
    ("bracket", 0.95, rf"{_SAID}{_BRACKETED}{_LABEL}(?:\.{_LABEL}){{1,4}}"),
    ("at", 0.9, rf"{_SAID}{_AT}(?:{_FREE}){_ANY_DOT}[a-z]{{2,6}}(?:{_ANY_DOT}[a-z]{{2}})?"),
    ("free", 0.8, rf"{_NO_HOST}[\w.+\-]{{2,64}}[\s.](?:{_FREE})(?:\s|\.|\sdot\s)(?:com|net|co\.?\s?za|de)"),
)


class EmailRecognizer(Recognizer):
    """E-mail addresses: plain, spaced, spelled with "at" and "dot", and begun but not finished."""

    kinds = ("EMAIL_ADDRESS",)
    context = ("email", "e-mail", "mail", "epos")
    forms: ClassVar[tuple[tuple[str, float, re.Pattern[str]], ...]] = tuple(
        (need, score, re.compile(rf"{_BEGIN}{form}(?!\w)", re.IGNORECASE)) for need, score, form in _FORMS
    )
    _ats, _dots = frozenset({"at", "ät"}), frozenset({"dot", "punkt", "punt", "kolletjie"})
    _hosts, _brackets = frozenset(_FREE.split("|")), frozenset("[({<")

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Every form whose sign or word is in the message."""
        needs = self._needs(scan)
        for need, score, form in self.forms:
            if need in needs:
                for match in form.finditer(scan.text):
                    yield self.span(match.start(), match.end(), "EMAIL_ADDRESS", score)

    def ready(self, scan: Scan) -> bool:
        """Look for an at sign, or the words for it."""
        return bool(self._needs(scan))

    def _needs(self, scan: Scan) -> set[str]:
        """Name what the message holds, as the forms do."""
        needs = {"@"} if "@" in scan.text else set()
        if not self._hosts.isdisjoint(scan.words):
            needs |= {"free"} if self._ats.isdisjoint(scan.words) else {"free", "at"}
        if not self._ats.isdisjoint(scan.words):
            needs |= set() if self._dots.isdisjoint(scan.words) else {"dot"}
            needs |= set() if self._brackets.isdisjoint(scan.text) else {"bracket"}
        return needs


_EXT = r"(?:\s?(?:x|ext\.?|extension|uitbreiding|durchwahl)\s?\d{1,6})?"


def _count(low: int, high: int) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        return low <= sum(map(str.isdigit, value)) <= high

    return check


def _phone(pattern: str, **rest: Any) -> Shape:
    return shape("PHONE_NUMBER", NOT_DATE + pattern + _EXT, "phone", lead="9", **rest)


class PhoneRecognizer(TableRecognizer):
    """Telephone numbers: South African in every usual spelling, international, and by cue any grouping."""

    context = ("phone", "cell", "mobile", "tel", "selfoon", "handy")
    shapes = (
        _phone(
            r"(?:(?:\+|00)\s?27|\(\+27\))[ \-.]?(?:\(0\)[ \-.]?)?[1-8](?:[\s\-./]{0,2}\d){8}",
            bare=0.95,
            cued=0.99,
            digits=11,
        ),
        _phone(r"\(?0[1-8]\d\)?[\s\-./]{0,3}\d(?:[\s\-.]?\d){6}", bare=0.85, cued=0.97, digits=10),
        _phone(r"[oO][1-8]\d(?:[\s\-.]?\d){7}", bare=0.8, cued=0.95, digits=9)._replace(lead="A"),
        _phone(r"27[ \-.]?[1-8]\d(?:[ \-.]?\d){7}", bare=0.75, cued=0.97, digits=11),
        _phone(
            r"(?:\+|00)[ ]?[1-9](?:[ \-./]{0,2}\(?\d\)?){6,14}", bare=0.85, cued=0.97, check=_count(8, 17), digits=8
        ),
        _phone(
            r"(?:(?:\+|00)?1[ \-.])?(?:\(\d{3}\)[ \-.]?|\d{3}[ \-.])\d{3}[ \-.]?\d{4}",
            bare=0.75,
            cued=0.95,
            digits=10,
        ),
        _phone(
            r"\(?0\d{1,4}\)?[ \-/.]\d{2,8}(?:[ \-.]\d{2,5}){0,4}", bare=0.6, cued=0.92, check=_count(8, 12), digits=8
        ),
        _phone(r"0\d{9,11}", bare=0.55, cued=0.95, longest=10),
        _phone(r"\(?\d[\d \-./()]{4,20}\d", cued=0.89, check=_count(7, 15), digits=7),
        _phone(r"\d{7,15}", cued=0.86, longest=7),
        _phone(r"\d{2} \d{2} \d{2}", cued=0.7, digits=6),
    )
