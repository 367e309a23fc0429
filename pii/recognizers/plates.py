"""Number plates: South African old and new, German, British; any other beside a cue."""

from __future__ import annotations

import re

from pii.recognizers.base import TableRecognizer, shape
from pii.recognizers.beside import BesideRecognizer, beside

_SUFFIX = "(?:GP|ZN|WP|EC|NC|FS|LP|L|MP|NW|N)"
_CAPE = "(?:CA|CAA|CAM|CAR|CAW|CBL|CBM|CBR|CBS|CBT|CBY|CCA|CCC|CCD|CCK|CCM|CCO|CCP|CEA|CEG|CEM|CEO|CER|CES|CEX|CEY|CF|CFA|CFG|CFM|CFP|CFR|CG|CJ|CK|CL|CN|CO|CR|CS|CT|CV|CW|CX|CY|CZ)"
_NATAL = "(?:ND|NP|NPN|NUR|NX|NA|NB|NC|NCO|NCW|NDE|NDH|NDW|NE|NES|NF|NGL|NH|NHL|NIM|NIN|NIX|NJ|NK|NKA|NKK|NKR|NKU|NM|NMA|NMG|NMR|NN|NO|NPP|NPS|NQ|NR|NRB|NS|NT|NTU|NU|NUB|NUF|NUL|NUM|NUZ|NV|NW|NZ)"
_KFZ = "[A-ZÄÖÜ]{1,3}"


class ZaPlateRecognizer(TableRecognizer):
    """Cape and Natal town plates (CA 203-881, ND 123-456) and provincial ones (ABC 123 GP, BB 12 CD GP)."""

    country = "za"
    context = ("plate", "registration", "nommerplaat")
    shapes = (
        shape("ZA_LICENSE_PLATE", rf"(?:{_CAPE}|{_NATAL})[ \-]?\d{{3}}[ \-]\d{{2,3}}", "plate", bare=0.85, cued=0.97, digits=5),
        shape("ZA_LICENSE_PLATE", rf"(?:{_CAPE}|{_NATAL})[ \-]?\d{{2,6}}", "plate", flags=0, bare=0.5, cued=0.95, digits=2),
        shape("ZA_LICENSE_PLATE", rf"[B-DF-HJ-NP-TV-Z]{{2,3}}[ \-]?\d{{2,3}}[ \-]?[B-DF-HJ-NP-TV-Z]{{0,2}}[ \-]?{_SUFFIX}", "plate", flags=0, bare=0.85, cued=0.97, digits=2),
        shape("ZA_LICENSE_PLATE", rf"[A-Z]{{2,3}}[ \-]?\d{{2,3}}[ \-]?[A-Z]{{0,2}}[ \-]{_SUFFIX}", "plate", bare=0.8, cued=0.95, digits=2),
        shape("ZA_LICENSE_PLATE", r"[B-DF-HJ-NP-TV-Z]{3} ?\d{3} ?(?:EC|FS|NC|NW|MP|L)", "plate", bare=0.85, cued=0.97, digits=3),
        shape("ZA_LICENSE_PLATE", rf"[A-Z0-9]{{2,7}}[ \-]{_SUFFIX}", "plate", cued=0.75, digits=1),
    )  # fmt: skip


class DePlateRecognizer(TableRecognizer):
    """German plates: district, one or two letters, one to four digits (B-MW 1234, M AB 123 E)."""

    country = "de"
    context = ("kennzeichen", "kfz")
    shapes = (
        shape("DE_KFZ", rf"{_KFZ}-[A-Z]{{1,2}} ?\d{{1,4}} ?[EH]?", "plate", flags=0, bare=0.75, cued=0.97),
        shape("DE_KFZ", rf"{_KFZ}[ \-][A-Z]{{1,2}}[ \-]?\d{{1,4}} ?[EH]?", "plate", cued=0.93),
    )


class UkPlateRecognizer(TableRecognizer):
    """British plates since 2001 (AB12 CDE)."""

    country = "uk"
    context = ("plate", "reg")
    shapes = (
        shape("UK_VEHICLE_REGISTRATION", r"[A-HJ-PR-Y][A-HJ-PR-Y](?:[05-7]\d|[12][0-9]) ?[A-HJ-PR-Z]{3}", "plate", flags=0, bare=0.6, cued=0.95, mixed=True),
    )


class PlateByCueRecognizer(BesideRecognizer):
    """Any plate named as one: letters and digits in up to four groups."""

    rows = (
        beside("LICENSE_PLATE", "plate", r"(?=[A-Za-z0-9 \-]{0,9}\d)[A-Z0-9]{1,8}(?:[ \-][A-Z0-9]{1,6}){0,3}", score=0.6, words=False),
        beside("LICENSE_PLATE", "plate", r"(?=[a-z0-9 \-]{0,9}\d)(?=[a-z0-9 \-]{0,9}[a-z])[a-z0-9]{2,8}(?:[ \-][a-z]{0,3}\d{2,6}[a-z]{0,2}){0,2}(?: (?:gp|zn|wp|ec|nc|fs|lp|mp|nw))?", score=0.55),
    )
