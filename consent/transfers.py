"""May this data leave for that country? Nobody's information crosses a border without a safeguard that holds today.

A transfer is judged by where the person is, where the operator is, which data it is, and on which day (GDPR
Chapter V, POPIA ss.57 and 72). An unknown operator, a lapsed safeguard, or a child abroad means no.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from consent import law
from consent.operators import Operator, Safeguard


class Mechanism(StrEnum):
    """Why a transfer may happen, or what stops it; safe to log and to show."""

    HOME = "home"
    SAME_COUNTRY = "same_country"
    ADEQUACY = "adequacy"
    SAFEGUARD = "safeguard"
    CONSENT = "consent"
    DATA_NOT_REGISTERED = "data_not_registered"
    LAPSED = "lapsed"
    MINOR = "minor"
    NO_SAFEGUARD = "no_safeguard"


_OPEN = frozenset(
    {
        *(Mechanism.HOME, Mechanism.SAME_COUNTRY, Mechanism.ADEQUACY),
        *(Mechanism.SAFEGUARD, Mechanism.CONSENT),
    }
)


@dataclass(frozen=True)
class Transfer:
    """What is about to happen: whose data (by country), to whom, which class, on which day."""

    subject_country: str
    operator: Operator
    data_class: str
    on: date
    home: str
    consented: bool = False
    minor: bool = False


@dataclass(frozen=True)
class Ruling:
    """Whether the transfer may happen, by which mechanism, to which country."""

    mechanism: Mechanism
    country: str

    @property
    def allowed(self) -> bool:
        """Whether the data may go."""
        return self.mechanism in _OPEN

    @property
    def reason(self) -> str:
        """The mechanism in the gate's word for it, for the record."""
        return self.mechanism.value

    def __bool__(self) -> bool:
        return self.allowed


def judge(transfer: Transfer) -> Ruling:
    """Judge one transfer by the first rule that applies; what no rule opens is refused."""
    mechanism = next((name for applies, name in _RULES if applies(transfer)), Mechanism.NO_SAFEGUARD)
    return Ruling(mechanism, transfer.operator.country)


def _at_home(transfer: Transfer) -> bool:
    return transfer.operator.safeguard is Safeguard.HOME and transfer.operator.country == transfer.home


def _lapsed(transfer: Transfer) -> bool:
    return transfer.operator.lapsed(transfer.on) is not None


def _not_registered(transfer: Transfer) -> bool:
    return transfer.data_class not in transfer.operator.data_classes


def _same_country(transfer: Transfer) -> bool:
    return law.country_or_elsewhere(transfer.subject_country) == transfer.operator.country == transfer.home


def _adequate(transfer: Transfer) -> bool:
    """Whether adequacy holds from both ends: the person's country, and ours, from which the data is really sent."""
    starts = {law.country_or_elsewhere(transfer.subject_country), transfer.home}
    return all(law.adequate(start, transfer.operator.country, transfer.on) for start in starts)


def _is_minor(transfer: Transfer) -> bool:
    return transfer.minor


def _bound(transfer: Transfer) -> bool:
    return transfer.operator.safeguard in {Safeguard.SCC, Safeguard.DPA, Safeguard.BCR}


def _consented(transfer: Transfer) -> bool:
    return transfer.operator.safeguard is Safeguard.CONSENT and transfer.consented


# In this order: the first rule that applies decides.
_RULES: tuple[tuple[Callable[[Transfer], bool], Mechanism], ...] = (
    (_at_home, Mechanism.HOME),
    (_lapsed, Mechanism.LAPSED),
    (_not_registered, Mechanism.DATA_NOT_REGISTERED),
    (_same_country, Mechanism.SAME_COUNTRY),
    (_adequate, Mechanism.ADEQUACY),
    (_is_minor, Mechanism.MINOR),
    (_bound, Mechanism.SAFEGUARD),
    (_consented, Mechanism.CONSENT),
)
