"""`chatbot decisions`: a person looks at what a rule decided."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from chatbot.cli import acting

if TYPE_CHECKING:
    from chatbot.services import Services
    from chatbot.storage.paging import Asked, Page
    from chatbot.storage.tables.decisions import Decision

UPHOLD = ("rule_right", "child_confirmed", "out_of_time")
REVERSE = ("not_a_child", "guardian_agreed", "rule_wrong", "test")


@click.group()
def decisions() -> None:
    """Look at automated decisions: uphold them, or reverse them."""


@decisions.command("list")
@click.option("--open", "open_only", is_flag=True, help="Only what a visitor asks about and nobody has decided.")
@acting.paged
@acting.as_json
def list_(asked: Asked, *, open_only: bool, as_json: bool) -> None:
    """List automated decisions, newest first; with --open, who has waited longest comes first."""
    from chatbot.officers import reviewing

    async def act(services: Services) -> Page[Decision]:
        async with services.database.reading() as session:
            return await reviewing.waiting(session, asked, open_only=open_only)

    rows, following = acting.run(act)
    none = "Nothing waits." if open_only else "Nothing was decided."
    acting.show_page([_row(row) for row in rows], following, as_json=as_json, none=none)


@decisions.command()
@click.argument("decision")
@acting.as_json
def show(decision: str, *, as_json: bool) -> None:
    """Show one DECISION: the rule, its version, and the ids and scores that it looked at."""
    from chatbot.errors import NotFound
    from chatbot.storage.tables.decisions import Decision

    async def act(services: Services) -> list[dict[str, Any]]:
        async with services.database.reading() as session:
            row = await session.get(Decision, decision)
        if row is None:
            raise NotFound("There is no decision of this id.")
        return [_row(row)]

    acting.show(acting.run(act), as_json=as_json, none="")


@decisions.command()
@click.argument("decision")
@acting.officer
@click.option("--reason", required=True, type=click.Choice(UPHOLD))
def uphold(decision: str, officer: str, reason: str) -> None:
    """Say that DECISION was right; what waited for it goes on."""
    _decide(decision, "upheld", officer, reason)


@decisions.command()
@click.argument("decision")
@acting.officer
@click.option("--reason", required=True, type=click.Choice(REVERSE))
def reverse(decision: str, officer: str, reason: str) -> None:
    """Take DECISION back: a held conversation goes on, and its incident is closed as a false alarm."""
    _decide(decision, "reversed", officer, reason)


def _decide(decision: str, outcome: str, officer: str, reason: str) -> None:
    from chatbot.decisions.log import Judgement
    from chatbot.officers import reviewing

    async def act(services: Services) -> None:
        async with services.database.transaction() as session:
            judgement = Judgement(outcome, officer, reason, datetime.now(UTC))
            await reviewing.decide(session, services, decision, judgement)

    acting.run(act)
    click.echo(f"{outcome.capitalize()}.")


def _row(row: Decision) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "at": row.at.isoformat(timespec="seconds"),
        "effect": row.effect,
        "rule": row.rule,
        "version": row.version,
        "inputs": row.inputs,
        "asked_at": row.asked_at and row.asked_at.isoformat(timespec="seconds"),
        "due": row.due_at and row.due_at.date().isoformat(),
        "outcome": row.outcome,
        "decided_by": row.decided_by,
        "reason": row.reason,
    }
