"""`chatbot objections`: the ones that an officer decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chatbot.cli import acting
from chatbot.cli.acting import run

if TYPE_CHECKING:
    from chatbot.services import Services
    from chatbot.storage.paging import Asked


@click.group()
def objections() -> None:
    """List and decide objections whose purpose an officer has to weigh."""


@objections.command("list")
@acting.paged
@acting.as_json
def list_(asked: Asked, *, as_json: bool) -> None:
    """List the objections that wait, oldest first."""
    from chatbot.conversation import objecting

    rows, following = run(lambda services: objecting.waiting(services, asked))
    shown = [{"subject": row.subject_id, "purpose": row.purpose, "at": row.at.isoformat()} for row in rows]
    acting.show_page(shown, following, as_json=as_json, none="Nothing waits.")


@objections.command()
@click.argument("subject")
@click.option("--purpose", required=True, help="The purpose that was objected to.")
@click.option("--officer", required=True, help="An id of the staff register, not a name.")
@click.option("--uphold/--deny", "upheld", required=True, help="Whether the use stops, or our grounds outweigh it.")
def decide(subject: str, purpose: str, officer: str, *, upheld: bool) -> None:
    """Decide the objection of SUBJECT; the visitor sees the outcome, and who decided stays on record."""
    from chatbot.conversation import objecting

    async def act(services: Services) -> None:
        await objecting.decide(services, subject, purpose, officer=officer, upheld=upheld)

    run(act)
    click.echo("Upheld." if upheld else "Denied.")
