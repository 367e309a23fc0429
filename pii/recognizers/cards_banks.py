"""Payment cards with their codes and dates, IBANs, and bank accounts with branch codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from pii.recognizers import checks
from pii.recognizers.base import NOT_DATE, Recognizer, TableRecognizer, compact, shape
from pii.recognizers.beside import BesideRecognizer, beside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pii.recognizers.scan import Scan
    from pii.spans import Span


# Issuer's first digits and the lengths they use (ISO/IEC 7812).
_ISSUERS = re.compile(
    r"4(?:\d{15}|\d{18})|5[0-9]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|09|[689]\d)\d{11,16}|6\d{15,18}|9\d{15}"
)


def _card(value: str) -> bool:
    return _ISSUERS.fullmatch(value) is not None and checks.luhn(value)


class CardRecognizer(TableRecognizer):
    """Payment card numbers of 13 to 19 digits; one that fails Luhn only beside the word card."""

    context = ("card", "credit", "visa", "mastercard", "kaart", "karte")
    shapes = (
        *(
            shape("CREDIT_CARD", pattern, "card", bare=1.0, cued=1.0, check=_card, failed=0.9, digits=13, lead="9")
            for pattern in (
                r"\d{4}[\s\-.]{0,3}\d{4}[\s\-.]{0,3}\d{4}[\s\-.]{0,3}\d{4}(?:[ \-.]?\d{1,3})?",
                r"3[47]\d{2}[ \-.]?\d{6}[ \-.]?\d{5}",
                r"3(?:0[0-5]|[689]\d)\d[ \-.]?\d{6}[ \-.]?\d{4}",
                r"\d{13,19}",
            )
        ),
        # Grouped as nobody prints it: only beside the word.
        shape(
            "CREDIT_CARD",
            r"[2-6](?:[ \-]{0,2}\d){12,18}",
            "card",
            cued=0.95,
            check=_card,
            failed=0.85,
            digits=13,
            lead="9",
        ),
    )


class CardDetailRecognizer(BesideRecognizer):
    """The code on the back of a card, its expiry date, and its last digits when named."""

    rows = (
        beside("CVV", "cvv", r"\d{3,4}", score=0.93),
        beside("CARD_EXPIRY", "expiry", r"(?:0?[1-9]|1[0-2])\s?[/\-.]\s?(?:20)?\d{2}|(?:0[1-9]|1[0-2])[2-4]\d"),
    )


# Length of an IBAN by country (SWIFT IBAN registry).
IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FO GL NL SD FK",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}


class IbanRecognizer(Recognizer):
    """IBANs by country length and MOD 97, solid or spaced, in any case."""

    kinds = ("IBAN_CODE",)
    context = ("iban", "bank", "konto")
    _head = re.compile(r"(?<!\w)([A-Z]{2})\d{2}(?=[ \-]?[A-Z0-9])", re.IGNORECASE)
    _tails: ClassVar[dict[int, re.Pattern[str]]] = {
        length: re.compile(rf"(?:[\s\-]?[A-Z0-9]){{{length - 4}}}(?!\w)", re.IGNORECASE)
        for length in set(IBAN_LENGTHS.values())
    }

    def ready(self, scan: Scan) -> bool:
        """Two check digits after letters."""
        return scan.mixed and scan.digits >= 8  # noqa: PLR2004 — the shortest holds more

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Walk from each country code to its country's length."""
        for head in self._head.finditer(scan.text):
            length = IBAN_LENGTHS.get(head[1].upper())
            tail = self._tails[length].match(scan.text, head.end()) if length else None
            if tail:
                valid = checks.mod97(compact(scan.text[head.start() : tail.end()]))
                yield self.span(head.start(), tail.end(), "IBAN_CODE", 1.0 if valid else 0.75)


_BIC_COUNTRIES = (
    "ZA|DE|GB|US|FR|NL|BE|ES|IT|CH|AT|IE|PT|LU|PL|SE|NO|DK|FI|NA|BW|MU|KE|NG|ZW|MZ|SZ|LS|IN|AE|CN|HK|SG|AU|CA"
)


class IbanByCueRecognizer(BesideRecognizer):
    """What follows the word IBAN, though its country or length is mistyped; and SWIFT codes."""

    rows = (
        beside("IBAN_CODE", "iban", r"[A-Za-z]{2}\s?\d{2}(?:[ \-]?[A-Za-z0-9]{2,6}){2,8}", score=0.7),
        beside(
            "BANK_ACCOUNT",
            "swift",
            rf"(?i:[A-Z]{{4}}(?:{_BIC_COUNTRIES})[A-Z0-9]{{2}}(?:[A-Z0-9]{{3}})?)",
            score=0.8,
            words=True,
        ),
    )


# Digits of bank account numbers in South Africa, Germany and the United Kingdom.
_LEAST, _MOST = 7, 13


def _account_length(value: str) -> bool:
    return _LEAST <= len(value) <= _MOST


class BankAccountRecognizer(TableRecognizer):
    """Bank account numbers of 7 to 13 digits by cue, with branch, sort and routing codes."""

    context = ("account", "bank", "rekening", "konto")
    shapes = (
        shape("BANK_ACCOUNT", r"\d{7,13}", "bank", cued=0.94, longest=7, lead="9"),
        shape(
            "BANK_ACCOUNT",
            NOT_DATE + r"\d{2,5}(?:[ \-]\d{2,5}){1,4}",
            "bank",
            cued=0.88,
            digits=7,
            lead="9",
            check=_account_length,
        ),
        shape("BANK_ACCOUNT", r"\d{9}", "branch", cued=0.95, check=checks.aba, longest=9, lead="9"),
    )


class BranchCodeRecognizer(BesideRecognizer):
    """Branch codes (six digits), sort codes and Bankleitzahlen, beside their names."""

    rows = (beside("BANK_ACCOUNT", "branch", r"\d{2}[ \-]\d{2}[ \-]\d{2}|\d{3}[ ]?\d{3}(?:[ ]?\d{2})?|\d{9}"),)
