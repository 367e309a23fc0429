"""`chatbot emergency`: open one conversation because a life is in danger; two people, one hour, all on record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from chatbot.cli.acting import run

if TYPE_CHECKING:
    from chatbot.consents.wall import Kept

REASONS = ("life", "injury")
officer_option = click.option("--officer", required=True, help="An id of the staff register, not a name.")


@click.group()
def emergency() -> None:
    """Open a conversation because a life is in danger."""


@emergency.command("open")
@click.argument("session")
@officer_option
@click.option("--reason", required=True, type=click.Choice(REASONS), help="What is in danger.")
def open_(session: str, officer: str, reason: str) -> None:
    """Ask for SESSION to be opened; nothing is readable before somebody else approves."""
    from chatbot.consents import emergencies

    danger = emergencies.Danger(reason)
    asked = run(lambda services: emergencies.open_(services, session, officer=officer, reason=danger))
    click.echo(f"{asked.id}\nAnother person has to agree: chatbot emergency approve {asked.id} --officer ID")


@emergency.command()
@click.argument("identity", metavar="ID")
@officer_option
def approve(identity: str, officer: str) -> None:
    """Agree to emergency ID; never the one who asked. Both may read from then on, for an hour."""
    from chatbot.consents import emergencies

    opened = run(lambda services: emergencies.approve(services, identity, officer=officer))
    click.echo(f"Open until {opened.until:%Y-%m-%d %H:%M} UTC." if opened.until else "Open.")


@emergency.command()
@click.argument("identity", metavar="ID")
@officer_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def read(identity: str, officer: str, *, as_json: bool) -> None:
    """Print the conversation of emergency ID, with personal details hidden; each reading is on record."""
    from chatbot.consents import emergencies

    for data_class, kept in run(lambda services: emergencies.read(services, identity, officer=officer)):
        line = _line(data_class, kept)
        click.echo(json.dumps(line) if as_json else f"{line['at']} {data_class}: {line['text']}")


def _line(data_class: str, kept: Kept) -> dict[str, Any]:
    text = kept.text.text if kept.text else ""
    return {"at": kept.at.isoformat(), "turn": kept.turn, "kind": data_class, "text": text}
