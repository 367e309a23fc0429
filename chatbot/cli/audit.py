"""`chatbot audit`: read the record of acts, and check that nothing in it was lost or changed."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

import click

from chatbot.cli.acting import say_more
from chatbot.cli.configured import load_settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from chatbot.storage.database import Database
    from consent.audit import Entry

MOST, LAST = 1000, 2**31 - 1
"""Entries on a page, and the highest number that the database can hold."""


@click.group()
def audit() -> None:
    """Read the record of who did what, and check its chains."""


@audit.command()
@click.option("--stream", required=True, help="A session, a subject, or a part of the service such as 'wall'.")
@click.option("--limit", default=MOST, show_default=True, type=click.IntRange(1, MOST), help="Entries on a page.")
@click.option(
    "--after", default=0, type=click.IntRange(0, LAST), help="The number of the last entry of the page before."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def show(stream: str, limit: int, after: int, *, as_json: bool) -> None:
    """Print the entries of one stream, oldest first."""
    from chatbot.consents.auditing import read

    async def act(database: Database) -> list[Entry]:
        async with database.reading() as session:
            return await read(session, stream, after=after, limit=limit + 1)

    entries = _with_database(act)
    if not entries:
        raise click.ClickException("Nothing is on record under this stream." if not after else "Nothing comes after.")
    for entry in entries[:limit]:
        line = _line(entry)
        click.echo(json.dumps(line) if as_json else "  ".join(str(part) for part in line.values() if part))
    say_more(str(entries[limit - 1].number) if len(entries) > limit else None)


@audit.command()
@click.option("--heads", is_flag=True, help="Print the last digest of every stream, for an outsider to keep.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def verify(*, heads: bool, as_json: bool) -> None:
    """Check every chain from its first entry; exits 1 when one is broken or was cut short.

    The seal is one digest over all heads: kept elsewhere, it shows later that no stream was taken away.
    """
    from chatbot.consents.chains import verify as verified

    found = _with_database(lambda database: verified(database, progress=lambda count: _progress(count, as_json)))
    result = {"streams": len(found.heads), "entries": found.entries, "seal": found.seal, "broken": found.broken}
    if as_json:
        click.echo(json.dumps(result | ({"heads": found.heads} if heads else {})))
    else:
        for stream, digest in found.heads.items() if heads else ():
            click.echo(f"{digest}  {stream}")
        for stream, complaint in found.broken.items():
            click.echo(f"{stream}: {complaint}", err=True)
        click.echo(f"{result['streams']} streams, {found.entries} entries, seal {found.seal}")
    sys.exit(1 if found.broken else 0)


def _progress(count: int, quiet: bool) -> None:
    if not quiet and sys.stderr.isatty():
        click.echo(f"\r{count} entries", nl=False, err=True)


def _line(entry: Entry) -> dict[str, Any]:
    fact = entry.fact
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "verb": fact.verb.value,
        "role": fact.role,
        "actor": fact.actor,
        "data_class": fact.data_class,
        "purpose": fact.purpose,
        "recipient": fact.recipient,
        "reason": fact.reason,
    }


def _with_database(act: Callable[[Database], Awaitable[Any]]) -> Any:
    from sqlalchemy.exc import SQLAlchemyError

    from chatbot.storage.database import Database

    async def run() -> Any:
        database = Database(load_settings().database)
        try:
            return await act(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except SQLAlchemyError:
        raise click.ClickException("The database does not answer; `chatbot doctor` says why.") from None
