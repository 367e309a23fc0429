"""Number plates: South African old and new, German, British; any other beside a cue."""

from __future__ import annotations

from pii.recognizers.base import TableRecognizer, shape
from pii.recognizers.beside import BesideRecognizer, beside
from pii.recognizers.words import any_of, load

_LISTS = load("plates")

_PROVINCE = "(?:GP|ZN|WP|EC|NC|FS|LP|MP|NW)"
_SUFFIX = "(?:GP|ZN|WP|EC|NC|FS|LP|L|MP|NW|N)"
_TOWN = any_of([*_LISTS["cape"], *_LISTS["natal"]]).upper()
# Words that a plate of a town, or of a province, must hold.
TOWNS = frozenset(_LISTS["cape"] + _LISTS["natal"])
PROVINCES = frozenset(_LISTS["province"])
_KFZ = "[A-ZÄÖÜ]{1,3}"


class ZaPlateRecognizer(TableRecognizer):
    """Cape and Natal town plates (CA 203-881, ND 123-456) and provincial ones (ABC 123 GP, BB 12 CD GP)."""

    country = "za"
    context = ("plate", "registration", "nommerplaat")
    shapes = (
        shape(
            "ZA_LICENSE_PLATE",
            rf"{_TOWN}[ \-]?\d{{3}}[ \-]\d{{2,3}}",
            "plate vehicle",
            bare=0.85,
            cued=0.97,
            digits=5,
            words=TOWNS,
            lead="A",
        ),
        shape(
            "ZA_LICENSE_PLATE",
            rf"{_TOWN}[ \-]?\d{{2,6}}",
            "plate vehicle",
            cued=0.95,
            digits=2,
            words=TOWNS,
            lead="A",
        ),
        shape(
            "ZA_LICENSE_PLATE",
            rf"{_TOWN}[ \-]\d{{5,6}}",
            "plate vehicle",
            flags=0,
            bare=0.6,
            cued=0.95,
            digits=5,
            words=TOWNS,
            lead="A",
        ),
        shape(
            "ZA_LICENSE_PLATE",
            rf"[B-DF-HJ-NP-TV-Z]{{2,3}}[ \-]?\d{{2,3}}[ \-]?[B-DF-HJ-NP-TV-Z]{{0,2}}[ \-]?{_SUFFIX}",
            "plate vehicle",
            flags=0,
            bare=0.85,
            cued=0.97,
            digits=2,
            lead="A",
        ),
        shape(
            "ZA_LICENSE_PLATE",
            rf"[A-Z]{{2,3}}[ \-]?\d{{2,3}}[ \-]?[A-Z]{{0,2}}[ \-]{_PROVINCE}",
            "plate vehicle",
            bare=0.8,
            cued=0.95,
            digits=2,
            words=PROVINCES,
            lead="A",
        ),
        shape(
            "ZA_LICENSE_PLATE",
            r"[B-DF-HJ-NP-TV-Z]{3} ?\d{3} ?(?:EC|FS|NC|NW|MP|L)",
            "plate vehicle",
            bare=0.85,
            cued=0.97,
            digits=3,
            words=PROVINCES,
            lead="A",
        ),
        shape(
            "ZA_LICENSE_PLATE",
            rf"[A-Z]{{2,3}} ?\d{{2,3}} ?[A-Z]{{0,2}} ?{_SUFFIX}",
            "plate vehicle",
            cued=0.95,
            digits=2,
        ),
        shape(
            "ZA_LICENSE_PLATE",
            rf"(?=\D{{0,6}}\d)[A-Z0-9]{{2,7}}[ \-]{_SUFFIX}",
            "plate",
            flags=0,
            bare=0.0,
            cued=0.75,
        ),
    )


class DePlateRecognizer(TableRecognizer):
    """German plates: district, one or two letters, one to four digits (B-MW 1234, M AB 123 E)."""

    country = "de"
    context = ("kennzeichen", "kfz")
    shapes = (
        shape(
            "DE_KFZ",
            rf"{_KFZ}-[A-Z]{{1,2}} ?\d{{1,4}} ?[EH]?",
            "plate vehicle",
            flags=0,
            bare=0.75,
            cued=0.97,
            sign="-",
            lead="A",
        ),
        shape("DE_KFZ", rf"{_KFZ}[ \-][A-Z]{{1,2}}[ \-]?\d{{1,4}} ?[EH]?", "plate vehicle", cued=0.93),
    )


class UkPlateRecognizer(TableRecognizer):
    """British plates since 2001 (AB12 CDE)."""

    country = "uk"
    context = ("plate", "reg")
    shapes = (
        shape(
            "UK_VEHICLE_REGISTRATION",
            r"[A-HJ-PR-Y][A-HJ-PR-Y](?:[05-7]\d|[12][0-9]) ?[A-HJ-PR-Z]{3}",
            "plate vehicle",
            cued=0.95,
            mixed=True,
        ),
    )


_LOOK = r"(?=(?:[ \-]?[A-Z0-9]){4})"


class PlateByCueRecognizer(BesideRecognizer):
    """Any plate named as one: letters and digits in up to four groups."""

    rows = (
        beside(
            "LICENSE_PLATE",
            "plate",
            _LOOK + r"(?:[A-Z]{1,4}[ \-]?\d{1,6}(?:[ \-]?[A-Z]{1,4}){0,2}|\d{1,4}[ \-]?[A-Z]{1,4}(?:[ \-]?\d{1,4})?)",
            score=0.6,
        ),
        beside("LICENSE_PLATE", "plate", r"(?=[A-Za-z]{0,7}\d)(?=\d{0,7}[A-Za-z])[A-Za-z0-9]{4,9}", score=0.6),
    )
