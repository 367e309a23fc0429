"""`chatbot downstream`: what operators are told, and the keys with which they check it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from chatbot.cli import acting

if TYPE_CHECKING:
    from chatbot.services import Services
    from chatbot.storage.paging import Asked, Page
    from chatbot.storage.tables.decisions import Outgoing


@click.group()
def downstream() -> None:
    """Tell operators of erasures, corrections and withdrawals."""


@downstream.command("list")
@click.option("--retired", is_flag=True, help="What was given up, because its operator has no address any more.")
@acting.paged
@acting.as_json
def list_(asked: Asked, *, retired: bool, as_json: bool) -> None:
    """List what has not arrived yet, oldest first."""
    from sqlmodel import col, select

    from chatbot.decisions.downstream import waiting
    from chatbot.storage.paging import page
    from chatbot.storage.tables.decisions import Outgoing

    given_up = select(Outgoing).where(col(Outgoing.retired_at).is_not(None))

    async def act(services: Services) -> Page[Outgoing]:
        async with services.database.reading() as session:
            return await page(session, given_up if retired else waiting(), Outgoing.at, asked)

    rows, following = acting.run(act)
    none = "Nothing was given up." if retired else "Everything has arrived."
    acting.show_page([_row(row) for row in rows], following, as_json=as_json, none=none)


@downstream.command()
def deliver() -> None:
    """Deliver now what is due."""
    arrived = acting.run(lambda services: services.downstream.deliver(datetime.now(UTC)))
    click.echo(f"{arrived} arrived.")


@downstream.command()
@click.argument("operator")
def key(operator: str) -> None:
    """Print the key, in hex, with which OPERATOR checks our signatures; give it to nobody else."""

    async def act(services: Services) -> str:
        return services.downstream.key(operator).hex()

    click.echo(acting.run(act))


def _row(row: Outgoing) -> dict[str, Any]:
    return {
        "id": row.id,
        "operator": row.operator,
        "kind": row.kind,
        "at": row.at,
        "attempts": row.attempts,
        "retired": row.retired_at,
    }
