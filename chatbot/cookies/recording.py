"""A choice goes into the ledger of consent, but only where there is something to prove.

a yes              a new random subject, one event for each category; the cookie names the subject
a change or an end the same subject gets the next events
a plain no         nothing is kept here: the visitor's own cookie remembers it, and a count without persons
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chatbot.cookies.choice import Choice, chosen
from chatbot.cookies.registry import OPTIONAL, PURPOSE, Asked
from consent import ledger
from consent.sources import Source
from consent.tables import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.storage.database import Database
    from consent.signals import Signals


@dataclass(frozen=True, slots=True)
class Pressed:
    """How the answer was given: in which words, on which control, where, against which signals of the browser."""

    asked: Asked
    control: str
    country: str
    signals: Signals
    source: Source = Source.COOKIES

    def circumstances(self) -> ledger.Circumstances:
        """Give the evidence; a signal that this answer overrides is named with the control."""
        sent = [name for name, on in (("gpc", self.signals.gpc), ("dnt", self.signals.dnt)) if on]
        control = "+".join([f"cookies:{self.control}", *sent])
        return ledger.Circumstances(notice=self.asked, jurisdiction=self.country, control=control, source=self.source)


async def record(
    database: Database, before: Choice | None, wanted: Iterable[str], how: Pressed, *, now: datetime
) -> Choice:
    """Keep the proof of a choice where one is needed, and give the choice for the cookie."""
    choice = chosen(wanted, how.country, now.date(), how.asked.version, how.asked.valid_days)
    known = before.reference if before else ""
    if not choice.categories and not known:
        return choice
    answers = {PURPOSE + category: category in choice.categories for category in OPTIONAL}
    async with database.transaction() as session:
        subject = await _subject(session, known, now) if choice.categories else await _known(session, known)
        if subject:
            await ledger.record(session, subject, answers, how.circumstances(), now=now)
    return replace(choice, reference=subject or "") if choice.categories else choice


async def _subject(session: AsyncSession, known: str, now: datetime) -> str:
    if found := await _known(session, known):
        return found
    subject = Subject(created_at=now)
    session.add(subject)
    await session.flush()
    return subject.id


async def _known(session: AsyncSession, reference: str) -> str | None:
    """Give the subject that a cookie names, if it is one of cookie choices and of nothing else."""
    events = await ledger.history(session, reference) if reference else ()
    return reference if events and all(event.purpose.startswith(PURPOSE) for event in events) else None
