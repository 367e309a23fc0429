"""`chatbot law`: the rules in force on a day, with their sources."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import click

PROVENANCE = ("from", "source", "checked_on", "read")
GROUPS = {"deadlines": "due", "duties": "duty", "forms": "form"}


@click.command()
@click.option("--as-of", "as_of", metavar="DATE", help="The day, as YYYY-MM-DD; today when left out.")
@click.option("--country", default="ZZ", show_default=True, help="ISO 3166-1 code; ZZ for anywhere else.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def law(as_of: str | None, country: str, *, as_json: bool) -> None:
    """Show every rule for a country on a day: its figures, since when, from which source, checked when."""
    from consent.law.overview import overview

    try:
        on = date.fromisoformat(as_of) if as_of else datetime.now(UTC).date()
    except ValueError:
        raise click.BadParameter("write the day as YYYY-MM-DD", param_hint="--as-of") from None
    rules = overview(country.upper(), on)
    if as_json:
        click.echo(json.dumps(rules, ensure_ascii=False))
        return
    _table(rules)


def _table(rules: dict[str, Any]) -> None:
    """Print a row for each rule; one that rests on somebody's word only is marked as such."""
    from rich.console import Console
    from rich.table import Table

    table = Table("rule", "says", "since", "source", "checked", title=f"{rules['country']} on {rules['as_of']}")
    facts = {name: fact for name, fact in rules.items() if isinstance(fact, dict) and name not in GROUPS}
    for group, label in GROUPS.items():
        facts |= {f"{label}: {each}": fact for each, fact in rules[group].items()}
    for name, fact in facts.items():
        says = ", ".join(f"{key} {value}" for key, value in fact.items() if key not in PROVENANCE)
        source = f"{fact.get('source', '')}{'' if fact.get('read', True) else ' (not read)'}"
        table.add_row(name, says, fact.get("from", ""), source, fact.get("checked_on", ""))
    Console(width=160 if not Console().is_terminal else None).print(table)
