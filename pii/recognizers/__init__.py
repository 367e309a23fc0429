"""Recognisers: one file a family, data first. `load()` gives them all as `Rules`.

text ──► Scan (one look) ──► recognisers that are ready ──► the best span for each place
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pii.recognizers.accounts import AccountRecognizer, LongNumberRecognizer, PassportRecognizer
from pii.recognizers.addresses import (
    AddressByCueRecognizer,
    PostalCodeByCueRecognizer,
    PostalCodeRecognizer,
    StreetRecognizer,
)
from pii.recognizers.answers import AnswerRecognizer
from pii.recognizers.cards_banks import (
    BankAccountRecognizer,
    BranchCodeRecognizer,
    CardDetailRecognizer,
    CardRecognizer,
    IbanByCueRecognizer,
    IbanRecognizer,
)
from pii.recognizers.contact import EmailRecognizer, PhoneRecognizer
from pii.recognizers.dates import BirthDateRecognizer
from pii.recognizers.europe import EuropeIdRecognizer, EuVatRecognizer
from pii.recognizers.germany import (
    DeIdentityRecognizer,
    DeInsuranceRecognizer,
    DeLicenseRecognizer,
    DeRegisterRecognizer,
    DeTaxRecognizer,
)
from pii.recognizers.names import CuedNameRecognizer
from pii.recognizers.network import DeviceRecognizer, IpRecognizer, UrlRecognizer, WalletRecognizer
from pii.recognizers.plates import DePlateRecognizer, PlateByCueRecognizer, UkPlateRecognizer, ZaPlateRecognizer
from pii.recognizers.scan import Scan
from pii.recognizers.secrets import ApiKeyRecognizer, PasswordRecognizer, PinRecognizer
from pii.recognizers.settle import settle
from pii.recognizers.south_africa import (
    ZaCompanyRecognizer,
    ZaIdRecognizer,
    ZaLicenseRecognizer,
    ZaPassportRecognizer,
    ZaTaxRecognizer,
)
from pii.recognizers.spoken import SpelledNameRecognizer, SpokenNumberRecognizer
from pii.recognizers.usernames import UsernameRecognizer
from pii.recognizers.world import IndiaRecognizer, UkRecognizer, UsRecognizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from presidio_analyzer import EntityRecognizer

    from pii.recognizers.base import Recognizer
    from pii.spans import Span

FAMILIES: tuple[type[Recognizer], ...] = (
    EmailRecognizer,
    PhoneRecognizer,
    CardRecognizer,
    CardDetailRecognizer,
    IbanRecognizer,
    IbanByCueRecognizer,
    BankAccountRecognizer,
    BranchCodeRecognizer,
    ZaIdRecognizer,
    ZaPassportRecognizer,
    ZaTaxRecognizer,
    ZaCompanyRecognizer,
    ZaLicenseRecognizer,
    DeIdentityRecognizer,
    DeTaxRecognizer,
    DeInsuranceRecognizer,
    DeLicenseRecognizer,
    DeRegisterRecognizer,
    EuropeIdRecognizer,
    EuVatRecognizer,
    UkRecognizer,
    UsRecognizer,
    IndiaRecognizer,
    ZaPlateRecognizer,
    DePlateRecognizer,
    UkPlateRecognizer,
    PlateByCueRecognizer,
    IpRecognizer,
    DeviceRecognizer,
    UrlRecognizer,
    WalletRecognizer,
    PinRecognizer,
    PasswordRecognizer,
    ApiKeyRecognizer,
    AccountRecognizer,
    PassportRecognizer,
    LongNumberRecognizer,
    UsernameRecognizer,
    BirthDateRecognizer,
    StreetRecognizer,
    PostalCodeRecognizer,
    PostalCodeByCueRecognizer,
    AddressByCueRecognizer,
    SpokenNumberRecognizer,
    SpelledNameRecognizer,
    CuedNameRecognizer,
    AnswerRecognizer,
)


class Rules:
    """A set of recognisers, asked together. Without state after construction: safe for threads."""

    def __init__(self, recognizers: Sequence[Recognizer]) -> None:
        """Take the recognisers in the order in which ties are broken."""
        self._recognizers = tuple(recognizers)

    def find(self, text: str, question: str | None = None) -> list[Span]:
        """Disjoint spans in order; `question` is what was asked just before this text."""
        scan = Scan(text, question)
        if scan.quiet:
            return []
        return settle([span for each in self._recognizers if each.ready(scan) for span in each.spans(scan)], text)

    def describe(self) -> list[str]:
        """Name each recogniser in use."""
        return [each.name for each in self._recognizers]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind that these recognisers can report."""
        return tuple(sorted({kind for each in self._recognizers for kind in each.kinds}))

    def as_presidio(self, language: str = "en") -> list[EntityRecognizer]:
        """Give each as a Presidio `LocalRecognizer`; Presidio is imported only here."""
        from pii.recognizers.presidio import PresidioRecognizer

        return [PresidioRecognizer(each, language) for each in self._recognizers]


@cache
def _all() -> tuple[Recognizer, ...]:
    return tuple(family() for family in FAMILIES)


def load(countries: Sequence[str] | None = None) -> Rules:
    """Load the recognisers of no country and of `countries` (two letters); of all countries when None."""
    wanted = None if countries is None else {country.lower() for country in countries}
    return Rules([each for each in _all() if wanted is None or each.country is None or each.country in wanted])
