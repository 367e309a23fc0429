"""Bare answers: what was asked decides what a short reply is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pii.recognizers.base import Recognizer
from pii.recognizers.words import any_of, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pii.recognizers.scan import Scan
    from pii.spans import Span

_LISTS = load("words")
_REFUSALS = frozenset(_LISTS["refusals"]) | frozenset(_LISTS["predicates"])
_LEAD = re.compile(rf"(?:[\s,.:;!\"'\u201c-]|{any_of(_LISTS['answer_lead'])}(?![\w'\u2019])){{1,8}}")
_TAIL = re.compile(rf"(?:[\s,.!?\"'\u201d]|(?<![\w'\u2019]){any_of(_LISTS['answer_tail'])}){{1,6}}$")
_PART = re.compile(r"[^,;\n]+")
_LONGEST = 80
_DIGITS = r"\d(?:[ \-]?\d){3,19}"
_CODE = r"(?=[A-Za-z0-9\-/]{0,20}\d)[A-Za-z0-9](?:[A-Za-z0-9/]|[ \-](?=[A-Za-z]{0,3}\d)){2,24}"
_WORDS = r"[^\W_][\w'\u2019.\-]{0,30}(?: [^\W_][\w'\u2019.\-]{0,30}){0,3}"
_NAME_WORD = r"[^\W\d_](?:[^\W\d_'\u2019\-]|['\u2019\-](?=[^\W\d_])){0,30}\.?"
_NAME = rf"{_NAME_WORD}(?: {_NAME_WORD}){{0,3}}"
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    rf"\d{{1,4}}[ /\-.]\d{{1,2}}[ /\-.]\d{{1,4}}|{_NTH} [^\W\d_]{{3,9}},? \d{{2,4}}|"
    rf"[^\W\d_]{{3,9}} {_NTH},? \d{{2,4}}"
    r"|\d{6,8}|(?:19|20)\d\d"
)
_ADDRESS = (
    r"(?:(?i:unit|flat|apt|suite|no|po box|posbus|bag)\.?\s?[A-Za-z]?)?\d"
    r"(?:(?!\s(?:and|but|because|thanks|thank|please|und|aber|en|maar|asseblief)(?!\w))[\w'\u2019.,#/\- \n]){3,79}"
)


class Answer(NamedTuple):
    """A kind, the families of the question that asks for it, and the shape that answers it.

    whole: the reply, or a part of it between commas and line ends, must be nothing else.
    """

    kind: str
    asked: frozenset[str]
    shape: re.Pattern[str]
    whole: bool = False
    score: float = 0.88


def _row(kind: str, families: str, form: str, *, whole: bool = False) -> Answer:
    return Answer(kind, frozenset(families.split()), re.compile(rf"(?<!\w)(?:{form})(?!\w)"), whole)


# The order decides where a question fits several rows: the more special first.
ANSWERS = (
    _row("SECURITY_ANSWER", "security security_topic", _WORDS, whole=True),
    _row(
        "ONE_TIME_CODE",
        "otp",
        rf"{_DIGITS}|[A-Za-z0-9]{{4,10}}(?<=\d)|(?=[A-Za-z]{{0,9}}\d)[A-Za-z0-9]{{4,10}}|[A-Z]-\d{{4,8}}",
    ),
    _row("CVV", "cvv", r"\d{3,4}"),
    _row("CARD_EXPIRY", "expiry", r"\d{1,2}\s?[/\-. ]\s?\d{2,4}|\d{4}"),
    _row("PIN", "pin", r"\d(?:[ \-]?\d){3,7}"),
    _row("USERNAME", "username login", r"@?[A-Za-z0-9][\w.\-@]{1,39}", whole=True),
    _row("PASSWORD", "password", r"\S{3,64}", whole=True),
    _row(
        "DATE_OF_BIRTH",
        "birth",
        _DATE,
    ),
    _row("CREDIT_CARD", "card", r"\d(?:[ \-]?\d){11,18}"),
    _row("STREET_ADDRESS", "zip", r"\d{4,5}(?:-\d{4})?|[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}", whole=False),
    _row("STREET_ADDRESS", "address", _ADDRESS),
    _row("PHONE_NUMBER", "phone", r"\+?\(?\d(?:[ \-().]{0,2}\d){5,14}"),
    _row(
        "LICENSE_PLATE", "plate", r"(?=[A-Za-z \-]{0,8}\d)[A-Za-z0-9]{1,8}(?:[ \-][A-Za-z0-9]{1,6}){0,3}", whole=True
    ),
    _row("BANK_ACCOUNT", "bank", r"\d(?:[ \-]?\d){6,12}"),
    _row("ACCOUNT_NUMBER", "account", _CODE),
    _row("ID_NUMBER", "reference", _CODE),
    _row("ID_NUMBER", "id", _CODE),
    _row("ID_NUMBER", "passport", _CODE),
    _row("ID_NUMBER", "license", _CODE),
    _row("ID_NUMBER", "ssn", _CODE),
    _row("ID_NUMBER", "tax", _CODE),
    _row("ID_NUMBER", "national", _CODE),
    _row("ID_NUMBER", "number", _CODE),
    _row("PERSON", "name_asked", _NAME, whole=True),
)


# A message that is nothing but this is an answer, whatever was asked.
_TOKEN = re.compile(
    r"(?=[A-Za-z0-9_.\-]{0,20}\d[A-Za-z_.\-]{0,20}\d)(?=[\d_.\-]{0,20}[A-Za-z])[A-Za-z0-9][A-Za-z0-9_.\-]{4,30}[A-Za-z0-9]"
)


class AnswerRecognizer(Recognizer):
    """Replies such as "3941" after "what is your PIN?", or "Poppy" after "name of your first pet?"."""

    kinds = tuple(dict.fromkeys(row.kind for row in ANSWERS))

    def ready(self, scan: Scan) -> bool:
        """Look for a short reply, after a question or of a single code."""
        return len(scan.text) <= 2 * _LONGEST and (bool(scan.question) or scan.mixed)

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Each row that the question asks for: whole parts once, shaped values everywhere."""
        parts = list(_parts(scan.lower))
        if not scan.question:
            for start, end in parts[: len(parts) == 1]:
                if _TOKEN.fullmatch(scan.text, start, end):
                    yield self.span(start, end, "ID_NUMBER", 0.5)
            return
        for row in ANSWERS:
            if row.asked.isdisjoint(scan.asked):
                continue
            if not row.whole:
                for match in row.shape.finditer(scan.text):
                    yield self.span(match.start(), match.end(), row.kind, row.score)
            for start, end in tuple(parts) if row.whole else ():
                match_whole = row.shape.match(scan.text, start, end)
                if (
                    match_whole
                    and _complete(scan.text[match_whole.end() : end])
                    and not _refuses(scan.lower[start:end])
                ):
                    parts.remove((start, end))
                    yield self.span(start, match_whole.end(), row.kind, row.score)


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Split a reply at commas and line ends, each part without "it's", "sure," before and "thanks" after."""
    for part in _PART.finditer(text):
        start, end = part.span()
        lead = _LEAD.match(text, start, end)
        start = lead.end() if lead else start
        tail = _TAIL.search(text[start:end])
        end = start + tail.start() if tail else end
        if start < end <= start + _LONGEST:
            yield start, end


def _complete(rest: str) -> bool:
    """Nothing follows a whole answer but codes and addresses that other rows take."""
    return all(any(c.isdigit() or c == "@" for c in word) for word in rest.split())


def _refuses(answer: str) -> bool:
    """Judge whether a reply begins as a sentence does, and gives nothing away."""
    first = re.match(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?", answer)
    return first is not None and first.group() in _REFUSALS and not any(map(str.isdigit, answer))
