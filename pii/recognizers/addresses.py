"""Street and postal addresses: a number and a street, and all that belongs to it on either side.

Unit 11, | 139 Umhlanga Rocks Drive | , Umhlanga, 4320
◄─ before ── core ─────────────────── after ──────────►
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pii.recognizers.base import Recognizer, TableRecognizer, shape
from pii.recognizers.beside import BesideRecognizer, beside
from pii.recognizers.words import any_of, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pii.recognizers.scan import Scan
    from pii.spans import Span

_LISTS = load("streets")
_STRONG = frozenset(_LISTS["strong"])
_STOP = frozenset(_LISTS["stop"]) | frozenset(load("words")["units"])
_PLAIN, _PARTICLES = frozenset(_LISTS["plain"]), frozenset(_LISTS["particles"])
_I = re.IGNORECASE
_NUM = r"(?<![\w.,:/$€£\-])\d{1,5}(?:\s?[A-Za-z](?![A-Za-z]))?(?:\s?[\-/\u2013]\s?\d{1,4}[A-Za-z]?(?![\w/]))?"
_NAME = r"[^\W_][\w'\u2019.\-]{0,30}"
_TYPE = any_of([*_LISTS["strong"], *_LISTS["weak"]])
_CORE = re.compile(rf"({_NUM}),?\s{{1,2}}((?:{_NAME}\s{{1,2}}){{1,4}}?)({_TYPE})(?!\w)(?:\.(?=[\s,]|$))?", _I)
_CAP = r"[A-ZÀ-ÖØ-ÞĀĆČĎĐĘĚŁŃŇŐŘŚŠŤŮŹŽΑ-ΩА-Я](?:[^\W\d_]|['\u2019.\-](?=[^\W\d_])){1,30}"
_CAPS = rf"{_CAP}(?:[ \-]{_CAP}){{0,3}}"
_DOUBLE = re.compile(
    rf"({_NUM})\s{_CAP}(?:\s{_NAME}){{0,3}}?\s\d{{1,4}}\.?(?=[\s,]{{1,3}}(?i:apt|suite|flat|unit|wohnung)\.?\s?#?\d)"
)
_GLUED = rf"[^\W\d_][^\W\d_\-]{{2,30}}(?:-[^\W\d_]{{2,20}}){{0,2}}{any_of(_LISTS['glued'])}"
_AROUND = re.compile(
    rf"(?<![\w\-])(?:({_NUM}),?\s)?({_GLUED})(?![^\W\d_])(?:\s{{1,2}}(\d{{1,4}}(?:\s?[A-Za-z](?![A-Za-z]))?)(?![\w%]|\s?{any_of(load('words')['units'])}(?!\w)))?",
    _I,
)
_LEAD = re.compile(
    rf"(?:({_NUM}),?\s)?(?<!\w){any_of(_LISTS['leading'])}\.?\s((?:(?!\d){_NAME}\s?){{1,4}}?)(?:,?\s(\d{{1,5}}[A-Za-z]?)(?!\w)|(?=[\n,.;]|$))",
    _I,
)
_TRAIL = re.compile(
    rf"(?<!\w)(?:{_CAP}\s){{1,3}}(?i:straat|singel|laan|rylaan|weg|steeg|plein|allee|platz|gasse|straße|strasse|str\.)\s\d{{1,4}}(?:\s?[A-Za-z](?![A-Za-z]))?(?![\w%])"
)
_STAND = re.compile(rf"(?<!\w)(?i:plot|stand|erf|farm|portion|hoewe|perseel)\s\d{{1,5}},\s{_CAPS}")
_BOX = re.compile(
    rf"(?<!\w)(?:{any_of(_LISTS['box'])}[\s:.#]{{0,3}}[A-Za-z]?\s?\d{{1,6}}|"
    rf"PSC \d{{1,5}},? Box \d{{1,5}}|Unit \d{{1,5}} Box \d{{1,5}}|[AFD]PO A[AEP] \d{{5}})(?!\w)",
    _I,
)
_UNIT = any_of(_LISTS["unit"])
_BEFORE = re.compile(
    rf"(?<!\w)((?i:{_UNIT}))\.?\s{{0,2}}#?\s?[A-Za-z]?\d{{0,5}}[A-Za-z]?(?:,?\s{{1,2}}(?:{_CAP}\s?){{1,4}})?,?\s{{1,2}}$"
)
_APT = re.compile(
    r"(?<!\w)(?:apt|apartment)\.?\s?#?\s?(?:\d{1,5}[A-Za-z]?|[A-Za-z]\d{1,4})(?!\w)|"
    r"(?<!\w)suite \d{2,5}(?=\s{0,2}(?:[,\n]|\d|$))",
    _I,
)
_TOWNS = any_of(_LISTS["towns"])
_STATES = frozenset(_LISTS["states"])
_TOWN_WORDS = frozenset(word for town in _LISTS["towns"] for word in town.split())
_CODE = r"\d{4,6}(?:-\d{3,4})?(?![\w/:\-]|\.\d)"
_POSTCODE = r"[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}(?!\w)"
# What stands for a part of a building after the street.
_INNER = any_of([word for word in _LISTS["unit"] if word not in {"no", "number", "nr", "house", "door"}])
_AFTER = tuple(
    re.compile(pattern)
    for pattern in (
        rf",?\s{{0,2}}(?:#|(?i:{_INNER})\.?)\s?#?\s?(?:\d{{1,5}}[A-Za-z]?|[A-Za-z]\d{{0,4}})(?!\w)",
        rf"\s(?i:{any_of(_LISTS['direction'])}|ext(?:ension)?\.? ?\d{{1,3}}|x\d{{1,3}})(?![\w'\u2019])\.?",
        rf",?\s{{1,3}}(?i:{_TOWNS})(?!\w)",
        rf",?\s{{1,3}}(?:{any_of([s.upper() for s in _LISTS['states']])})\s\d{{5}}(?:-\d{{4}})?(?!\w)",
        rf",?\s{{1,3}}{_POSTCODE}",
        rf"\s{{0,2}}(?:,|\n)\s{{0,3}}{_CAPS}(?![\w'\u2019])",
        rf",\s?(?!(?i:{any_of([*_LISTS['stop']])})(?!\w))[a-zà-ÿ][\w'\u2019]{{2,20}}(?:\s[a-zà-ÿ][\w'\u2019]{{2,20}}){{0,1}}(?=\s?,\s?(?:\d|[a-z]{{3,20}}\s?,?\s?\d)|\s{_CODE})",
        rf"\s{_CAPS},?\s{_CODE}",
        rf",?\s{{1,3}}{_CODE}",
    )
)
_BARE_UNITS = frozenset(
    {
        "unit",
        "flat",
        "apt",
        "apartment",
        "suite",
        "ste",
        "shop",
        "no",
        "nr",
        "erf",
        "stand",
        "plot",
        "lot",
        "eenheid",
        "woonstel",
    }
)
# Words of which a message must hold one before a form is tried.
_TYPES = frozenset(_LISTS["strong"] + _LISTS["weak"])
_ENDINGS = tuple(ending.strip(".") for ending in _LISTS["glued"])
_LEADING = frozenset(word.strip("/") for word in _LISTS["leading"])
_UNITS = frozenset({"apt", "apartment", "suite", "flat", "unit", "wohnung"})
_STANDS = frozenset({"plot", "stand", "erf", "farm", "portion", "hoewe", "perseel"})
_BOXES = frozenset(
    {"box", "pobox", "posbus", "postfach", "bag", "privaatsak", "postnet", "postbus", "apartado", "apo", "fpo", "dpo"}
)
_FARTHEST = 160  # characters that an address may take beyond its core


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
        for start, end, score in sorted(_cores(scan)):
            if start >= reached:
                reached = extend(scan.text, end)
                yield self.span(_begin(scan.text, start), reached, "STREET_ADDRESS", score)


def _cores(scan: Scan) -> Iterator[tuple[int, int, float]]:
    """Every core of an address, by the forms whose words are in the message."""
    text, words = scan.text, scan.words
    if not _TYPES.isdisjoint(words):
        lowered = text == scan.lower
        for match in _CORE.finditer(text):
            if score := _street(match, lowered=lowered):
                yield *match.span(), score
    if any(word.endswith(_ENDINGS) for word in words):
        for match in _AROUND.finditer(text):
            if (match[1] or match[3]) and match[2].lower() not in _STOP and (match[2][0].isupper() or match[3]):
                yield *match.span(), 0.85
    if not _LEADING.isdisjoint(words):
        for match in _LEAD.finditer(text):
            if (match[1] or match[3]) and match[2][0].isupper():
                yield *match.span(), 0.75
    for pattern, score, needed in (
        (_DOUBLE, 0.8, _UNITS),
        (_TRAIL, 0.85, _TYPES),
        (_STAND, 0.75, _STANDS),
        (_BOX, 0.95, _BOXES),
        (_APT, 0.7, _UNITS),
    ):
        if not needed.isdisjoint(words):
            for match in pattern.finditer(text):
                yield *match.span(), score


def _street(match: re.Match[str], *, lowered: bool) -> float:
    """Belief in number, name, type: capitals, or a strong type, or a plain name before a weak one."""
    names = [name for name in match[2].split() if name.lower() not in _PARTICLES] or match[2].split()
    kind = match[3].lower()
    if all(name[0].isupper() or name[0].isdigit() for name in names):
        return (
            0.0
            if names[0].lower() in _STOP
            else 0.95
            if kind in _STRONG
            else 0.85 * (match[3][0].isupper() or len(kind) > 2)
        )
    words = {name.lower().strip(".,") for name in match[2].split()}
    if not words.isdisjoint(_STOP) or len(names) > (3 if lowered else 2):
        return 0.0
    if kind in _STRONG:
        return 0.85
    return 0.65 if len(names) == 1 and kind in _PLAIN and names[0].isalpha() and len(names[0]) > 2 else 0.0  # noqa: PLR2004 — a name


def _begin(text: str, start: int) -> int:
    left = max(0, start - 60)
    match = _BEFORE.search(text[left:start])
    return (
        left + match.start()
        if match and (match[1].lower() in _BARE_UNITS or any(map(str.isdigit, match[0])))
        else start
    )


def extend(text: str, end: int) -> int:
    """Where an address ends whose core ends at `end`: units, suburb, town, state and code taken in."""
    limit = end + _FARTHEST
    while end < limit:
        for pattern in _AFTER:
            match = pattern.match(text, end)
            if match and match.end() > end:
                end = match.end()
                break
        else:
            break
    return end


class PostalCodeRecognizer(TableRecognizer):
    """Codes that name a place by themselves: British and Canadian postcodes, state and ZIP, town and code."""

    context = ("postcode", "zip", "poskode", "plz")
    shapes = (
        shape("STREET_ADDRESS", r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}", "zip address", flags=0, bare=0.7, mixed=True),
        shape("STREET_ADDRESS", r"[A-Z]\d[A-Z] ?\d[A-Z]\d", "zip address", flags=0, bare=0.6, mixed=True),
        shape(
            "STREET_ADDRESS",
            rf"(?:{any_of([s.upper() for s in _LISTS['states']])}),? \d{{5}}(?:-\d{{4}})?",
            "zip address",
            flags=0,
            bare=0.7,
            longest=5,
            words=_STATES,
        ),
        shape(
            "STREET_ADDRESS", rf"{_TOWNS},?\s{{1,2}}\d{{4}}", "zip address", bare=0.6, longest=4, words=_TOWN_WORDS
        ),
        shape(
            "STREET_ADDRESS",
            rf"\d{{5}} {_TOWNS}",
            "zip address",
            bare=0.75,
            cued=0.8,
            longest=5,
            words=_TOWN_WORDS,
            lead="9",
        ),
    )


class PostalCodeByCueRecognizer(BesideRecognizer):
    """A code beside the word for it."""

    rows = (
        beside(
            "STREET_ADDRESS",
            "zip",
            r"\d{5}-\d{3,4}|\d{4,6}|\d{3} \d{2}|\d{2}-\d{3}|[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}",
            score=0.8,
        ),
    )


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
        if word.lower() in _STOP or not (word[:1].isdigit() or word[:1].isupper() or (free and words < 3)):  # noqa: PLR2004 — three words
            break
        words += not word[:1].isdigit()
        end = match.end()
    return end if words else 0
