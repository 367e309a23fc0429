"""The dated rules beside ages: how long a consent is good for."""

from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from consent.data import Row, read
from consent.law.rows import Dated, doubled, in_force

ANYWHERE = "ZZ"
_Days = Annotated[int, Field(ge=1, le=365)]


class Validity(Dated):
    """For how many days a yes holds (by default, and at most), and a no is not asked again."""

    default_days: _Days
    max_days: _Days
    refusal_days: _Days


class ValidityFile(Row):
    """``validity.yaml``: every default within its maximum, one row a day, a row for anywhere."""

    rows: tuple[Validity, ...]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the file of a law folder."""
        return read(folder / "validity.yaml", cls)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if wrong := [row.country for row in self.rows if row.default_days > row.max_days]:
            raise ValueError(f"default above the maximum: {', '.join(wrong)}")
        if twice := doubled(self.rows):
            raise ValueError(f"two rows from the same day: {', '.join(twice)}")
        if ANYWHERE not in {row.country for row in self.rows}:
            raise ValueError("the row ZZ, for every other country, is missing")
        return self

    def on(self, as_of: date, country: str) -> Validity:
        """Return the rule of a country on a day, or that of anywhere."""
        rows = in_force(self.rows, as_of)
        return rows.get(country) or rows[ANYWHERE]
