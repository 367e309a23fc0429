"""How long the service keeps its own records; a class of records without a number stops the start."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from consent.data import Row, read


class Kept(StrEnum):
    """What is kept as proof."""

    DECISION = "decision"
    CHILD_HOLD = "child_hold"
    INCIDENT = "incident"
    GUARDIANSHIP = "guardianship"
    INVITATION = "invitation"
    LEGAL_HOLD = "legal_hold"
    OUTGOING = "outgoing"
    MAILING = "mailing"


class Period(Row):
    """For how many days after its end, and why."""

    days: Annotated[int, Field(ge=1, le=3650)]
    why: Annotated[str, Field(min_length=2)]


class Records(Row):
    """``records.yaml``."""

    records: dict[Kept, Period]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the register; raise ``DataError`` when a number is missing."""
        return read(path, cls)

    def period(self, kept: Kept) -> timedelta:
        """Return how long a class of records is kept."""
        return timedelta(days=self.records[kept].days)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if lacking := set(Kept) - set(self.records):
            raise ValueError(f"no number for {', '.join(sorted(lacking))}")
        return self
