"""The register of operators (POPIA) or processors (GDPR): who may receive what, where, under which safeguard.

OperatorError
OperatorMissing   the host is not in the register, or not registered for this data
OperatorExpired   the contract, transfer assessment or vetting is not in force on this day
"""

from datetime import date
from enum import StrEnum
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, model_validator

from consent.data import Row, read
from consent.purposes import Id

_Text = Annotated[str, Field(min_length=2)]
_Host = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]
OWN_MACHINE = "own-machine"


class OperatorError(Exception):
    """Nothing may be sent to this host now; the message says how to mend it."""


class OperatorMissing(OperatorError):
    """The host is not in the register, or not for this data."""


class OperatorExpired(OperatorError):
    """The host is in the register, but not in force on this day."""


class Safeguard(StrEnum):
    """What protects the data where it goes (GDPR Ch. V, POPIA s.72)."""

    HOME = "home"
    ADEQUACY = "adequacy"
    SCC = "scc"
    DPA = "dpa"
    BCR = "bcr"
    CONSENT = "consent"


class Clauses(Row):
    """Standard contractual clauses as signed: which module, when, and the hash of the signed annex."""

    module: Annotated[int, Field(ge=1, le=4)]
    dated: date
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Assessment(Row):
    """A transfer impact assessment: the law there, the data, the measures, and when to look again."""

    dated: date
    review_by: date
    law: _Text
    data: _Text
    measures: _Text


class Vetting(Row):
    """Why the operator is trusted, since when, and until when that holds."""

    dated: date
    review_by: date
    evidence: _Text


class Operator(Row):
    """One recipient outside this machine, with its contract and safeguards."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
    name: _Text
    hosts: tuple[_Host, ...]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    role: Id
    data_classes: frozenset[Id]
    contract: _Text
    signed: date
    expires: date
    breach_notice_hours: Annotated[int, Field(ge=0, le=72)]
    safeguard: Safeguard
    vetted: Vetting | None = None
    scc: Clauses | None = None
    tia: Assessment | None = None
    sub_operators: tuple[_Text, ...] = ()
    notify: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    """Where it is told that something was erased, corrected or withdrawn; None when it keeps nothing of ours."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.signed > self.expires:
            raise ValueError(f"{self.id}: expires before it is signed")
        if self.safeguard is Safeguard.SCC and self.scc is None:
            raise ValueError(f"{self.id}: the safeguard scc needs the clauses under scc")
        if self.safeguard not in {Safeguard.HOME, Safeguard.ADEQUACY} and self.tia is None:
            raise ValueError(f"{self.id}: the safeguard {self.safeguard} needs a transfer assessment under tia")
        if self.id != OWN_MACHINE and self.vetted is None:
            raise ValueError(f"{self.id}: say under vetted why it is trusted, and until when")
        if self.notify is not None and not self._reaches(urlsplit(self.notify)):
            raise ValueError(f"{self.id}: notify must be https on one of its own hosts, or on this machine")
        return self

    def _reaches(self, address: SplitResult) -> bool:
        host = address.hostname or ""
        return is_loopback(host) or (address.scheme == "https" and host in self.hosts)

    def lapsed(self, on: date) -> str | None:
        """Return what is not in force on a day, in words, or None when the door may be open."""
        if on < self.signed:
            return f"the contract {self.contract} begins on {self.signed}"
        if on > self.expires:
            return f"the contract {self.contract} ended on {self.expires}; sign a new one and enter it"
        for name, paper in (("transfer assessment", self.tia), ("vetting", self.vetted)):
            if paper is not None and on > paper.review_by:
                return f"the {name} was due for review on {paper.review_by}; review it and enter the new date"
        return None


class Register(Row):
    """Every operator; a host belongs to one of them. ``home`` is the responsible party's country."""

    operators: tuple[Operator, ...]
    home: str = "ZA"

    @classmethod
    def load(cls, path: Path, *, home: str = "ZA") -> Self:
        """Read ``operators.yaml``; raise ``DataError`` that says which row is incomplete."""
        return read(path, cls).model_copy(update={"home": home})

    @model_validator(mode="after")
    def _one_owner(self) -> Self:
        hosts = [host for row in self.operators for host in row.hosts]
        ids = [row.id for row in self.operators]
        if twice := {one for one in (*hosts, *ids) if hosts.count(one) > 1 or ids.count(one) > 1}:
            raise ValueError(f"registered twice: {', '.join(sorted(twice))}")
        return self

    @cached_property
    def _by_host(self) -> dict[str, Operator]:
        return {host: row for row in self.operators for host in row.hosts}

    @cached_property
    def own_machine(self) -> Operator:
        """The stand-in for loopback: what is sent there does not leave the machine."""
        return Operator.model_construct(
            id=OWN_MACHINE,
            name="This machine",
            hosts=(),
            country=self.home,
            role="model",
            data_classes=frozenset(),
            contract="none needed",
            signed=date.min,
            expires=date.max,
            breach_notice_hours=0,
            safeguard=Safeguard.HOME,
        )

    def for_host(self, host: str, on: date, *, data_class: str | None = None) -> Operator:
        """Return the operator of a host, in force on a day and for a class of data.

        Raises ``OperatorMissing`` or ``OperatorExpired``, whose message says how to mend it.
        """
        name = host.rstrip(".").lower()
        if is_loopback(name):
            return self.own_machine
        operator = self._by_host.get(name)
        if operator is None:
            raise OperatorMissing(f"{name} is in no row of operators.yaml; enter its contract there to open it")
        if lapse := operator.lapsed(on):
            raise OperatorExpired(f"{operator.id} may receive nothing today: {lapse}")
        if data_class is not None and data_class not in operator.data_classes:
            raise OperatorMissing(f"{operator.id} is not registered to receive {data_class}")
        return operator

    def abroad(self, operator: Operator) -> bool:
        """Whether sending to an operator takes the data out of the responsible party's country."""
        return operator.country != self.home


def is_loopback(host: str) -> bool:
    """Whether a host name can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
