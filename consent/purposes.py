"""The closed list of purposes: what personal information may be used for, on which basis, for how long.

``data/registers/purposes.yaml`` is the register. There is no purpose for selling, and none can be added without
a basis, a retention in days with a hard limit, and the data classes and recipients that it may use.
"""

from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import Field, model_validator

from consent.data import DataError, Row, read

Id = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,30}$")]
Days = Annotated[int, Field(ge=0, le=3650)]


class PurposeError(ValueError):
    """A choice names a purpose that is not in the register."""


class Basis(StrEnum):
    """The legal bases (POPIA s.11(1), GDPR Art. 6(1)) that a purpose may rest on."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    LEGITIMATE_INTEREST = "legitimate_interest"
    PUBLIC_DUTY = "public_duty"
    VITAL_INTERESTS = "vital_interests"


class Asked(StrEnum):
    """When the visitor is asked for a purpose."""

    ALWAYS = "always"
    ABROAD = "abroad"
    SUBSCRIBING = "subscribing"
    NEVER = "never"


class Objection(StrEnum):
    """What an objection to a purpose on legitimate interest does (GDPR Art. 21(1), POPIA s.11(3))."""

    AT_ONCE = "at_once"
    REVIEWED = "reviewed"


# What is said in a conversation, as opposed to what is known about the asking.
CONVERSATION = frozenset({"message", "reply", "feedback", "handoff", "sealed_values"})
_NEVER_WORDS = frozenset({"mail", "log"})
# The closed list of recipients. `model_abroad` and `mail` are reached through the register of operators alone.
RECIPIENTS = frozenset(
    {
        *("database", "memory", "sealed_state", "model_home", "model_abroad", "agent"),
        *("release_gate", "mail", "log", "authority", "break_glass"),
    }
)
# What may be reached on these bases at all: performing a contract, or saving a life, is no way to anything else.
REACH = MappingProxyType(
    {
        Basis.CONTRACT: frozenset({"memory", "model_home", "agent", "sealed_state", "database"}),
        Basis.VITAL_INTERESTS: frozenset({"break_glass"}),
    }
)


class Purpose(Row):
    """One row of the register; ``uses`` maps each data class to the recipients it may reach."""

    id: Id
    basis: Basis
    asked: Asked
    uses: dict[Id, tuple[Id, ...]]
    retention_days: Days
    hard_limit_days: Days
    minors: bool
    required: bool = False
    necessity: str = ""
    balancing: str = ""
    authority: str | None = None
    objection: Objection | None = None

    @property
    def default(self) -> bool:
        """Off, always: a yes is given, never found already given (GDPR Recital 32, POPIA s.1 "consent")."""
        return False

    @property
    def active(self) -> bool:
        """Whether the purpose exists today: a public duty waits for the authority that gives it."""
        return self.basis is not Basis.PUBLIC_DUTY or bool(self.authority)

    @property
    def objectable(self) -> bool:
        """Whether the visitor may object to it: to everything that rests on an interest of ours."""
        return self.basis is Basis.LEGITIMATE_INTEREST

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.basis is Basis.CONSENT) == (self.asked is Asked.NEVER):
            raise ValueError(f"{self.id}: consent is asked for, and nothing else is")
        if self.basis is not Basis.CONSENT and not self.necessity:
            raise ValueError(f"{self.id}: say why it is necessary")
        if self.basis is Basis.LEGITIMATE_INTEREST and not self.balancing:
            raise ValueError(f"{self.id}: name its balancing test")
        if self.retention_days > self.hard_limit_days:
            raise ValueError(f"{self.id}: the retention is longer than its hard limit")
        return self


class Purposes(Row):
    """The whole register, each purpose once."""

    purposes: tuple[Purpose, ...]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read ``purposes.yaml``; raise ``DataError`` that says which purpose is wrong."""
        register = read(path, cls)
        if wrong := [complaint for row in register.purposes for complaint in complaints(row)]:
            raise DataError(f"{path.name}: {'; '.join(wrong)}")
        return register

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [purpose.id for purpose in self.purposes]
        if doubled := {one for one in ids if ids.count(one) > 1}:
            raise ValueError(f"registered twice: {', '.join(sorted(doubled))}")
        return self

    def asked(self, *, abroad: bool) -> tuple[Purpose, ...]:
        """Return the purposes that a visitor is asked for in the chat, in the order of the register."""
        when = {Asked.ALWAYS, Asked.ABROAD} if abroad else {Asked.ALWAYS}
        return tuple(purpose for purpose in self.purposes if purpose.asked in when)

    def subscribing(self) -> tuple[Purpose, ...]:
        """Return the purposes that somebody who subscribes by e-mail is asked for."""
        return tuple(purpose for purpose in self.purposes if purpose.asked is Asked.SUBSCRIBING)

    def get(self, purpose: str) -> Purpose:
        """Return one purpose; raise ``PurposeError`` when the register has none of that name."""
        for row in self.purposes:
            if row.id == purpose:
                return row
        raise PurposeError("The choice names a purpose that is not asked for here; see GET /v1/notice.")


def complaints(row: Purpose) -> list[str]:
    """Say what a row of today's register may not do; an archived notice keeps the rows of its own day."""
    reached = {one for allowed in row.uses.values() for one in allowed}
    words = {one for data in CONVERSATION & row.uses.keys() for one in row.uses[data]}
    found = []
    if row.objectable != (row.objection is not None):
        found.append(f"{row.id}: say what an objection does, for legitimate_interest and for nothing else")
    if unknown := reached - RECIPIENTS:
        found.append(f"{row.id}: nobody is called {', '.join(sorted(unknown))}")
    if beyond := reached & RECIPIENTS - REACH.get(row.basis, RECIPIENTS):
        found.append(f"{row.id}: {row.basis} does not reach {', '.join(sorted(beyond))}")
    if leaking := words & _NEVER_WORDS:
        found.append(f"{row.id}: no word of a conversation goes to {', '.join(sorted(leaking))}")
    return found
