"""Street and postal addresses: a number and a street, and all that belongs to it on either side.

Unit 11, | 139 Umhlanga Rocks Drive | , Umhlanga, 4320
◄─ before ── core ─────────────────── after ──────────►
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pii.recognizers.base import Recognizer
from pii.recognizers.streets import CAP, CAPS, STOP, cores
from pii.recognizers.words import any_of, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pii.recognizers.scan import Scan
    from pii.spans import Span

_LISTS = load("streets")
_BARE_UNITS = frozenset(_LISTS["bare_unit"])
_BEFORE = re.compile(
    rf"(?<!\w)((?i:{any_of(_LISTS['unit'])}))\.?\s{{0,2}}#?\s?[A-Za-z]?\d{{0,5}}[A-Za-z]?"
    rf"(?:,?\s{{1,2}}(?:{CAP}\s?){{1,4}})?,?\s{{1,2}}$"
)
_STATE = any_of([state.upper() for state in _LISTS["states"]])
_CODE = r"\d{4,6}(?:-\d{3,4})?(?![\w/:\-]|\.\d)"
_LOWER = rf"(?!(?i:{any_of(_LISTS['stop'])})(?!\w))(?i:[a-z][a-z']{{1,15}})"
_PLACE = r"[a-zà-ÿ][\w'\u2019]{2,20}(?:\s[a-zà-ÿ][\w'\u2019]{2,20})?"
# What may follow, most telling first; after each, all are tried again.
_AFTER = tuple(
    re.compile(pattern)
    for pattern in (
        rf",?\s{{0,2}}(?:#|(?i:{any_of(_LISTS['inner_unit'])})\.?)\s?#?\s?(?:\d{{1,5}}[A-Za-z]?|[A-Za-z]\d{{0,4}})(?!\w)",
        rf"\s(?i:{any_of(_LISTS['direction'])}|ext(?:ension)?\.? ?\d{{1,3}}|x\d{{1,3}})(?![\w'\u2019])\.?",
        rf",?\s{{1,3}}(?i:{any_of(_LISTS['towns'])}|{any_of(_LISTS['state_names'])})(?!\w)",
        rf"(?:,?\s{_LOWER}){{1,3}},?\s(?i:{_STATE},?\s\d{{5}}(?:-\d{{4}})?|{any_of(_LISTS['state_names'])})(?!\w)",
        rf",?\s{{1,3}}(?i:{_STATE}),?\s\d{{5}}(?:-\d{{4}})?(?!\w)",
        rf"(?:,?\s{_LOWER}){{0,2}},?\s{{1,3}}[A-Za-z]{{1,2}}\d[A-Za-z\d]? ?\d[A-Za-z]{{2}}(?!\w)",
        rf"\s{{0,2}}(?:,|\n)\s{{0,3}}{CAPS}(?![\w'\u2019])",
        rf",\s?(?!(?i:{any_of(_LISTS['stop'])})(?!\w)){_PLACE}(?=\s?,\s?(?:\d|[a-z]{{3,20}}\s?,?\s?\d)|\s{_CODE})",
        rf"\n\s?(?!(?i:{any_of(_LISTS['stop'])})(?!\w)){_PLACE}(?=\n[^\n]{{0,40}}\d{{4,6}}|,? {_CODE})",
        rf"\s{CAPS},?\s{_CODE}",
        rf",?\s{{1,3}}{_CODE}",
    )
)
_FARTHEST = 160  # characters that an address may take beyond its core
_LOOK_BACK = 60


class StreetRecognizer(Recognizer):
    """Streets with a number, written the English, Germanic or Romance way, with unit, suburb, town and code."""

    kinds = ("STREET_ADDRESS",)
    context = ("address", "street", "adres", "adresse")

    def ready(self, scan: Scan) -> bool:
        """Look for a digit, as every address here has one."""
        return scan.digits > 0

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Cores by form, each grown to both sides."""
        reached = 0
        for start, end, score in sorted(cores(scan)):
            if start >= reached:
                reached = extend(scan.text, end)
                yield self.span(_begin(scan.text, start), reached, "STREET_ADDRESS", score)


def _begin(text: str, start: int) -> int:
    """Where an address begins whose core begins at `start`: unit and complex taken in."""
    left = max(0, start - _LOOK_BACK)
    before, at = text[left:start], 0
    while match := _BEFORE.search(before, at):
        if match[1].lower() in _BARE_UNITS or any(map(str.isdigit, match[0])):
            return left + match.start()
        at = match.start() + 1
    return start


def extend(text: str, end: int) -> int:
    """Where an address ends whose core ends at `end`: units, suburb, town, state and code taken in."""
    limit = end + _FARTHEST
    while end < limit:
        found = next((match for pattern in _AFTER if (match := pattern.match(text, end))), None)
        if found is None:
            break
        end = found.end()
    return end


_LOOSE = re.compile(
    r"(?:(?i:unit|flat|apt|suite|no|stand|house)\.?\s)?\d{1,5}[A-Za-z]?(?:[\s,#/\-]{1,3}[\w'\u2019.\-]{1,30}){1,10}"
)
_TOKEN = re.compile(r"[\s,#/\-]{0,3}[\w'\u2019.\-]{1,30}")


class AddressByCueRecognizer(Recognizer):
    """A number and the words after it, beside a cue for an address: "I live at 12 Nowhere"."""

    kinds = ("STREET_ADDRESS",)
    _cues = frozenset({"address"})

    def ready(self, scan: Scan) -> bool:
        """Look for a digit and the cue."""
        return scan.digits > 0 and not self._cues.isdisjoint(scan.families)

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Take the words after the number, as far as they can belong to it."""
        for _, start in scan.after(self._cues):
            match = _LOOSE.match(scan.text, start)
            if match:
                end = _loose_end(match.group(), free=scan.text == scan.lower) + start
                if end - start > 4:  # noqa: PLR2004 — a number and a word
                    yield self.span(start, extend(scan.text, end), "STREET_ADDRESS", 0.7)


def _loose_end(text: str, *, free: bool) -> int:
    """Take words while they are capitals or numbers; in lower-cased text, three that are no stop words."""
    end, words = 0, 0
    for match in _TOKEN.finditer(text):
        word = match.group().strip(" ,#/-\n.")
        if word.lower() in STOP or not (word[:1].isdigit() or word[:1].isupper() or (free and words < 3)):  # noqa: PLR2004 — three words
            break
        words += not word[:1].isdigit()
        end = match.end()
    return end if words else 0
