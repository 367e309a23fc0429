"""Who is responsible, and whom to write to: printed on every notice and receipt, and never empty."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from consent import law
from consent.data import Row, read

_Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
_Text = Annotated[str, Field(min_length=2)]


class Contact(Row):
    """A role that people may write to."""

    name: _Text
    email: _Email


class Party(Row):
    """The responsible party (POPIA) or controller (GDPR); every field is needed before the service starts.

    ``consent_days``, by country (``ZZ`` for those not named): for how many days a yes holds on this site, where that
    differs from the default of ``consent/law/validity.yaml``; more than the law's most is refused.
    """

    name: _Text
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    website: Annotated[str, Field(pattern=r"^https://")]
    support: _Email
    reports: _Email
    information_officer: Contact
    eu_representative: Contact
    address: str = ""
    consent_days: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _lawful(self) -> Self:
        today = datetime.now(UTC).date()
        if unknown := self.consent_days.keys() - law.countries().keys():
            raise ValueError(f"consent_days: no country {', '.join(sorted(unknown))} is known")
        for country, days in self.consent_days.items():
            if days > (most := law.validity(country, today).max_days):
                raise ValueError(f"consent_days: a yes may hold {most} days in {country} at most")
        return self

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read ``party.yaml``; raise ``DataError`` for an empty or malformed contact."""
        return read(path, cls)

    def contacts(self) -> dict[str, str]:
        """Return each channel with its address, as shown to visitors."""
        return {
            "support": self.support,
            "reports": self.reports,
            "information_officer": self.information_officer.email,
            "eu_representative": self.eu_representative.email,
        }
