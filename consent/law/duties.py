"""What a law asks beside figures: whom it protects, what it makes a duty, and which form it prescribes for what."""

from collections.abc import Hashable
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated

from pydantic import Field

from consent.law.rows import Dated, Table, reach, table

_Text = Annotated[str, Field(min_length=2)]
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,40}$")]


class Duty(StrEnum):
    """The duties that the service knows of."""

    JURISTIC_PERSONS = "juristic_persons"
    PROOF_OF_CONSENT = "proof_of_consent"
    WITHDRAWAL = "withdrawal"
    PRIOR_AUTHORISATION = "prior_authorisation"
    MARKETING_OPT_IN = "marketing_opt_in"
    AUTOMATED_DECISIONS = "automated_decisions"
    TRANSFERS = "transfers"


class DutyRow(Dated):
    """Whether a place's law makes something a duty, and in which words."""

    duty: Duty
    holds: bool
    law: _Text
    says: _Text

    @property
    def key(self) -> Hashable:
        """A duty belongs to a place."""
        return self.country, self.duty


class Form(Dated):
    """A prescribed form: for what, by which law, what it must hold, how it may be handed in."""

    form: _Text
    use: _Name
    law: _Text
    free: bool
    ways: Annotated[tuple[_Text, ...], Field(min_length=1)]
    fields: Annotated[tuple[_Name, ...], Field(min_length=2)]

    @property
    def key(self) -> Hashable:
        """A form belongs to a place and a use."""
        return self.country, self.use


def duty(country: str, wanted: Duty, on: date) -> DutyRow:
    """Return what a place's law says of a duty; raise ``LookupError`` before all law."""
    rows = _duties().on(on)
    for place in reach(country):
        if row := rows.get((place, wanted)):
            return row
    raise LookupError(f"no rule on {wanted} is known on {on}")


def duties(country: str, on: date) -> dict[Duty, DutyRow]:
    """Return every duty of a place."""
    return {each: duty(country, each, on) for each in Duty}


def form(country: str, use: str, on: date) -> Form | None:
    """Return the form that a place's law prescribes for a use, None where any words will do."""
    rows = _forms().on(on)
    return next((row for place in reach(country) if (row := rows.get((place, use)))), None)


def forms(country: str, on: date) -> dict[str, Form]:
    """Return every form that a place's law prescribes, by use."""
    uses = sorted({row.use for row in _forms().rows})
    return {use: found for use in uses if (found := form(country, use, on))}


@cache
def _duties() -> Table[DutyRow]:
    return table("duties.yaml", DutyRow)


@cache
def _forms() -> Table[Form]:
    return table("forms.yaml", Form)
