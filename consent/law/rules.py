"""The dated rules beside ages and deadlines: validity, authorities, breaches, adequacy, cookies."""

from collections.abc import Hashable, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from consent.law.rows import Dated, Place, Table, reach, regions, table

_Days = Annotated[int, Field(ge=1, le=365)]
_Text = Annotated[str, Field(min_length=2)]
_R = TypeVar("_R", bound=Dated)


class Validity(Dated):
    """For how many days a yes holds (by default, and at most), and a no is not asked again."""

    default_days: _Days
    max_days: _Days
    refusal_days: _Days

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.default_days > self.max_days:
            raise ValueError(f"{self.country}: default above the maximum")
        return self


class Authority(Dated):
    """Where a person complains."""

    name: _Text
    url: Annotated[str, Field(pattern=r"^https://")]
    how: _Text


class Breach(Dated):
    """Whom to tell of a breach, and within how many hours of becoming aware; None means at once."""

    hours: Annotated[int, Field(ge=1)] | None
    threshold: Literal["any", "risk"]
    channel: _Text
    form: str
    people: _Text
    law: _Text


class Adequacy(Dated):
    """An origin's decision that a destination protects enough: for everybody or a scope, for good or until a day."""

    destination: Place
    scope: str = ""
    until: date | None = None

    def opens(self, on: date) -> bool:
        """Whether the decision holds on a day for everybody there; one for some recipients opens nothing."""
        return not self.scope and (self.until is None or on <= self.until)

    @property
    def key(self) -> Hashable:
        """A decision belongs to an origin and a destination."""
        return self.country, self.destination


class Cookies(Dated):
    """Which categories need a yes before anything is kept on a device, and the law's names."""

    opt_in: tuple[Literal["functional", "analytics", "marketing"], ...]
    law: _Text
    aliases: tuple[str, ...]


def validity(country: str, on: date, chosen: Mapping[str, int] = MappingProxyType({})) -> Validity:
    """Return how long a consent and a refusal hold in a country.

    ``chosen`` is a site's own days by country, or by region; never more than the country's law allows. Who said no is
    not asked again before somebody who said yes would be.
    """
    rule = _nearest(_validities(), country, on)
    wanted = next((chosen[place] for place in reach(country) if place in chosen), rule.default_days)
    days = min(wanted, rule.max_days)
    return rule.model_copy(update={"default_days": days, "refusal_days": max(rule.refusal_days, days)})


def authority(country: str, on: date) -> Authority:
    """Return where somebody in a country complains; elsewhere, to the responsible party's authority."""
    return _nearest(_authorities(), country, on)


def breach(country: str, on: date) -> Breach:
    """Return who must be told of a breach that touches a country; unknown is strictest."""
    return _nearest(_breaches(), country, on)


def cookies(country: str, on: date) -> Cookies:
    """Return what needs a yes before it is kept on a device in a country."""
    return _nearest(_cookies(), country, on)


def adequate(origin: str, destination: str, on: date) -> bool:
    """Whether the law of the origin lets everybody in the destination receive without further safeguard."""
    if origin == destination or any({origin, destination} <= set(members) for members in regions().values()):
        return True
    decisions = _adequacy().on(on)
    found = (decisions.get((place, destination)) for place in reach(origin))
    return any(decision is not None and decision.opens(on) for decision in found)


def _nearest(rows: Table[_R], country: str, on: date) -> _R:
    """Return the row of the country, else of its region, else of anywhere; raise ``LookupError`` before all law."""
    in_force = rows.on(on)
    for place in reach(country):
        if place in in_force:
            return in_force[place]
    raise LookupError(f"no rule is known on {on}")


@cache
def _validities() -> Table[Validity]:
    return table("validity.yaml", Validity)


@cache
def _authorities() -> Table[Authority]:
    return table("authorities.yaml", Authority)


@cache
def _breaches() -> Table[Breach]:
    return table("breaches.yaml", Breach)


@cache
def _adequacy() -> Table[Adequacy]:
    return table("adequacy.yaml", Adequacy)


@cache
def _cookies() -> Table[Cookies]:
    return table("cookies.yaml", Cookies)
