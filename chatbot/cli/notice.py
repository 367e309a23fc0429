"""`chatbot notice`: publish a changed notice, list those that there were, compare two."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chatbot.cli import acting
from chatbot.cli.configured import load_settings
from chatbot.cli.mail import with_desk

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from chatbot.consents.publishing import Proposal
    from chatbot.settings import Settings
    from chatbot.storage.database import Database
    from chatbot.storage.tables_consents import NoticeEdition
    from chatbot.subscriptions.parts import Desk

as_json = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")


@click.group()
def notice() -> None:
    """Publish, list and compare notices."""


@notice.command()
@click.option("--effective-from", type=click.DateTime(["%Y-%m-%d"]), help="The day (UTC) on which it takes effect.")
@click.option(
    "--addresses",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Who else asked to be told by mail: a line for each, 'address language'. Read once and kept nowhere.",
)
@click.option("--officer", default="unnamed", callback=acting.staff_id, help="Who publishes; an id of the register.")
@as_json
def publish(effective_from: datetime | None, addresses: Path | None, officer: str, *, as_json: bool) -> None:
    """Announce the notice of the data files, and let it take effect on a day to come.

    Everybody who subscribed to changes is written to first; run again, nobody gets it twice.
    """
    from chatbot.consents import publishing
    from chatbot.subscriptions import letters

    settings = load_settings()
    now = datetime.now(UTC)
    day = datetime.combine(effective_from.date(), time(), UTC) if effective_from else now
    found = publishing.readers(addresses.read_text(encoding="utf-8").splitlines()) if addresses else ()

    async def run(desk: Desk) -> NoticeEdition:
        post = publishing.Post(found, desk.mailer, partial(letters.tell, desk, officer))
        return await publishing.publish(desk.database, proposal(settings), day, post, now)

    _print([_listed(with_desk(settings, run))], as_json=as_json)


@notice.command("announce-policy")
@click.argument("policy")
@acting.officer
@as_json
def announce_policy(policy: str, officer: str, *, as_json: bool) -> None:
    """Tell everybody who subscribed to changes of a new version of POLICY: privacy, acceptable-use or cookies."""
    from chatbot import start
    from chatbot.subscriptions import letters, sending

    settings = load_settings()
    policies = start.publish(settings, start.read_data(settings))
    if policy not in policies.current:
        raise click.BadParameter(f"known policies: {', '.join(sorted(policies.current))}")
    if len(policies.editions(policy)) == 1:
        raise click.ClickException("There is only one version of this policy, so nothing has changed.")

    async def run(desk: Desk) -> dict[str, int]:
        return await sending.send(desk, letters.of_policy(desk, policies.current[policy]), officer)

    acting.show([with_desk(settings, run)], as_json=as_json, none="")


@notice.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """List every notice, in the order of taking effect."""
    from chatbot.consents.editions import rows

    _print([_listed(row) for row in _with_database(load_settings(), rows)], as_json=as_json)


@notice.command()
@click.argument("older")
@click.argument("newer")
@as_json
def diff(older: str, newer: str, *, as_json: bool) -> None:
    """Show every place in which two notices differ; a version may be shortened."""
    from chatbot.consents.editions import rows
    from consent.versions import difference

    known = _with_database(load_settings(), rows)
    before, after = (_one(known, version) for version in (older, newer))
    changes = [change.__dict__ for change in difference(before, after)]
    if as_json:
        click.echo(json.dumps(changes, ensure_ascii=False, indent=1))
        return
    for change in changes:
        click.echo(f"{change['place']}\n  - {change['before']}\n  + {change['after']}")


def proposal(settings: Settings) -> Proposal:
    """Give the notice of the data files as it could be published."""
    from chatbot.consents.publishing import Proposal
    from chatbot.start import read_data

    told = read_data(settings)
    return Proposal(told.notices, told.answerer.abroad)


def _with_database(settings: Settings, run: Callable[[Database], Awaitable[Any]]) -> Any:
    from chatbot.consents.publishing import NotPublished
    from chatbot.storage.database import Database
    from consent.operators import OperatorError

    async def whole() -> Any:
        database = Database(settings.database)
        try:
            return await run(database)
        finally:
            await database.close()

    try:
        return asyncio.run(whole())
    except (NotPublished, OperatorError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def _one(known: Any, version: str) -> Any:
    from consent.versions import Edition

    found = {row.version: row for row in known if row.version.startswith(version)}
    if len(found) != 1:
        raise click.BadParameter(f"{version} names {len(found)} notices; see: chatbot notice list")
    [row] = found.values()
    return Edition(row.version, row.effective_from.date(), row.content)


def _listed(row: NoticeEdition) -> dict[str, Any]:
    return {
        "version": row.version,
        "published_at": row.published_at.isoformat(),
        "effective_from": row.effective_from.isoformat(),
        "purposes": row.touched,
        "mailed": row.mailed,
        "mail_failed": row.mail_failed,
        "mail_note": row.mail_note,
    }


def _print(listed: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(listed))
        return
    for row in listed:
        asked = ", ".join(row["purposes"]) or "nothing"
        mail = row["mail_note"] or f"mailed {row['mailed']}, failed {row['mail_failed']}"
        click.echo(f"{row['version']}  from {row['effective_from'][:10]}  asks again: {asked}  ({mail})")
