"""Numbers of the United Kingdom, the United States and India."""

from __future__ import annotations

from pii.recognizers import checks
from pii.recognizers.base import TableRecognizer, shape


class UkRecognizer(TableRecognizer):
    """United Kingdom: National Insurance, NHS, passport and driving licence numbers."""

    country = "uk"
    context = ("nino", "national insurance", "nhs", "passport", "driving licence")
    shapes = (
        shape(
            "UK_NINO",
            r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
            "national tax",
            bare=0.85,
            cued=0.97,
            digits=6,
            lead="A",
        ),
        shape(
            "UK_NHS",
            r"\d{3}[ \-]?\d{3}[ \-]?\d{4}",
            "national",
            cued=0.98,
            check=checks.nhs,
            failed=0.85,
            digits=10,
            lead="9",
        ),
        shape(
            "UK_PASSPORT",
            r"\d{9}|[A-Z]{2}\d{7}",
            "passport",
            cued=0.9,
            longest=7,
            words=frozenset({"uk", "british", "britain"}),
        ),
        shape(
            "UK_DRIVING_LICENCE",
            r"[A-Z9]{5}\d{6}[A-Z9]{2}\d[A-Z]{2}",
            "license national",
            bare=0.85,
            cued=0.97,
            mixed=True,
        ),
    )


def _ssn(value: str) -> bool:
    return value[:3] not in {"000", "666"} and value[0] != "9" and value[3:5] != "00" and value[5:] != "0000"


def _itin(value: str) -> bool:
    return value[0] == "9" and value[3] in "5679"


class UsRecognizer(TableRecognizer):
    """United States: Social Security and taxpayer numbers, passport and driving licence by cue."""

    country = "us"
    context = ("ssn", "social security", "itin", "license")
    shapes = (
        shape("US_SSN", r"\d{3}-\d{2}-\d{4}", "ssn", bare=0.9, cued=0.99, check=_ssn, failed=0.9, digits=9, lead="9"),
        shape("US_SSN", r"\d{3}[ .]?\d{2}[ .]?\d{4}", "ssn", cued=0.96, check=_ssn, failed=0.9, digits=9, lead="9"),
        shape("US_ITIN", r"9\d{2}[ \-]?\d{2}[ \-]?\d{4}", "ssn tax", cued=0.97, check=_itin, digits=9, lead="9"),
        shape(
            "US_PASSPORT",
            r"[A-Z]\d{8}",
            "passport",
            cued=0.88,
            mixed=True,
            words=frozenset({"us", "usa", "american"}),
        ),
        shape(
            "US_DRIVER_LICENSE",
            r"[A-Z]{1,2}-?\d{2,4}(?:[ \-]?\d{2,4}){1,4}|[A-Z]\d{6,12}",
            "license",
            cued=0.9,
            digits=6,
        ),
    )


class IndiaRecognizer(TableRecognizer):
    """India: Aadhaar (Verhoeff) and PAN."""

    country = "in"
    context = ("aadhaar", "pan card")
    shapes = (
        shape(
            "IN_AADHAAR",
            r"[2-9]\d{3}[ \-]?\d{4}[ \-]?\d{4}",
            "national id",
            bare=0.65,
            cued=0.97,
            check=checks.verhoeff,
            digits=12,
            lead="9",
        ),
        shape(
            "IN_PAN",
            r"[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]",
            "national tax",
            bare=0.8,
            cued=0.97,
            mixed=True,
            lead="A",
        ),
    )
