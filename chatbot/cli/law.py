"""`chatbot law`: the rules in force on a day, with their sources."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import click


@click.command()
@click.option("--as-of", "as_of", metavar="DATE", help="The day, as YYYY-MM-DD; today when left out.")
@click.option("--country", default="ZZ", show_default=True, help="ISO 3166-1 code; ZZ for anywhere else.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def law(as_of: str | None, country: str, *, as_json: bool) -> None:
    """Show from which age a visitor of a country may answer alone on a day."""
    from consent import law as rules

    try:
        on = date.fromisoformat(as_of) if as_of else datetime.now(UTC).date()
    except ValueError:
        raise click.BadParameter("write the day as YYYY-MM-DD", param_hint="--as-of") from None
    ages = rules.ages(on)
    code = rules.country_or_elsewhere(country.upper())
    answer = {"country": code, "as_of": on.isoformat(), "effective_age": ages.effective(code), "rules": ages.version}
    click.echo(json.dumps(answer) if as_json else "\n".join(f"{name}: {value}" for name, value in answer.items()))
