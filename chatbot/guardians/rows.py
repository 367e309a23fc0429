"""Between the table and the state machine: every change of stage is one of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from chatbot.errors import InvalidRequest, NotFound
from chatbot.storage.tables.guardians import GuardianRow
from consent.guardian import Evidence, GuardianError, Guardianship, Stage, advance, code_digest

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

    from consent.guardian import Act

GONE = "This invitation does not exist, or it is over. Please ask for a new one in the chat."


def read(row: GuardianRow) -> Guardianship:
    """Give the row as the state machine knows it."""
    return Guardianship(
        id=row.id,
        stage=Stage(row.stage),
        code_sha256=row.code_sha256,
        invited_at=row.invited_at,
        expires_at=row.expires_at,
        changed_at=row.changed_at,
        evidence=_evidence(row),
    )


def step(row: GuardianRow, act: Act, *, now: datetime, evidence: Evidence | None = None) -> None:
    """Take a step and write it into the row; raises InvalidRequest when it is not open."""
    try:
        after = advance(read(row), act, now=now, evidence=evidence)
    except GuardianError as error:
        raise InvalidRequest(f"This is not possible now: {error}.") from None
    row.stage, row.changed_at = after.stage.value, after.changed_at
    kept = after.evidence
    row.evidence_verified = kept.verified if kept else None
    row.evidence_sha256, row.evidence_at = (kept.sha256, kept.at) if kept else ("", None)
    if after.stage not in {Stage.INVITED, Stage.IDENTIFIED}:
        row.address = None


async def find(session: AsyncSession, identity: str, *, lock: bool = False) -> GuardianRow:
    """Find a guardianship by id, locked when it shall change; raises NotFound."""
    row = await session.get(GuardianRow, identity, with_for_update=lock)
    if row is None:
        raise NotFound(GONE)
    return row


async def find_code(session: AsyncSession, code: str) -> GuardianRow:
    """Find a guardianship by the code that the child handed on; raises NotFound."""
    query = select(GuardianRow).where(GuardianRow.code_sha256 == code_digest(code)).with_for_update()
    row = (await session.exec(query)).first()
    if row is None:
        raise NotFound(GONE)
    return row


def _evidence(row: GuardianRow) -> Evidence | None:
    if row.evidence_verified is None or row.evidence_at is None:
        return None
    return Evidence(row.method, row.evidence_verified, row.evidence_sha256, row.evidence_at)
