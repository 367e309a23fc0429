"""`chatbot hold`: keep a conversation from being erased, where a law asks for it and for no longer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from chatbot.cli import acting

if TYPE_CHECKING:
    from chatbot.services import Services
    from chatbot.storage.paging import Asked, Page
    from chatbot.storage.tables.decisions import LegalHold


@click.group()
def hold() -> None:
    """Place, list and lift legal holds."""


@hold.command()
@click.argument("session")
@click.option("--law", required=True, help="The ground: an id of consent/law/holds.yaml.")
@click.option("--reference", required=True, help="The number of the request or case; no name.")
@acting.officer
@click.option(
    "--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day; the law sets the limit."
)
def place(session: str, law: str, reference: str, officer: str, until: datetime) -> None:
    """Keep what was said in SESSION from being erased until a day; it is frozen once its erasure is due."""
    from chatbot.decisions import holds

    order = holds.Order(law, reference, officer, until.date())

    async def act(services: Services) -> LegalHold:
        async with services.database.transaction() as transaction:
            return await holds.place(transaction, session, order, datetime.now(UTC))

    made = acting.run(act)
    click.echo(f"Held until {made.until:%Y-%m-%d}. Lift it with: chatbot hold lift {made.id}")


@hold.command()
@click.argument("identity", metavar="ID")
@acting.officer
def lift(identity: str, officer: str) -> None:
    """End the hold ID; what was to be erased while it stood is erased now."""
    from chatbot.officers.duties import release

    erased = acting.run(lambda services: release(services, identity, by=officer, now=datetime.now(UTC)))
    click.echo("Lifted, and what only it kept is erased." if erased else "Lifted.")


@hold.command("list")
@click.option("--all", "every", is_flag=True, help="Those that have ended, too.")
@acting.paged
@acting.as_json
def list_(asked: Asked, *, every: bool, as_json: bool) -> None:
    """List the holds that stand; the next to end comes first."""
    from sqlmodel import col, select

    from chatbot.storage.paging import page
    from chatbot.storage.tables.decisions import LegalHold

    async def act(services: Services) -> Page[LegalHold]:
        query = select(LegalHold) if every else select(LegalHold).where(col(LegalHold.ended_at).is_(None))
        async with services.database.reading() as session:
            return await page(session, query, LegalHold.until, asked)

    rows, following = acting.run(act)
    acting.show_page([_row(row) for row in rows], following, as_json=as_json, none="Nothing is held.")


def _row(row: LegalHold) -> dict[str, Any]:
    return {
        "id": row.id,
        "session": row.session_id,
        "law": row.law,
        "reference": row.reference,
        "approved_by": row.approved_by,
        "until": row.until.date().isoformat(),
        "frozen": row.frozen_at is not None,
        "ended": row.ended_at and row.ended_at.date().isoformat(),
    }
