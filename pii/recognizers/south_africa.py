"""South African numbers: identity, passport, tax, VAT, company registration, licences."""

from __future__ import annotations

from pii.recognizers import checks
from pii.recognizers.base import TableRecognizer, shape

_SPACED = r"[\s\-.]{0,2}"
_OLDEST_COMPANY, _YOUNGEST_COMPANY = 1900, 2099


class ZaIdRecognizer(TableRecognizer):
    """Thirteen digits with a birth date and a check digit; with an identity cue also mistyped ones."""

    country = "za"
    context = ("id", "identity", "identiteit", "umazisi", "isazisi", "boitshupo")
    shapes = tuple(
        shape(
            "ZA_ID_NUMBER",
            pattern,
            "id birth",
            bare=1.0,
            cued=1.0,
            check=checks.za_id,
            failed=failed,
            digits=13,
            lead="9",
        )
        for pattern, failed in (
            (r"\d{13}", 0.92),
            (rf"\d{{6}}{_SPACED}\d{{4}}{_SPACED}\d{{2}}{_SPACED}\d", 0.92),
            (rf"\d{{6}}{_SPACED}\d{{4}}{_SPACED}\d{_SPACED}\d{_SPACED}\d", 0.92),
            (rf"\d\d{_SPACED}\d\d{_SPACED}\d\d{_SPACED}\d{{4}}{_SPACED}\d{_SPACED}\d{_SPACED}\d", 0.92),
            (rf"\d(?:{_SPACED}\d){{12}}", 0.85),
        )
    )


class ZaPassportRecognizer(TableRecognizer):
    """Passport: A, D, M or T and eight digits."""

    country = "za"
    context = ("passport", "paspoort", "travel document")
    shapes = (shape("ZA_PASSPORT", r"[ADMT] ?\d{8}", "passport", bare=0.5, cued=0.95, longest=8, lead="A"),)


class ZaTaxRecognizer(TableRecognizer):
    """Income tax reference (SARS): ten digits, Luhn; VAT: ten digits beginning with 4."""

    country = "za"
    context = ("tax", "sars", "vat", "belasting", "btw")
    shapes = (
        shape(
            "ZA_INCOME_TAX_NUMBER",
            rf"[01239]{_SPACED}\d{{3}}{_SPACED}\d{{3}}{_SPACED}\d{{3}}",
            "tax",
            cued=0.98,
            check=checks.za_tax,
            failed=0.93,
            digits=10,
            lead="9",
        ),
        shape(
            "ZA_VAT_NUMBER",
            rf"4{_SPACED}\d{{3}}{_SPACED}\d{{3}}{_SPACED}\d{{3}}",
            "vat",
            cued=0.98,
            digits=10,
            lead="9",
        ),
        shape(
            "ZA_VAT_NUMBER",
            rf"4{_SPACED}\d{{3}}{_SPACED}\d{{3}}{_SPACED}\d{{3}}",
            "tax",
            cued=0.9,
            digits=10,
            lead="9",
        ),
    )


def _company(value: str) -> bool:
    return _OLDEST_COMPANY <= int(value.lstrip("CK")[:4]) <= _YOUNGEST_COMPANY


class ZaCompanyRecognizer(TableRecognizer):
    """CIPC registration: year, six digits, type of enterprise; also K2015123456 and CK numbers."""

    country = "za"
    context = ("registration", "cipc", "company", "pty", "reg")
    shapes = (
        shape(
            "ZA_COMPANY_REGISTRATION",
            r"(?:19|20)\d\d ?[/\-] ?\d{6} ?[/\-] ?\d\d",
            "company",
            bare=0.95,
            cued=0.98,
            digits=12,
            lead="9",
        ),
        shape(
            "ZA_COMPANY_REGISTRATION",
            r"K(?:19|20)\d{8}(?: ?/? ?\d\d)?",
            "company",
            bare=0.85,
            cued=0.98,
            longest=10,
            lead="A",
        ),
        shape(
            "ZA_COMPANY_REGISTRATION",
            r"CK ?(?:19|20)?\d\d ?/ ?\d{5,6} ?(?:/ ?\d\d)?",
            "company",
            bare=0.85,
            cued=0.98,
            digits=7,
            lead="A",
        ),
        shape(
            "ZA_COMPANY_REGISTRATION", r"(?:19|20)\d{10}", "company", cued=0.96, check=_company, longest=12, lead="9"
        ),
    )


class ZaLicenseRecognizer(TableRecognizer):
    """Driving licence (eNaTIS, ten to fourteen characters) and traffic register number, by cue."""

    country = "za"
    context = ("licence", "license", "rybewys", "natis")
    shapes = (
        shape("ZA_DRIVER_LICENSE", r"(?=\d{6,14}[A-Z])\d{6,10}[A-Z0-9]{2,5}", "license", cued=0.95, longest=6),
        shape("ZA_TRAFFIC_REGISTER_NUMBER", r"\d{13}", "traffic", cued=0.99, longest=13),
    )
