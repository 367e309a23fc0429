"""`chatbot guardian`: what staff do for guardians and children, each act on record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chatbot.cli import acting

if TYPE_CHECKING:
    from chatbot.services import Services

REASONS = ("not_a_child", "guardian_agreed", "test")


@click.group()
def guardian() -> None:
    """Review a guardian's form, hold a child's session, lift a false alarm."""


@guardian.command()
@click.argument("code")
@click.option("--form", "path", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reviewer", required=True, help="Who read the form; an id of the staff register, not a name.")
@click.option("--approve/--reject", "approved", required=True, help="Whether it shows a parent or guardian.")
@click.option("--address", default="", help="The guardian's e-mail address; only its keyed hash stays.")
def review(code: str, path: Path, reviewer: str, address: str, *, approved: bool) -> None:
    """Write down the outcome of a signed form; the outcome and a hash stay, the form's file is deleted."""
    from chatbot.guardians.identify import review as reviewed
    from consent.verifiers import Seen

    seen = Seen(path.read_bytes(), reviewer=reviewer, approved=approved)

    async def act(services: Services) -> str:
        return services.guardians.link(await reviewed(services, code, seen, address))

    link = acting.run(act)
    path.unlink()
    click.echo(f"Give this link to the guardian, it works for seven days:\n{link}" if approved else "Rejected.")


@guardian.command("report-child")
@click.argument("session")
@click.option(
    "--service", default="http://127.0.0.1:8000", show_default=True, help="The running service, on this machine."
)
def report_child(session: str, service: str) -> None:
    """Hold SESSION because a child writes in it: its reply stops within a second, and it is erased in time.

    Of a conversation that is kept nowhere only the running service knows anything, so it is told.
    """
    from chatbot.officers.reporting import report

    acting.run(lambda services: report(services, session, service))
    click.echo("Held. Lift it with `chatbot guardian lift` when it was a mistake.")


@guardian.command()
@click.argument("session")
@acting.officer
@click.option("--reason", required=True, type=click.Choice(REASONS))
def lift(session: str, officer: str, reason: str) -> None:
    """Let a held SESSION go on after a person looked at it; who, when, and why stay on record."""
    from chatbot.conversation.children import lift as lifted

    async def act(services: Services) -> None:
        async with services.database.transaction() as transaction:
            await lifted(transaction, session, by=officer, reason=reason)

    acting.run(act)
    click.echo("Lifted.")


@guardian.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def sweep(*, as_json: bool) -> None:
    """Do what is due now: second mails, invitations that ran out, held sessions that are erased."""
    from datetime import UTC, datetime

    from chatbot.guardians.duties import sweep as swept

    done = acting.run(lambda services: swept(services, datetime.now(UTC)))
    click.echo(json.dumps(done) if as_json else ", ".join(f"{name} {count}" for name, count in done.items()))
