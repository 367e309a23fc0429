"""Who is responsible, and whom to write to: printed on every notice and receipt, and never empty."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field

from consent.data import Row, read

_Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
_Text = Annotated[str, Field(min_length=2)]


class Contact(Row):
    """A role that people may write to."""

    name: _Text
    email: _Email


class Party(Row):
    """The responsible party (POPIA) or controller (GDPR); every field is needed before the service starts."""

    name: _Text
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    website: Annotated[str, Field(pattern=r"^https://")]
    support: _Email
    reports: _Email
    information_officer: Contact
    eu_representative: Contact
    address: str = ""

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
