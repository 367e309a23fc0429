"""The age from which a person may consent alone, by country and date (GDPR Art. 8, POPIA ss.34-35, COPPA)."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from consent.data import Row, digest
from consent.law.rows import Dated, doubled, in_force

_Age = Annotated[int, Field(ge=10, le=21)]


class AgeRow(Dated):
    """One dated age of one country."""

    age: _Age


class AgeRule(Row):
    """An age that belongs to no country: the floor, the unknown country, the age of majority."""

    age: _Age
    source: str


class AgeFile(Row):
    """``ages.yaml`` as a whole, checked: every source named, no two rows of a country on one day."""

    sources: dict[str, str]
    floor: AgeRule
    unknown: AgeRule
    majority: AgeRule
    rows: tuple[AgeRow, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        used = {row.source for row in self.rows} | {rule.source for rule in (self.floor, self.unknown, self.majority)}
        if missing := used - self.sources.keys():
            raise ValueError(f"sources not named: {', '.join(sorted(missing))}")
        if twice := doubled(self.rows):
            raise ValueError(f"two rows from the same day: {', '.join(twice)}")
        if self.unknown.age < max((self.floor.age, *(row.age for row in self.rows))):
            raise ValueError("unknown: must be the strictest age of the table")
        return self


@dataclass(frozen=True)
class Ages:
    """The ages in force on one day; ``version`` is the content hash of exactly these rows."""

    as_of: date
    file: AgeFile = field(repr=False)

    @cached_property
    def rows(self) -> Mapping[Hashable, AgeRow]:
        """The row in force for each country that has one."""
        return in_force(self.file.rows, self.as_of)

    @cached_property
    def version(self) -> str:
        """Twelve hex digits that change when any row in force, or one of the three rules, changes."""
        rows = [self.rows[country].model_dump() for country in sorted(self.rows, key=str)]
        rules = [rule.model_dump() for rule in (self.file.floor, self.file.unknown, self.file.majority)]
        return digest([rows, rules])[:12]

    @property
    def majority(self) -> int:
        """The age under which nobody is profiled or marketed to."""
        return self.file.majority.age

    def effective(self, country: str) -> int:
        """Return the age that decides: the higher of the floor and the country's; unknown is strictest."""
        row = self.rows.get(country)
        return max(self.file.floor.age, row.age if row else self.file.unknown.age)
