"""`chatbot serve`: bring the database and the knowledge up to date, then serve."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from chatbot.cli.configured import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatbot.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the chatbot and its page."""
    settings = load_settings()
    prepare(settings)
    click.echo(f"Chatbot on http://{host}:{port} (stop with Ctrl-C)", err=True)
    _granian(settings, host, port)


def prepare(settings: Settings) -> None:
    """Migrate the database and ingest the knowledge, once, before any worker starts."""
    for step in (_secret, _data, _migrate, _notice, _ingest):
        _or_stop(step, settings)


def _or_stop(step: Callable[[Settings], None], settings: Settings) -> None:
    try:
        step(settings)
    except Exception as error:  # noqa: BLE001 — whatever stops the start is said in one line, with the way on
        click.echo(f"Cannot start: {type(error).__name__}: {error}", err=True)
        click.echo("Run 'chatbot doctor' to see what is wrong and how to mend it.", err=True)
        sys.exit(1)


def _secret(settings: Settings) -> None:
    settings.server_secret()


def _data(settings: Settings) -> None:
    from chatbot.start import read_data
    from consent.versions import Archive

    notices = read_data(settings).notices
    Archive(settings.var_dir / "notices").keep(notices, datetime.now(UTC).date())


def _migrate(settings: Settings) -> None:
    from chatbot.storage.database import Database
    from chatbot.storage.migrate import pending, upgrade

    async def run() -> None:
        database = Database(settings.database)
        try:
            if await pending(database):
                await upgrade(database)
        finally:
            await database.close()

    asyncio.run(run())


def _notice(settings: Settings) -> None:
    from chatbot.cli.notice import proposals
    from chatbot.consents.publishing import settle
    from chatbot.storage.database import Database

    async def run() -> dict[str, frozenset[str]]:
        database, now = Database(settings.database), datetime.now(UTC)
        try:
            return {each.document: await settle(database, each, now) for each in proposals(settings).values()}
        finally:
            await database.close()

    for document, waiting in asyncio.run(run()).items():
        if waiting:
            click.echo(
                f"{document} has changed in {', '.join(sorted(waiting))}. The earlier one stays in force until you "
                "announce the new one: "
                f"chatbot notice publish --document {document} --effective-from DATE --officer ID",
                err=True,
            )


def _ingest(settings: Settings) -> None:
    from chatbot.cli.knowledge import bring_up_to_date

    bring_up_to_date(settings)


def _granian(settings: Settings, host: str, port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces, Loops
    from granian.log import LogLevels

    class Server(Granian):  # type: ignore[misc, valid-type]
        def signal_handler_interrupt(self, *args: object, **kwargs: object) -> None:
            # Granian waits for open streams and then kills: first say until when replies may go on.
            for worker in self.wrks:
                os.kill(worker.inner.pid, signal.SIGUSR1)
            super().signal_handler_interrupt(*args, **kwargs)

    Server(
        "chatbot.app:create",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=settings.workers,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=settings.shutdown_seconds + 5,
    ).serve()
