"""Whether the server's secret is the one under which conversations were kept: losing it is a breach."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chatbot.cli.doctor.finding import failed, ok, ready, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatbot.cli.doctor.finding import Finding, Setup
    from chatbot.decisions.prints import Lost
    from chatbot.settings import Settings

SECONDS = 5.0
MEND = "put the earlier secret back; if it is gone: chatbot incident open --kind key_lost --officer ID"


@ready
def keys(settings: Settings, _setup: Setup) -> Iterator[Finding]:
    """Compare the secret with the prints of those that were in use here; nothing is made or changed."""
    from sqlalchemy.exc import SQLAlchemyError

    if not may_exist(settings):
        yield ok("no conversation was kept here yet")
        return
    try:
        lost = asyncio.run(asyncio.wait_for(_lost(settings), SECONDS))
    except (SQLAlchemyError, OSError, TimeoutError):
        yield ok("not compared: the database has no record of secrets yet")
        return
    if not lost.vaults:
        yield ok("the secret is the one under which conversations were kept")
    elif lost.told:
        yield warning(f"{lost.vaults} conversations were sealed under a secret that is lost", "it is on record")
    else:
        yield failed(f"{lost.vaults} conversations were sealed under another secret: nobody can open them", MEND)


def may_exist(settings: Settings) -> bool:
    """Tell whether there can be a database to look at: none is made here."""
    from sqlalchemy.engine import make_url

    url = make_url(settings.database)
    return url.get_backend_name() != "sqlite" or _is_file(url.database)


def _is_file(path: str | None) -> bool:
    from pathlib import Path

    return bool(path) and Path(str(path)).is_file()


async def _lost(settings: Settings) -> Lost:
    from chatbot.decisions.prints import lost
    from chatbot.storage.database import Database

    database, alive = Database(settings.database), timedelta(hours=settings.session_hours)
    try:
        async with database.reading() as session:
            return await lost(session, _secret(settings), alive, datetime.now(UTC))
    finally:
        await database.close()


def _secret(settings: Settings) -> bytes | None:
    """Give the secret that is there, without making one."""
    if given := settings.secret.get_secret_value():
        return given.encode()
    path = settings.var_dir / "secret.key"
    return path.read_bytes() if path.is_file() else None
