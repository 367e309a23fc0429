"""Forms of a street or box in an address, and how far to believe each.

English: number, name, type. Afrikaans, Dutch, German: name and type joined or apart, number before or after.
Romance and Slavic: type, name, number. And boxes, plots, apartments.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pii.recognizers.words import any_of, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pii.recognizers.scan import Scan

_LISTS = load("streets")
_STRONG, _PLAIN = frozenset(_LISTS["strong"]), frozenset(_LISTS["plain"])
_PARTICLES = frozenset(_LISTS["particles"])
STOP = frozenset(_LISTS["stop"]) | frozenset(load("words")["units"])
_SURE, _FOREIGN = _LISTS["sure"], frozenset(_LISTS["foreign"])
_ENGLISH_TOO = frozenset({"via", "place", "route", "al", "os", "av", "str"})
_SHORT = 2  # letters; "dr" and "st" are other words too

# A house number, not a part of a date, a price or a time.
_NUM = r"(?<![\w.,:/$€£\-])\d{1,5}(?:\s?[A-Za-z](?![A-Za-z]))?(?:\s?[\-/\u2013]\s?\d{1,4}[A-Za-z]?(?![\w/]))?"
_NAME = r"(?!\d{1,5}[\s,])[^\W_][\w'\u2019.\-]{0,30}"
CAP = r"[A-ZÀ-ÖØ-ÞĀĆČĎĐĘĚŁŃŇŐŘŚŠŤŮŹŽΑ-ΩА-Я](?:[^\W\d_]|['\u2019.\-](?=[^\W\d_])){1,30}"
CAPS = rf"{CAP}(?:[ \-]{CAP}){{0,3}}"
_AFTERWARDS = r"\d{1,4}(?:\s?[A-Za-z](?![A-Za-z]))?(?![\w%])"
_TYPE = any_of([*_LISTS["strong"], *_LISTS["weak"]])
_GLUED = rf"[^\W\d_][^\W\d_\-]{{2,30}}(?:-[^\W\d_]{{2,20}}){{0,2}}{any_of(_LISTS['glued'])}"
_UNITS = any_of(load("words")["units"])
_FLATS = ("apt", "apartment", "suite", "flat", "unit", "wohnung")


class Form(NamedTuple):
    """A way to write the core of an address; tried when one of `words` (or endings of words) is in the message."""

    pattern: re.Pattern[str]
    judge: Callable[[re.Match[str], bool], float]
    words: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()


def _always(score: float) -> Callable[[re.Match[str], bool], float]:
    return lambda _match, _lowered: score


def _english(match: re.Match[str], lowered: bool) -> float:
    """Judge number, name, type: capitals, or a strong type, or a plain name before a weak one."""
    written = match["name"].split()
    names = [name for name in written if name.lower() not in _PARTICLES] or written
    kind = match["type"].lower()
    if all(name[0].isupper() or name[0].isdigit() for name in names):
        return _capital(names[0].lower(), kind, match["type"])
    if not STOP.isdisjoint(name.lower().strip(".,") for name in written) or len(names) > (3 if lowered else 2):
        return 0.0
    if kind in _STRONG:
        return 0.85
    fits = len(names) <= (2 if lowered else 1) and kind in _PLAIN and names[0].isalpha() and len(names[0]) > _SHORT
    return 0.65 if fits else 0.0


def _capital(first: str, kind: str, written: str) -> float:
    if first in STOP:
        return 0.0
    if kind in _STRONG:
        return 0.95
    return 0.85 if written[0].isupper() or len(kind) > _SHORT else 0.0


def _germanic(match: re.Match[str], _lowered: bool) -> float:
    """Judge "Kerkstraat 14" and "14 Kerkstraat"; in lower case the number comes after, or the ending is sure."""
    name, before, after = match["name"], match["before"], match["after"]
    sure = after or name[0].isupper() or name.lower().endswith(_SURE)
    fits = (before or after) and name.lower() not in STOP and sure
    return 0.85 if fits else 0.0


def _romance(match: re.Match[str], lowered: bool) -> float:
    """Judge "19 rue La Boétie" and "Via Giberti 75"; in lower case only types that are no English words."""
    lead = match["lead"]
    fits = match["name"][0].isupper() and (lead[0].isupper() or lead not in _ENGLISH_TOO)
    fits = fits or (lowered and lead.lower() in _FOREIGN)
    return 0.75 if fits and (match["before"] or match["after"]) else 0.0


def _form(
    pattern: str, judge: Callable[[re.Match[str], bool], float], *words: str, flags: int = re.IGNORECASE
) -> Form:
    return Form(re.compile(pattern, flags), judge, frozenset(words))


FORMS = (
    _form(
        rf"{_NUM},?\s{{1,2}}(?P<name>(?:{_NAME}\s{{1,2}}){{1,4}}?)(?P<type>{_TYPE})(?!\w)(?:\.(?=[\s,]|$))?",
        _english,
        *_LISTS["strong"],
        *_LISTS["weak"],
    ),
    _form(
        rf"(?<![\w\-])(?:(?P<before>{_NUM}),?\s)?(?P<name>{_GLUED})(?![^\W\d_])"
        rf"(?:\s{{1,2}}(?P<after>{_AFTERWARDS}(?!\s?{_UNITS}(?!\w))))?",
        _germanic,
    )._replace(endings=tuple(ending.strip(".") for ending in _LISTS["glued"])),
    _form(
        rf"(?:(?P<before>{_NUM}),?\s)?(?<!\w)(?P<lead>{any_of(_LISTS['leading'])})\.?\s"
        rf"(?P<name>(?:(?!\d){_NAME}\s?){{1,4}}?)(?:,?\s(?P<after>\d{{1,5}}[A-Za-z]?)(?!\w)|(?=[\n,.;]|$))",
        _romance,
        *(word.strip("/") for word in _LISTS["leading"]),
    ),
    _form(
        rf"(?<!\w)(?:{CAP}\s){{1,3}}(?i:{any_of(_LISTS['trailing'])})\s{_AFTERWARDS}",
        _always(0.85),
        *_LISTS["trailing"],
        flags=0,
    ),
    _form(
        rf"(?<!\w)(?!{any_of(_LISTS['stop'])}(?!\w))[^\W\d_]{{3,20}}\s{any_of(_LISTS['sure'])}\s{_AFTERWARDS}",
        lambda _match, lowered: 0.75 * lowered,
        *_LISTS["trailing"],
    ),
    _form(
        rf"{_NUM}\s{CAP}(?:\s{_NAME}){{0,3}}?\s\d{{1,4}}\.?(?=[\s,]{{1,3}}(?i:{any_of(_FLATS)})\.?\s?#?\d)",
        _always(0.8),
        *_FLATS,
        flags=0,
    ),
    _form(rf"(?<!\w)(?i:{any_of(_LISTS['land'])})\s\d{{1,5}},\s{CAPS}", _always(0.75), *_LISTS["land"], flags=0),
    _form(
        rf"(?<!\w)(?:{any_of(_LISTS['box'])}[\s:.#]{{0,3}}[A-Za-z]?\s?\d{{1,6}}|"
        r"PSC \d{1,5},? Box \d{1,5}|Unit \d{1,5} Box \d{1,5}|[AFD]PO A[AEP] \d{5})(?!\w)",
        _always(0.95),
        *_LISTS["box_word"],
    ),
    _form(
        r"(?<!\w)(?:apt|apartment)\.?\s?#?\s?(?:\d{1,5}[A-Za-z]?|[A-Za-z]\d{1,4})(?!\w)|"
        r"(?<!\w)(?<![^\W\d_]\s)suite \d{2,5}(?=\s{0,2}(?:[,\n]|\d|$))",
        _always(0.7),
        *_FLATS,
    ),
)


def cores(scan: Scan) -> Iterator[tuple[int, int, float]]:
    """Give every core of an address with its score, by the forms whose words are in the message."""
    lowered = scan.text == scan.lower
    for form in FORMS:
        if not form.words.isdisjoint(scan.words) or (
            form.endings and any(word.endswith(form.endings) for word in scan.words)
        ):
            for match in form.pattern.finditer(scan.text):
                if score := form.judge(match, lowered):
                    yield *match.span(), score
