"""`chatbot notice`: publish a changed notice or policy, list those that there were, compare two."""

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
    from collections.abc import Awaitable, Callable, Sequence

    from chatbot.consents.publishing import Proposed
    from chatbot.settings import Settings
    from chatbot.storage.database import Database
    from chatbot.storage.tables.consents import NoticeEdition
    from chatbot.subscriptions.parts import Desk

as_json = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")


@click.group()
def notice() -> None:
    """Publish, list and compare notices and policies."""


@notice.command()
@click.option(
    "--document", default="notice", help="What to publish: notice, or the name of a policy.", show_default=True
)
@click.option("--effective-from", type=click.DateTime(["%Y-%m-%d"]), help="The day (UTC) on which it takes effect.")
@click.option(
    "--addresses",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Who else asked to be told by mail: a line for each, 'address language'. Read once and kept nowhere.",
)
@click.option("--officer", default="unnamed", callback=acting.staff_id, help="Who publishes; an id of the register.")
@as_json
def publish(
    document: str, effective_from: datetime | None, addresses: Path | None, officer: str, *, as_json: bool
) -> None:
    """Announce the notice, or a policy, of the data files, and let it take effect on a day to come.

    Everybody who subscribed to changes is written to first; run again, nobody gets it twice.
    """
    from chatbot.consents import announcing, publishing
    from chatbot.subscriptions import letters

    settings = load_settings()
    known = proposals(settings)
    if document not in known:
        raise click.BadParameter(f"known: {', '.join(known)}", param_hint="--document")
    now = datetime.now(UTC)
    day = datetime.combine(effective_from.date(), time(), UTC) if effective_from else now
    found = announcing.readers(addresses.read_text(encoding="utf-8").splitlines()) if addresses else ()

    async def run(desk: Desk) -> list[dict[str, Any]]:
        post = announcing.Post(found, desk.mailer, partial(letters.tell, desk, officer), desk.site)
        row = await publishing.publish(desk.database, known[document], day, post, now)
        return await _listed(desk.database, [row])

    _print(with_desk(settings, run), as_json=as_json)


@notice.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """List every notice and policy in the order of taking effect, and how often each was told on each channel."""
    from chatbot.consents.editions import rows

    async def run(database: Database) -> list[dict[str, Any]]:
        return await _listed(database, await rows(database))

    _print(_with_database(load_settings(), run), as_json=as_json)


@notice.command()
@click.argument("older")
@click.argument("newer")
@as_json
def diff(older: str, newer: str, *, as_json: bool) -> None:
    """Show every place in which two notices, or two versions of a policy, differ; a version may be shortened."""
    from chatbot.consents.editions import rows
    from consent.versions import Edition, difference

    known = _with_database(load_settings(), rows)
    before, after = (_one(known, version) for version in (older, newer))
    if before.document != after.document:
        raise click.BadParameter(f"{older} is of {before.document}, {newer} is of {after.document}")
    two = (Edition(row.version, row.effective_from.date(), _content(row)) for row in (before, after))
    changes = [change.__dict__ for change in difference(*two)]
    if as_json:
        click.echo(json.dumps(changes, ensure_ascii=False, indent=1))
        return
    for change in changes:
        click.echo(f"{change['place']}\n  - {change['before']}\n  + {change['after']}")


def proposals(settings: Settings) -> dict[str, Proposed]:
    """Give the notice and the policies of the data files as they could be published."""
    from chatbot import start
    from chatbot.consents.policies import PolicyProposal
    from chatbot.consents.publishing import Proposal

    told = start.read_data(settings)
    notice = Proposal(told.notices, told.answerer.abroad)
    drafts = sorted(start.draft_policies(settings, told).items())
    return {notice.document: notice} | {name: PolicyProposal(name, draft, told.notices) for name, draft in drafts}


def _with_database(settings: Settings, run: Callable[[Database], Awaitable[Any]]) -> Any:
    from chatbot.consents.announcing import NotPublished
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


def _one(known: Sequence[NoticeEdition], version: str) -> NoticeEdition:
    found = {row.version: row for row in known if row.version.startswith(version)}
    if len(found) != 1:
        raise click.BadParameter(f"{version} names {len(found)} versions; see: chatbot notice list")
    [row] = found.values()
    return row


def _content(row: NoticeEdition) -> dict[str, Any]:
    """Give what is compared: of a policy its paragraphs."""
    body = row.content.get("body")
    return row.content if body is None else row.content | {"body": body.split("\n\n")}


async def _listed(database: Database, editions: Sequence[NoticeEdition]) -> list[dict[str, Any]]:
    """Give each edition with its report: how many were written to, how many pages and conversations told of it."""
    from chatbot.consents.delivered import CHAT, SITE, report

    told = await report(database)
    return [
        {
            "document": row.document,
            "version": row.version,
            "published_at": row.published_at.isoformat(),
            "effective_from": row.effective_from.isoformat(),
            "purposes": row.touched,
            "site": told.get((row.id or 0, SITE), 0),
            "chat": told.get((row.id or 0, CHAT), 0),
            "mailed": row.mailed,
            "mail_failed": row.mail_failed,
            "mail_note": row.mail_note,
        }
        for row in editions
    ]


def _print(listed: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(listed))
        return
    for row in listed:
        head = f"{row['document']} {row['version']}  from {row['effective_from'][:10]}  "
        if not row["purposes"]:
            click.echo(f"{head}(nobody had to be told)")
            continue
        mail = row["mail_note"] or f"mailed {row['mailed']}, failed {row['mail_failed']}"
        shown = f"on {row['site']} pages and in {row['chat']} conversations so far"
        click.echo(f"{head}changes: {', '.join(row['purposes'])}  ({mail}; {shown})")
