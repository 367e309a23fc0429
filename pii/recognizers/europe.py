"""Personal numbers of the larger countries of Europe, and VAT numbers of the European Union."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from pii.recognizers import checks
from pii.recognizers.base import Recognizer, TableRecognizer, compact, shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pii.recognizers.scan import Scan
    from pii.spans import Span

_LEAST_DIGITS = 7


def _hetu(value: str) -> bool:
    return checks.fi_hetu(value if len(value) == 11 else f"{value[:6]}-{value[6:]}")  # noqa: PLR2004 — with its century sign


class EuropeIdRecognizer(TableRecognizer):
    """National numbers of the larger countries of Europe; checksums decide, cues rescue typing errors."""

    context = ("nif", "dni", "bsn", "pesel", "personnummer", "codice fiscale", "hetu", "insee")
    shapes = (
        shape(
            "ES_NIF",
            r"\d{8}[ \-]?[A-Z]",
            "national id tax",
            bare=0.8,
            cued=0.97,
            check=checks.es_nif,
            failed=0.85,
            longest=8,
            lead="9",
        ),
        shape(
            "ES_NIE",
            r"[XYZ][ \-]?\d{7}[ \-]?[A-Z]",
            "national id tax",
            bare=0.85,
            cued=0.97,
            check=checks.es_nif,
            failed=0.85,
            longest=7,
        ),
        shape(
            "FR_NIR",
            r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}",
            "national ssn",
            bare=0.9,
            cued=0.97,
            check=checks.fr_nir,
            failed=0.9,
            digits=14,
            lead="9",
        ),
        shape(
            "IT_FISCAL_CODE",
            r"[A-Z]{6}\d{2}[ABCDEHLMPRST]\d{2}[A-Z]\d{3}[A-Z]",
            "national tax",
            bare=0.95,
            cued=0.99,
            check=checks.it_fiscal,
            failed=0.9,
            mixed=True,
            lead="A",
        ),
        shape("NL_BSN", r"\d{9}", "national", cued=0.97, check=checks.nl_bsn, failed=0.9, longest=9, lead="9"),
        shape(
            "PL_PESEL",
            r"\d{11}",
            "national",
            bare=0.55,
            cued=0.99,
            check=checks.pl_pesel,
            failed=0.9,
            longest=11,
            lead="9",
        ),
        shape(
            "BE_NATIONAL_NUMBER",
            r"\d{2}\.?\d{2}\.?\d{2}[ \-]?\d{3}[ .]?\d{2}",
            "national id",
            bare=0.8,
            cued=0.97,
            check=checks.be_national,
            failed=0.0,
            digits=11,
            lead="9",
        ),
        shape(
            "PT_NIF",
            r"[1235689]\d{2} ?\d{3} ?\d{3}",
            "national tax",
            cued=0.94,
            check=checks.pt_nif,
            digits=9,
            lead="9",
        ),
        shape(
            "SE_PERSONNUMMER",
            r"(?:19|20)?\d{6}[\-+]\d{4}",
            "national id",
            bare=0.85,
            cued=0.98,
            check=checks.se_personnummer,
            failed=0.85,
            digits=10,
            lead="9",
        ),
        shape(
            "SE_PERSONNUMMER",
            r"(?:19|20)?\d{10}",
            "national",
            cued=0.98,
            check=checks.se_personnummer,
            longest=10,
            lead="9",
        ),
        shape(
            "FI_PERSONAL_IDENTITY_CODE",
            r"\d{6}[\-+A-FYXWVU]\d{3}[0-9A-Y]",
            "national id",
            bare=0.9,
            cued=0.98,
            check=_hetu,
            failed=0.0,
            longest=6,
            lead="9",
        ),
    )


# VAT numbers as each state writes them (VIES).
VAT_FORMS = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}",
    "FR": r"[A-Z0-9]{2}\d{9}",
    "GB": r"\d{9}(?:\d{3})?",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}",
    "LT": r"\d{9}(?:\d{3})?",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{12}",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
    "XI": r"\d{9}",
}
_WEIGHTED = {  # country: weights and modulus over all digits, zero when right
    "NL": ((9, 8, 7, 6, 5, 4, 3, 2, -1), 11),
    "PL": ((6, 5, 7, 2, 3, 4, 5, 6, 7, -1), 11),
    "FI": ((7, 9, 10, 5, 8, 4, 2, 1), 11),
    "DK": ((2, 7, 6, 5, 4, 3, 2, 1), 11),
}


def vat_checks(value: str) -> bool:
    """Checksum of an EU VAT number where the state publishes one and it is simple; otherwise its form is enough."""
    country, body = value[:2], value[2:]
    if country in _WEIGHTED:
        weights, modulus = _WEIGHTED[country]
        return checks.weighted(re.sub(r"\D", "", body), weights, modulus) == 0
    return checks.luhn(body) if country == "IT" else True


class EuVatRecognizer(Recognizer):
    """VAT numbers of the member states: country code and the state's form; spaced ones beside a cue only."""

    kinds = ("EU_VAT_NUMBER",)
    context = ("vat", "ust-id", "tva", "btw", "iva")
    _pattern = re.compile(
        rf"(?<!\w)({'|'.join(VAT_FORMS)})[ .\-]?([A-Z0-9]{{2,13}}(?:[ .\-][A-Z0-9]{{2,12}}){{0,3}})(?!\w)",
        re.IGNORECASE,
    )
    _forms: ClassVar[dict[str, re.Pattern[str]]] = {country: re.compile(form) for country, form in VAT_FORMS.items()}
    _cues = frozenset({"vat", "tax"})

    def ready(self, scan: Scan) -> bool:
        """Seven digits or more."""
        return scan.digits >= _LEAST_DIGITS

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Country code first, then the state's own form and check."""
        for match in self._pattern.finditer(scan.text):
            value = compact(match.group())
            if self._forms[match[1].upper()].fullmatch(value[2:]) and sum(map(str.isdigit, value)) >= _LEAST_DIGITS:
                cued = scan.near(self._cues, *match.span()) is not None
                solid = value == match.group()
                if cued or (solid and vat_checks(value)):
                    yield self.span(match.start(), match.end(), "EU_VAT_NUMBER", 0.95 if cued else 0.7)
