"""`chatbot downstream`: what operators are told, and the keys with which they check it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from chatbot.cli import acting

if TYPE_CHECKING:
    from chatbot.services import Services


@click.group()
def downstream() -> None:
    """Tell operators of erasures, corrections and withdrawals."""


@downstream.command("list")
@acting.as_json
def list_(*, as_json: bool) -> None:
    """List what has not arrived yet, oldest first."""
    from sqlmodel import col, select

    from chatbot.storage.tables_decisions import Outgoing

    async def act(services: Services) -> list[dict[str, Any]]:
        query = select(Outgoing).where(col(Outgoing.delivered_at).is_(None)).order_by(col(Outgoing.at))
        async with services.database.reading() as session:
            return [
                {"id": row.id, "operator": row.operator, "kind": row.kind, "at": row.at, "attempts": row.attempts}
                for row in (await session.exec(query)).all()
            ]

    acting.show(acting.run(act), as_json=as_json, none="Everything has arrived.")


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
