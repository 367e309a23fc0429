"""German numbers: identity card, passport, tax, pension and health insurance, licence, commercial register."""

from __future__ import annotations

from pii.recognizers import checks
from pii.recognizers.base import TableRecognizer, shape

_MRZ = r"[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d?"
_CITY = r"[A-ZÄÖÜ][\wäöüß]{2,30}(?: [A-ZÄÖÜ][\wäöüß]{2,30})?"


def _mrz(value: str) -> bool:
    return len(value) < 10 or checks.mrz(value)  # noqa: PLR2004 — nine characters carry no check digit


def _vat(value: str) -> bool:
    return checks.iso7064_11_10(value[2:])


class DeIdentityRecognizer(TableRecognizer):
    """Personalausweis and Reisepass: nine characters of the ICAO set, and the check digit."""

    country = "de"
    context = ("ausweis", "personalausweis", "reisepass", "passnummer")
    shapes = (
        shape("DE_ID_CARD", rf"(?=[A-Z0-9]{{0,8}}\d){_MRZ}", "id", cued=0.95, check=_mrz, failed=0.85, mixed=True),
        shape(
            "DE_PASSPORT", rf"(?=[A-Z0-9]{{0,8}}\d){_MRZ}", "passport", cued=0.92, check=_mrz, failed=0.85, mixed=True
        ),
    )


class DeTaxRecognizer(TableRecognizer):
    """Steuer-ID (eleven digits, checked), Steuernummer, and Umsatzsteuer-Id."""

    country = "de"
    context = ("steuer", "steuer-id", "finanzamt", "ust")
    shapes = (
        shape(
            "DE_TAX_ID",
            r"[1-9]\d ?\d{3} ?\d{3} ?\d{3}",
            "tax",
            bare=0.0,
            cued=0.99,
            check=checks.de_tax_id,
            failed=0.9,
            digits=11,
            lead="9",
        ),
        shape("DE_TAX_ID", r"[1-9]\d{10}", bare=0.6, check=checks.de_tax_id, longest=11, lead="9"),
        shape(
            "DE_TAX_NUMBER",
            r"\d{2,3} ?/ ?\d{3} ?/ ?\d{4,5}",
            "tax",
            bare=0.6,
            cued=0.97,
            digits=10,
            sign="/",
            lead="9",
        ),
        shape(
            "DE_VAT_ID",
            r"DE[ .]?\d{3} ?\d{3} ?\d{3}",
            "vat tax",
            bare=0.9,
            cued=0.97,
            check=_vat,
            failed=0.9,
            digits=9,
            lead="A",
            words=frozenset({"de"}),
        ),
    )


class DeInsuranceRecognizer(TableRecognizer):
    """Pension insurance (with birth date and initial) and health insurance numbers, checked."""

    country = "de"
    context = ("rentenversicherung", "krankenkasse", "krankenversicherung", "sozialversicherung")
    shapes = (
        shape(
            "DE_SOCIAL_SECURITY",
            r"\d{2} ?\d{6} ?[A-Z] ?\d{3}",
            "de_social",
            bare=0.85,
            cued=0.99,
            check=checks.de_social,
            failed=0.9,
            digits=11,
            lead="9",
        ),
        shape(
            "DE_HEALTH_INSURANCE",
            r"[A-Z] ?\d{3} ?\d{3} ?\d{3}",
            "de_health",
            bare=0.65,
            cued=0.99,
            check=checks.de_health,
            failed=0.9,
            digits=9,
            lead="A",
        ),
    )


class DeLicenseRecognizer(TableRecognizer):
    """Führerschein: authority, letters and digits, eleven characters, by cue."""

    country = "de"
    context = ("führerschein", "fuehrerschein")
    shapes = (
        shape(
            "DE_FUEHRERSCHEIN",
            r"(?=[A-Z0-9]{0,10}\d)[A-Z]\d{2}[A-Z0-9]{6}\d[A-Z0-9]",
            "license",
            cued=0.97,
            mixed=True,
        ),
    )


class DeRegisterRecognizer(TableRecognizer):
    """Handelsregister: HRA or HRB and a number, with the court when named."""

    country = "de"
    context = ("handelsregister", "amtsgericht")
    shapes = (
        shape(
            "DE_HANDELSREGISTER",
            rf"(?:Amtsgericht {_CITY},? ?)?HR ?[AB] ?\d{{2,6}}(?: ?B)?",
            "company",
            bare=0.9,
            cued=0.97,
            words=frozenset({"hrb", "hra", "hr"}),
        ),
    )
