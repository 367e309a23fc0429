"""`chatbot mail`: write to those who agreed to it, and see what was sent."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chatbot.cli import acting
from chatbot.cli.configured import load_settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from chatbot.settings import Settings
    from chatbot.subscriptions.parts import Desk

PURPOSES = ("updates", "marketing")


@click.group()
def mail() -> None:
    """Write to those who agreed to it; nobody else can be written to."""


@mail.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--purpose", required=True, type=click.Choice(PURPOSES), help="Who agreed to what.")
@click.option("--dry-run", "how", flag_value="count", help="Only say how many would be written to, by language.")
@click.option("--again", "how", flag_value="again", help="Try once more what the mail server refused.")
@acting.officer
@acting.as_json
def send(file: Path, purpose: str, how: str | None, officer: str, *, as_json: bool) -> None:
    """Send FILE to everybody whose yes to the purpose stands when their message leaves, and to nobody twice.

    FILE has a part for each language: a line ---, `language: en`, `subject: …`, a line ---, and the text. The same
    FILE given again goes on where it stopped.
    """
    from chatbot.subscriptions import counting, letters, sending

    async def act(desk: Desk) -> dict[str, int]:
        letter = letters.from_file(file, purpose, desk.words)
        if how == "count":
            return dict(await counting.audience(desk, purpose, datetime.now(UTC)))
        return await sending.send(desk, letter, officer, again=how == "again")

    done = with_desk(load_settings(), act)
    acting.show([done] if done else [], as_json=as_json, none="Nobody agreed to this.")
    if how != "count" and done["failed"] and not done["sent"]:
        sys.exit(1)


@mail.command("list")
@acting.as_json
def list_(*, as_json: bool) -> None:
    """List what was sent: who had it sent, for which purpose, and how many messages stand where."""
    from chatbot.subscriptions import counting

    acting.show(with_desk(load_settings(), counting.mailings), as_json=as_json, none="Nothing was sent.")


@mail.command()
@acting.as_json
def sweep(*, as_json: bool) -> None:
    """Do what is due now: reminders before a yes runs out, and the end of addresses whose time is over."""
    from chatbot.subscriptions import duties

    done = with_desk(load_settings(), lambda desk: duties.sweep(desk, datetime.now(UTC)))
    acting.show([done], as_json=as_json, none="")


def with_desk(settings: Settings, act: Callable[[Desk], Awaitable[Any]]) -> Any:
    """Do something with the parts of subscribing alone; what goes wrong becomes one plain line."""
    from sqlalchemy.exc import SQLAlchemyError

    from chatbot.consents.announcing import NotPublished
    from chatbot.consents.editions import Editions
    from chatbot.errors import ChatbotError
    from chatbot.start import make_desk, read_data
    from chatbot.storage.database import Database
    from consent.data import DataError
    from consent.operators import OperatorError

    async def whole() -> Any:
        told = read_data(settings)
        database = Database(settings.database, told.sources.check)
        try:
            editions = Editions(told.notices)
            await editions.refresh(database)
            return await act(make_desk(settings, told, database, editions))
        finally:
            await database.close()

    try:
        return asyncio.run(whole())
    except (NotPublished, ChatbotError, DataError, OperatorError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except SQLAlchemyError:
        click.echo("The database does not answer; `chatbot doctor` says why.", err=True)
        sys.exit(1)
