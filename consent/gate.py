"""May this happen now? Pure decisions over facts: a closed table, and no for everything that is not in it.

admit   may this visitor start, and is anything kept?   refused | guardian_required | consent_stale
| stored | ephemeral
may     may this data go to this recipient now?         purpose wall: purpose x data class x recipient
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from consent.age import AgeOutcome
from consent.purposes import Asked, Basis, Purpose, PurposeError, Purposes


class State(StrEnum):
    """How a visitor is admitted."""

    STORED = "stored"
    EPHEMERAL = "ephemeral"
    GUARDIAN_REQUIRED = "guardian_required"
    REFUSED = "refused"
    CONSENT_STALE = "consent_stale"


class Reason(StrEnum):
    """Why the gate said what it said; safe to log and to show."""

    CONSENT = "consent"
    OTHER_BASIS = "other_basis"
    NOT_REGISTERED = "not_registered"
    NO_CONSENT = "no_consent"
    MINOR = "minor"
    INACTIVE = "inactive"
    OBJECTED = "objected"
    HELD = "held"
    ONE_SESSION = "one_session"
    NO_EMERGENCY = "no_emergency"


@dataclass(frozen=True)
class Admission:
    """The outcome of the gate; ``granted`` holds every purpose asked for, and is empty unless admitted.

    ``not_taken`` names each purpose whose yes was not taken, because it does not exist for people under age.
    """

    state: State
    granted: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    not_taken: tuple[str, ...] = ()

    @property
    def admitted(self) -> bool:
        """Whether messages may be read at all."""
        return self.state in {State.STORED, State.EPHEMERAL}


@dataclass(frozen=True)
class Decision:
    """Yes or no, and why."""

    allowed: bool
    reason: Reason

    def __bool__(self) -> bool:
        return self.allowed


_YES_CONSENT = Decision(allowed=True, reason=Reason.CONSENT)
_YES = Decision(allowed=True, reason=Reason.OTHER_BASIS)
_NO = {reason: Decision(allowed=False, reason=reason) for reason in Reason}


class Gate:
    """The gate over one register of purposes; it holds no state and may be shared by threads.

    ``guardians``: this site has a guardian flow; without one, who is under age is refused.
    """

    def __init__(self, purposes: Purposes, *, guardians: bool = True) -> None:
        self._purposes = purposes
        self._under_age = State.GUARDIAN_REQUIRED if guardians else State.REFUSED
        self._rows = {row.id: row for row in purposes.purposes}
        self._allowed = frozenset(
            (row.id, data, recipient)
            for row in purposes.purposes
            for data, recipients in row.uses.items()
            for recipient in recipients
        )

    def admit(
        self,
        age: AgeOutcome,
        choices: Mapping[str, bool],
        notice_version: str,
        current_version: str,
        *,
        abroad: bool = False,
    ) -> Admission:
        """Decide how a visitor is admitted; raise ``PurposeError`` for a choice that the register lacks.

        ``abroad``: the configured model is in another country, so ``transfer`` is asked for. Age
        comes first: a child's choices count for nothing, whichever notice they answered.
        """
        asked = self._asked(choices, abroad=abroad)
        if age.guardian_required:
            return Admission(self._under_age)
        if notice_version != current_version:
            return Admission(State.CONSENT_STALE)
        granted = {name: choices.get(name) is True and self._open_to(name, age.minor) for name in asked}
        if any(self._rows[name].required and not yes for name, yes in granted.items()):
            return Admission(State.REFUSED)
        not_taken = tuple(name for name, yes in granted.items() if choices.get(name) is True and not yes)
        state = State.STORED if granted.get("store") else State.EPHEMERAL
        return Admission(state, MappingProxyType(granted), not_taken)

    def may(  # noqa: PLR0913 — each is a fact of the decision, and the last two are named
        self,
        purpose: str,
        data_class: str,
        recipient: str,
        standing: Mapping[str, bool],
        *,
        minor: bool = False,
        objected: Collection[str] = (),
    ) -> Decision:
        """Decide whether data of a class may go to a recipient for a purpose; ``standing`` is what is agreed now.

        ``standing`` comes from ``ledger.standing`` (stored) or from the admission (ephemeral). ``objected`` names
        the purposes that have stopped because the visitor objected, as ``objections.stopped`` gives them.
        """
        registered = self.registered(purpose, data_class, recipient)
        if not registered:
            return registered
        row = self._rows[purpose]
        if minor and not row.minors:
            return _NO[Reason.MINOR]
        if row.objectable and purpose in objected:
            return _NO[Reason.OBJECTED]
        if row.basis is not Basis.CONSENT:
            return _YES
        return _YES_CONSENT if standing.get(purpose) is True else _NO[Reason.NO_CONSENT]

    def registered(self, purpose: str, data_class: str, recipient: str) -> Decision:
        """Decide what needs no subject: whether this use is in the register, and the purpose active."""
        if (purpose, data_class, recipient) not in self._allowed:
            return _NO[Reason.NOT_REGISTERED]
        return _YES if self._rows[purpose].active else _NO[Reason.INACTIVE]

    def purpose(self, purpose: str) -> Purpose:
        """Return a purpose's row; raise ``PurposeError`` when there is none."""
        return self._purposes.get(purpose)

    def _asked(self, choices: Mapping[str, bool], *, abroad: bool) -> tuple[str, ...]:
        known = {row.id for row in self._purposes.purposes if row.asked is not Asked.NEVER}
        if set(choices) - known:
            raise PurposeError("The choices name a purpose that is not asked for here; see GET /v1/notice.")
        return tuple(row.id for row in self._purposes.asked(abroad=abroad))

    def _open_to(self, purpose: str, minor: bool) -> bool:
        return self._rows[purpose].minors or not minor
