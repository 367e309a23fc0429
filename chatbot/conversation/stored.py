"""Conversations that are kept here after a yes: redacted text, and values only inside the sealed vault."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.exc import IntegrityError

from chatbot.consents import auditing
from chatbot.consents.auditing import act, refuse_storing
from chatbot.conversation.keeping import HISTORY_TURNS, Asked, Conversation, Record
from chatbot.conversation.rows import (
    ANSWERED,
    INTERRUPTED,
    LEASE,
    RUNNING,
    alive,
    by_key,
    by_number,
    in_the_way,
    keep_vault,
    locked,
    not_agreed,
    opened,
    owned_session,
    page,
    put_vault,
    with_vault,
    writing,
)
from chatbot.errors import TurnInProgress
from chatbot.llm.answerer import Exchange
from chatbot.storage.tables import Turn
from consent import ledger, objections
from consent.audit import Verb

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.consents.editions import Editions
    from chatbot.seals import Claims
    from chatbot.storage.database import Database

STORE = "store"


class Found(NamedTuple):
    """A kept conversation as one look at the database shows it; `again` is the turn that this very key made."""

    conversation: Conversation
    subject_id: str
    again: Turn | None


class StoredKeeper:
    """Keeps conversations in the database."""

    def __init__(self, database: Database, editions: Editions) -> None:
        self._database, self._editions = database, editions

    async def open(self, claims: Claims, state: str | None) -> Conversation:  # noqa: ARG002 — what is kept here wins
        """Open a kept conversation; raises when it was erased or may no longer be stored."""
        async with self._database.reading() as session:
            found = await self.look(session, claims)
        return await self.admit(found)

    async def look(self, session: AsyncSession, claims: Claims, key: bytes = b"") -> Found:
        """Read what a message needs of a kept conversation; `key` also finds the turn that it made before."""
        kept, sealed = await with_vault(session, claims)
        until = await self._until(session, kept.subject_id)
        objected = await self._objected(session, kept.subject_id, until)
        turns = await page(session, claims.session_id, None, HISTORY_TURNS)
        again = next((turn for turn in turns if turn.idempotency_key == key), None)
        if key and again is None and len(turns) == HISTORY_TURNS:
            again = await by_key(session, claims.session_id, key)
        history = tuple(
            Exchange(turn.question, turn.answer)
            for turn in reversed(turns)
            if turn.answer is not None and turn.status in ANSWERED
        )
        number = (turns[0].number if turns else 0) + 1
        agreed, vault = _agreed(until), opened(sealed, claims)
        return Found(
            Conversation(
                claims=claims,
                number=number,
                history=history,
                vault=vault,
                purposes=frozenset(agreed),
                ends=min(agreed.values(), default=None),
                sealed=sealed,
                values=len(vault),
                objected=objected,
            ),
            kept.subject_id,
            again,
        )

    async def admit(self, found: Found) -> Conversation:
        """Give the conversation if it may still be stored; otherwise put the refusal on record and raise it."""
        if STORE in found.conversation.purposes:
            return found.conversation
        async with self._database.transaction() as session:
            await refuse_storing(session, await owned_session(session, found.conversation.claims, lock=True))
        raise not_agreed()

    async def begin(self, conversation: Conversation, asked: Asked) -> None:
        """Write the visitor's turn, once, before the reply begins."""
        now, claims = datetime.now(UTC), conversation.claims
        try:
            async with self._database.transaction() as session:
                kept = await owned_session(session, claims, lock=True)
                place = claims.session_id, conversation.number, asked.idempotency_key
                vault, met = await in_the_way(session, *place)
                if any(alive(turn) for turn in met):
                    raise writing()
                if (vault.sealed if vault else None) != conversation.sealed:
                    raise TurnInProgress("Something else was just written here. Please send it again.", retry_after=1)
                for dead in met:
                    if dead.idempotency_key == asked.idempotency_key:
                        await session.delete(dead)  # its reply never came, and nobody writes it
                        await session.flush()
                session.add(_turn(conversation, asked, now))
                kept.last_seen_at = now
                await auditing.record(session, kept, *asked.refused, act(Verb.STORE, "message"), now=now)
                if vault is None or len(conversation.vault) != conversation.values:
                    put_vault(session, vault, claims, conversation.vault)
        except IntegrityError:
            raise TurnInProgress("Wait for the reply, then send the next message.", retry_after=1) from None

    async def finish(self, conversation: Conversation, asked: Asked, record: Record) -> None:
        """Write the reply, if it may still be kept; a session erased meanwhile stays erased."""
        claims = conversation.claims
        async with self._database.transaction() as session:
            kept = await locked(session, claims.session_id)
            turn = await by_key(session, claims.session_id, asked.idempotency_key)
            if kept is None or turn is None or turn.number != conversation.number:
                return  # erased, or asked again because this worker was thought dead
            agreed = _agreed(await self._until(session, kept.subject_id))
            turn.lease_until = None
            if STORE not in agreed:
                turn.status = INTERRUPTED
                await refuse_storing(session, kept)
                return
            turn.answer, turn.status = record.answer, record.status
            turn.model, turn.prompt_version = record.model, record.prompt_version
            turn.citations, turn.offered_handoff = record.citations, record.offered_handoff
            turn.finished_at = datetime.now(UTC)
            await auditing.record(session, kept, act(Verb.STORE, "reply", role="service"), now=turn.finished_at)
            if len(conversation.vault) != asked.values:  # the model made up a value
                await keep_vault(session, claims, conversation.vault)

    async def extend(self, conversation: Conversation) -> None:
        """Say that the reply is still being written; raises ConsentRequired when a yes it began with is gone."""
        async with self._database.transaction() as session:
            turn = await by_number(session, conversation.claims.session_id, conversation.number)
            if turn is None:
                return
            kept = await owned_session(session, conversation.claims)
            agreed = _agreed(await self._until(session, kept.subject_id))
            if STORE in agreed and conversation.purposes <= agreed.keys():
                turn.lease_until = datetime.now(UTC) + LEASE
                return
        raise not_agreed()

    async def standing(self, session: AsyncSession, subject_id: str) -> Mapping[str, bool]:
        """Give what a subject has agreed to, under the notice in force, now."""
        touched = self._editions.touched_since
        return await ledger.standing(session, subject_id, datetime.now(UTC), touched=touched, written=True)

    async def _until(self, session: AsyncSession, subject_id: str) -> Mapping[str, datetime | None]:
        """Give each purpose ever answered or objected to, with the day its yes runs out, if it stands."""
        touched = self._editions.touched_since
        return await ledger.until(session, subject_id, datetime.now(UTC), touched=touched, written=True)

    async def _objected(self, session: AsyncSession, subject_id: str, known: Container[str]) -> frozenset[str]:
        """Give what has stopped by an objection; nobody who never objected costs a query."""
        purposes = self._editions.current.notices.best("en").purposes
        if not any(row.id in known for row in objections.objectable(purposes)):
            return frozenset()
        return objections.stopped(purposes, await objections.latest(session, subject_id, ledger.WRITTEN))


def _agreed(until: Mapping[str, datetime | None]) -> dict[str, datetime]:
    """Give each purpose that stands with the day it runs out."""
    return {purpose: end for purpose, end in until.items() if end is not None}


def _turn(conversation: Conversation, asked: Asked, now: datetime) -> Turn:
    return Turn(
        session_id=conversation.claims.session_id,
        number=conversation.number,
        idempotency_key=asked.idempotency_key,
        fingerprint=asked.fingerprint,
        question=asked.redaction.text,
        status=RUNNING,
        findings=asked.findings,
        citations=[],
        created_at=now,
        lease_until=now + LEASE,
    )
