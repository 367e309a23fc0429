"""Third-party services on the site's pages: who receives what where, under which contract, vetted until when."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from consent.data import Row
from consent.operators import Operator, Register, Vetting

Text = Annotated[str, Field(min_length=2)]
ByLanguage = dict[str, Text]


class Service(Row):
    """A third party that a category lets in.

    Its papers are those of a row of the operators' register, or its own contract and vetting here.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    name: Text
    recipient: Text
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    category: Literal["functional", "analytics", "marketing"]
    operator: str = ""
    contract: str = ""
    signed: date | None = None
    expires: date | None = None
    vetted: Vetting | None = None
    privacy: Annotated[str, Field(pattern=r"^https://")]
    purpose: ByLanguage

    @model_validator(mode="after")
    def _papers(self) -> Self:
        own = (self.contract, self.signed, self.expires)
        if self.operator and (any(own) or self.vetted):
            raise ValueError(f"{self.id}: its papers are those of the operator {self.operator}; leave its own out")
        if not self.operator and not all(own):
            raise ValueError(f"{self.id}: needs an operator, or its own contract, signed and expires")
        return self

    def paper(self, register: Register) -> Operator | None:
        """Return the row of the operators' register that this service names, if there is one."""
        return next((row for row in register.operators if row.id == self.operator), None)

    def lapsed(self, on: date, register: Register) -> str | None:
        """Return why this service may not run on a day, in words, or None when it may."""
        if self.operator:
            row = self.paper(register)
            return row.lapsed(on) if row else f"operators.yaml has no {self.operator}"
        if self.signed is None or on < self.signed:
            return f"the contract {self.contract} begins on {self.signed}"
        if self.expires is None or on > self.expires:
            return f"the contract {self.contract} ended on {self.expires}; sign a new one and enter it"
        if self.vetted is None:
            return "nobody has vetted it; enter who did under vetted, and until when that holds"
        if on > self.vetted.review_by:
            return f"the vetting was due for review on {self.vetted.review_by}; review it and enter the new date"
        return None


class ServicesFile(Row):
    """`site_services.yaml`."""

    services: tuple[Service, ...]
