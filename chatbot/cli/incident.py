"""`chatbot incident`: open an incident, see until when the law wants it told, and close it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from chatbot.cli import acting

if TYPE_CHECKING:
    from chatbot.services import Services
    from chatbot.storage.paging import Asked
    from chatbot.storage.tables.guardians import Incident
    from consent.incidents import Clock, Kind, Kinds

FLAGS = ("confidentiality", "integrity", "availability")


@click.group()
def incident() -> None:
    """Open, list and close incidents; losing a key or data counts as a breach."""


@incident.command("open")
@click.option("--kind", required=True, help="A kind of data/registers/incidents.yaml, such as key_lost or data_lost.")
@acting.officer
@click.option("--aware", type=click.DateTime(), help="When somebody first knew, in UTC; now, when it is left out.")
@click.option(
    "--country",
    "countries",
    multiple=True,
    callback=lambda _context, _parameter, given: tuple(map(_country, given)),
    help="Whose people it touches; those of everybody kept here.",
)
@acting.as_json
def open_(kind: str, officer: str, aware: datetime | None, countries: tuple[str, ...], *, as_json: bool) -> None:
    """Open an incident of a KIND, and say whom to tell, where, and until when."""
    from chatbot.decisions import incidents
    from chatbot.decisions.incidents import Opening
    from chatbot.errors import InvalidRequest

    now = datetime.now(UTC)
    known = aware.replace(tzinfo=UTC) if aware else now
    if known > now:
        raise click.BadParameter("nobody can know of it before now", param_hint="--aware")

    async def act(services: Services) -> dict[str, Any]:
        try:
            found = services.rules.incidents.get(kind)
        except LookupError as error:
            raise InvalidRequest(f"{error}.") from None
        async with services.database.transaction() as session:
            home = services.notices.best("en").party.country
            touched = countries or await incidents.touched_countries(session)
            row = await incidents.begin(session, found, Opening(now, officer, known, [home, *touched]))
        return _row(row, services.rules.incidents)

    _show([acting.run(act)], as_json=as_json)


@incident.command("list")
@click.option("--open", "open_only", is_flag=True, help="Only those that are open.")
@acting.paged
@acting.as_json
def list_(asked: Asked, *, open_only: bool, as_json: bool) -> None:
    """List incidents, newest first, with their clocks."""
    from sqlmodel import select

    from chatbot.decisions.incidents import OPEN
    from chatbot.storage.paging import page
    from chatbot.storage.tables.guardians import Incident

    async def act(services: Services) -> tuple[list[dict[str, Any]], str | None]:
        query = select(Incident).where(Incident.status == OPEN) if open_only else select(Incident)
        async with services.database.reading() as session:
            found = await page(session, query, Incident.opened_at, asked, newest=True)
        return [_row(row, services.rules.incidents) for row in found.rows], found.next

    rows, following = acting.run(act)
    if as_json:
        acting.show_page(rows, following, as_json=True, none="")
        return
    _show(rows, as_json=False)
    acting.say_more(following)


@incident.command()
@click.argument("identity", metavar="ID")
@acting.officer
@click.option("--false-alarm", is_flag=True, help="Nothing was wrong after all.")
def close(identity: str, officer: str, *, false_alarm: bool) -> None:
    """Close the incident ID."""
    from chatbot.decisions import incidents

    async def act(services: Services) -> None:
        status = incidents.FALSE_ALARM if false_alarm else incidents.CLOSED
        async with services.database.transaction() as session:
            await incidents.end(session, identity, status, now=datetime.now(UTC), by=officer)

    acting.run(act)
    click.echo("Closed.")


def _country(code: str) -> str:
    """Let only a code through: what is typed here stays on record, and a mistyped one hides whose law counts."""
    from consent.law import ELSEWHERE, country_or_elsewhere

    known = country_or_elsewhere(code)
    if known == ELSEWHERE != code.upper():
        raise click.BadParameter("a code of ISO 3166-1, such as ZA, or ZZ for elsewhere")
    return known


def _row(row: Incident, kinds: Kinds) -> dict[str, Any]:
    from consent.incidents import clocks

    kind = next((kind for kind in kinds.kinds if kind.id == row.kind), None) or _as_it_was(row)
    running = clocks(kind, row.countries, row.aware_at or row.opened_at)
    return {
        "id": row.id,
        "kind": row.kind,
        "status": row.status,
        "opened_at": row.opened_at.isoformat(timespec="seconds"),
        "touches": [name for name in FLAGS if getattr(row, name)],
        "breach": kind.breach,
        "tell": list(kind.tell),
        "clocks": [_clock(clock) for clock in running],
    }


def _as_it_was(row: Incident) -> Kind:
    """Give the kind of an incident that the register does not name any more, from its own flags."""
    from consent.incidents import Kind

    return Kind(id=row.kind, tell=("officer", "authority"), **{name: getattr(row, name) for name in FLAGS})


def _clock(clock: Clock) -> dict[str, Any]:
    rule = clock.rule
    return {
        "country": clock.country,
        "by": clock.by.isoformat(timespec="seconds") if clock.by else "as soon as reasonably possible",
        "when": "every compromise" if rule.threshold == "any" else "unless no risk to people is likely",
        "channel": f"{rule.channel} {rule.form}".strip(),
        "people": rule.people,
        "law": rule.law,
    }


def _show(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    """Print each incident on a line, and its clocks below it."""
    if as_json or not rows:
        acting.show(rows, as_json=as_json, none="There is no incident.")
        return
    for row in rows:
        running = row.pop("clocks")
        acting.show([row], as_json=False, none="")
        for clock in running:
            click.echo(f"    {clock['country']}: tell by {clock['by']} ({clock['law']}, {clock['when']})")
            click.echo(f"        {clock['channel']}; people: {clock['people']}")
