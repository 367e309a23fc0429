"""Whether something waits for operators that cannot be told any more: what they hold of ours stays with them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from chatbot.cli.doctor.finding import ok, ready, warning
from chatbot.cli.doctor.keys import may_exist

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatbot.cli.doctor.finding import Finding, Setup
    from chatbot.settings import Settings
    from consent.operators import Register

SECONDS = 5.0


@ready
def outbox(settings: Settings, _setup: Setup) -> Iterator[Finding]:
    """Look for messages to operators without an address in the register."""
    from sqlalchemy.exc import SQLAlchemyError

    from consent.operators import Register
    from consent.party import Party
    from consent.records import Kept, Records

    registers = settings.data_dir / "registers"
    register = Register.load(registers / "operators.yaml", home=Party.load(registers / "party.yaml").country)
    days = Records.load(registers / "records.yaml").period(Kept.OUTGOING).days
    try:
        lost = asyncio.run(asyncio.wait_for(_lost(settings, register), SECONDS)) if may_exist(settings) else {}
    except (SQLAlchemyError, OSError, TimeoutError):
        yield ok("not looked at: the database has no outbox yet")
        return
    for operator, count in lost.items():
        yield warning(
            f"{count} messages wait for {operator}, which has no address in the register any more",
            f"enter it again, or tell it yourself: each is given up {days} days after it was written",
        )
    if not lost:
        yield ok("every operator that is to be told something has an address")


async def _lost(settings: Settings, register: Register) -> dict[str, int]:
    from chatbot.decisions.downstream import abandoned
    from chatbot.storage.database import Database

    database = Database(settings.database)
    try:
        async with database.reading() as session:
            return await abandoned(session, register)
    finally:
        await database.close()
