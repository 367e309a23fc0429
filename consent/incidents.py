"""What went wrong, what it touched, whom to tell, and by when: kinds are data, clocks are the law's.

A breach is whatever touches confidentiality, integrity or availability (GDPR Art. 4(12)); the loss of a key or of
data is one, although nobody else may have it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from consent import law
from consent.data import Row, read
from consent.law.rules import Breach

CHILD_FOUND, KEY_LOST = "child_found", "key_lost"
_NEEDED = frozenset({CHILD_FOUND, KEY_LOST, "data_lost", "unauthorised_access"})
_LOSSES = frozenset({KEY_LOST, "data_lost"})
_Id = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,31}$")]


class Kind(Row):
    """A kind of incident: which of the three it touches, and who must be told."""

    id: _Id
    confidentiality: bool
    integrity: bool
    availability: bool
    tell: tuple[Literal["authority", "people", "guardian", "operator", "officer"], ...]

    @property
    def breach(self) -> bool:
        """Whether the clocks of the law run."""
        return self.confidentiality or self.integrity or self.availability

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.id in _LOSSES and not self.availability:
            raise ValueError(f"{self.id}: what is lost is not available; a loss counts as a breach")
        if self.breach and "authority" not in self.tell:
            raise ValueError(f"{self.id}: a breach is told to the authority")
        return self


class Kinds(Row):
    """``incidents.yaml``."""

    kinds: tuple[Kind, ...]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the register; raise ``DataError`` that names the wrong row."""
        return read(path, cls)

    def get(self, name: str) -> Kind:
        """Return a kind; raise ``LookupError`` that lists those there are."""
        for kind in self.kinds:
            if kind.id == name:
                return kind
        raise LookupError(f"no such kind; choose one of {', '.join(kind.id for kind in self.kinds)}")

    @model_validator(mode="after")
    def _unambiguous(self) -> Self:
        ids = [kind.id for kind in self.kinds]
        if lacking := _NEEDED - set(ids):
            raise ValueError(f"missing: {', '.join(sorted(lacking))}")
        if len(set(ids)) < len(ids):
            raise ValueError("a kind is there twice")
        return self


@dataclass(frozen=True)
class Clock:
    """Until when a country's authority is told; ``by`` None means at once."""

    country: str
    by: datetime | None
    rule: Breach


def clocks(kind: Kind, countries: Iterable[str], aware: datetime) -> tuple[Clock, ...]:
    """Return the clocks that run from a moment, the soonest first; none for what is no breach."""
    if not kind.breach:
        return ()
    rules = {country: law.breach(country, aware.date()) for country in countries}
    made = [Clock(country, _by(rule, aware), rule) for country, rule in rules.items()]
    return tuple(sorted(made, key=lambda clock: (clock.by or aware, clock.country)))


def _by(rule: Breach, aware: datetime) -> datetime | None:
    return None if rule.hours is None else aware + timedelta(hours=rule.hours)
