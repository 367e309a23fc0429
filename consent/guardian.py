"""Who answers for a child: from a code in the child's hand to a guardian's consent, with no way round verification.

    invited ──identify──> identified ──verify──> verified ──consent──> active ──pause──> paused ──resume──> active
       │                      │  └─reject─> refused   └─refuse─> refused  │                 │
       └──────expire──────────┴──> expired                                └─revoke─┬────────┘
                                                                                   v
                  any state but erased ──freeze──> frozen ──erase──> erased <──erase── revoked

The child is asked for nothing: a code is shown to hand on (GDPR Art. 8(2), POPIA s.35(1)(a), COPPA 16 CFR 312.5).
What remains of a verification is its outcome and a hash; the document is never kept. Only ``active`` admits.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# Crockford's alphabet: read aloud and typed by a parent without mistaking 0 for O or 1 for I.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 12
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


class GuardianError(Exception):
    """The step is not open from here, or its evidence does not count."""


class Stage(StrEnum):
    """Where a guardianship stands; only ``ACTIVE`` lets the child's session run."""

    INVITED = "invited"
    IDENTIFIED = "identified"
    VERIFIED = "verified"
    ACTIVE = "active"
    PAUSED = "paused"
    REFUSED = "refused"
    EXPIRED = "expired"
    REVOKED = "revoked"
    FROZEN = "frozen"
    ERASED = "erased"


class Act(StrEnum):
    """What somebody does: the guardian, staff, or the clock."""

    IDENTIFY = "identify"
    VERIFY = "verify"
    REJECT = "reject"
    CONSENT = "consent"
    REFUSE = "refuse"
    PAUSE = "pause"
    RESUME = "resume"
    REVOKE = "revoke"
    EXPIRE = "expire"
    FREEZE = "freeze"
    ERASE = "erase"


_STEPS = {
    (Stage.INVITED, Act.IDENTIFY): Stage.IDENTIFIED,
    (Stage.INVITED, Act.EXPIRE): Stage.EXPIRED,
    (Stage.IDENTIFIED, Act.VERIFY): Stage.VERIFIED,
    (Stage.IDENTIFIED, Act.REJECT): Stage.REFUSED,
    (Stage.IDENTIFIED, Act.EXPIRE): Stage.EXPIRED,
    (Stage.VERIFIED, Act.CONSENT): Stage.ACTIVE,
    (Stage.VERIFIED, Act.REFUSE): Stage.REFUSED,
    (Stage.VERIFIED, Act.EXPIRE): Stage.EXPIRED,
    (Stage.ACTIVE, Act.PAUSE): Stage.PAUSED,
    (Stage.ACTIVE, Act.REVOKE): Stage.REVOKED,
    (Stage.PAUSED, Act.RESUME): Stage.ACTIVE,
    (Stage.PAUSED, Act.REVOKE): Stage.REVOKED,
    (Stage.FROZEN, Act.ERASE): Stage.ERASED,
    (Stage.REVOKED, Act.ERASE): Stage.ERASED,
    (Stage.REFUSED, Act.ERASE): Stage.ERASED,
    (Stage.EXPIRED, Act.ERASE): Stage.ERASED,
} | {(stage, Act.FREEZE): Stage.FROZEN for stage in Stage if stage not in {Stage.FROZEN, Stage.ERASED}}


@dataclass(frozen=True)
class Evidence:
    """What remains of a verification: how, whether it succeeded, the hash of what was seen, and when."""

    method: str
    verified: bool
    sha256: str
    at: datetime


@dataclass(frozen=True)
class Guardianship:
    """One child session's guardian, without a name; ``code_sha256`` is what the handed-on code must match."""

    id: str
    stage: Stage
    code_sha256: str
    invited_at: datetime
    expires_at: datetime
    changed_at: datetime
    evidence: Evidence | None = None

    @property
    def admits(self) -> bool:
        """Whether the child's messages may be read now."""
        return self.stage is Stage.ACTIVE


def invite(identity: str, *, now: datetime, valid_for: timedelta) -> tuple[Guardianship, str]:
    """Return a new guardianship and the code to hand on, which is not kept and cannot be shown again."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
    begun = Guardianship(identity, Stage.INVITED, code_digest(code), now, now + valid_for, now)
    return begun, "-".join(code[start : start + 4] for start in range(0, _CODE_LENGTH, 4))


def code_digest(code: str) -> str:
    """Return the hash of a code as typed: case, spaces, dashes, and misread letters do not matter."""
    return hashlib.sha256(code.upper().translate(_MISREAD).encode()).hexdigest()


def matches(guardianship: Guardianship, code: str) -> bool:
    """Whether a typed code is the one that was handed on, compared in constant time."""
    return secrets.compare_digest(guardianship.code_sha256, code_digest(code))


def advance(guardianship: Guardianship, act: Act, *, now: datetime, evidence: Evidence | None = None) -> Guardianship:
    """Return the guardianship after a step; raise ``GuardianError`` when the step is not open.

    Verifying needs evidence that succeeded, and no step but expiring and freezing is open after the time is over.
    """
    if (guardianship.stage, act) not in _STEPS:
        raise GuardianError(f"{act} is not possible while {guardianship.stage}")
    if act in {Act.IDENTIFY, Act.VERIFY, Act.CONSENT} and now >= guardianship.expires_at:
        raise GuardianError("the invitation is over; ask for a new one")
    if act is Act.VERIFY and (evidence is None or not evidence.verified):
        raise GuardianError("verifying needs evidence that succeeded")
    kept = evidence if act in {Act.VERIFY, Act.REJECT} else guardianship.evidence
    stage = _STEPS[guardianship.stage, act]
    return replace(guardianship, stage=stage, changed_at=now, evidence=None if stage is Stage.ERASED else kept)


def open_steps(stage: Stage) -> frozenset[Act]:
    """Return what can be done at a stage: the buttons of the guardian's and staff's pages."""
    return frozenset(act for start, act in _STEPS if start is stage)


def overdue(guardianship: Guardianship, now: datetime) -> bool:
    """Whether the invitation ran out before the guardian consented, so that ``expire`` is due."""
    return Act.EXPIRE in open_steps(guardianship.stage) and now >= guardianship.expires_at
