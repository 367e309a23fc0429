"""What a guardian sees and puts right: the child's kept conversations, redacted, and notes beside them.

The values behind placeholders are sealed with the child's token; not even the guardian's portal can open them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlmodel import col, select

from chatbot.consents import auditing
from chatbot.consents.auditing import act
from chatbot.conversation.asking import readable, redact
from chatbot.decisions.downstream import CORRECT
from chatbot.errors import InvalidRequest, NotFound
from chatbot.guardians import rows
from chatbot.storage.tables import ChatSession, Turn
from chatbot.storage.tables.guardians import GuardianRow, TurnNote
from consent import ledger
from consent.audit import Fact, Verb
from consent.egress import is_address
from pii.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatbot.services import Services

TURNS = 200
NOTE_CHARACTERS = 1000


class Shown(NamedTuple):
    """A turn as the guardian sees it."""

    session_id: str
    number: int
    at: datetime
    question: str
    answer: str
    notes: list[str]


class View(NamedTuple):
    """The portal: where it stands, what was chosen, and the latest turns, newest first."""

    row: GuardianRow
    standing: Mapping[str, bool]
    turns: list[Shown]


async def view(services: Services, identity: str) -> View:
    """Give what the portal shows."""
    async with services.database.transaction() as session:
        row = await rows.find(session, identity)
        if row.subject_id is None:
            return View(row, {}, [])
        standing = await ledger.standing(session, row.subject_id, datetime.now(UTC), written=True)
        mine = select(ChatSession.id).where(ChatSession.subject_id == row.subject_id)
        query = select(Turn).where(col(Turn.session_id).in_(mine)).order_by(col(Turn.created_at).desc()).limit(TURNS)
        turns = (await session.exec(query)).all()
        notes = (await session.exec(select(TurnNote).where(col(TurnNote.session_id).in_(mine)))).all()
        shown = Fact(Verb.DISCLOSE, "guardian", "guardian", auditing.CONVERSATION, "store", "guardian")
        await auditing.write(session, row.subject_id, [shown] if turns else [], now=datetime.now(UTC))
    beside: dict[tuple[str, int], list[str]] = {}
    for note in notes:
        beside.setdefault((note.session_id, note.turn_number), []).append(note.text.text)
    return View(row, standing, [_shown(turn, beside.get((turn.session_id, turn.number), [])) for turn in turns])


async def annotate(services: Services, identity: str, session_id: str, number: int, text: str) -> None:
    """Put a guardian's correction beside a turn, redacted like everything else."""
    if len(text) > NOTE_CHARACTERS:
        raise InvalidRequest(f"A correction may have {NOTE_CHARACTERS} characters.")
    redaction = await redact(services, readable(text), Vault())
    async with services.database.transaction() as session:
        row = await rows.find(session, identity)
        kept = await session.get(ChatSession, session_id, with_for_update=True)
        turn = await session.exec(select(Turn.id).where(Turn.session_id == session_id, Turn.number == number))
        if kept is None or row.subject_id is None or kept.subject_id != row.subject_id or turn.first() is None:
            raise NotFound("There is no such message.")
        note = TurnNote(session_id=session_id, turn_number=number, text=redaction.text, created_at=datetime.now(UTC))
        session.add(note)
        await auditing.record(session, kept, act(Verb.MODIFY, "message", role="guardian"), now=note.created_at)
        services.downstream.tell(session, CORRECT, session_id)


async def log_in(services: Services, address: str) -> list[GuardianRow]:
    """Give the guardianships of an address, so that a link can be mailed; the address is not kept."""
    if not is_address(address):
        return []  # a provider's pseudonym is found by the same print, and is none
    query = select(GuardianRow).where(GuardianRow.login == services.guardians.print_of(address))
    async with services.database.reading() as session:
        return list((await session.exec(query)).all())


def _shown(turn: Turn, notes: list[str]) -> Shown:
    answer = turn.answer.text if turn.answer else ""
    return Shown(turn.session_id, turn.number, turn.created_at, turn.question.text, answer, notes)
