"""`chatbot registry validate`: check every register, law, notice, source and cookie in one go."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from chatbot.cli import acting
from consent.sources import Source

WRONG, LAPSED = 1, 3


@click.group()
def registry() -> None:
    """Check the registers that say what may happen."""


@registry.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The data folder; the one of the settings when left out.",
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day on which papers must hold; today.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def validate(data: Path | None, as_of: datetime | None, *, as_json: bool) -> None:
    """Read every data file as the service does, and look for papers that are not in force.

    Exits with 0 when all is well, 1 when a file is wrong, 3 when the files are right and a paper is not in force.
    """
    from chatbot.cli.configured import load_settings
    from chatbot.cli.doctor.files import faults
    from chatbot.cli.doctor.finding import Verdict
    from chatbot.cli.doctor.papers import lapsed

    folder = data or load_settings().data_dir
    day = (as_of or datetime.now(UTC)).date()
    rows = [{"group": name, "verdict": "failed" if fault else "ok", "says": fault} for name, fault in faults(folder)]
    code = WRONG if any(row["says"] for row in rows) else 0
    if not code:
        found = [finding for finding in lapsed(folder, day) if finding.verdict is Verdict.WARNING]
        rows += [{"group": "papers", "verdict": "lapsed", "says": f"{each.message}; {each.mend}"} for each in found]
        code = LAPSED if found else 0
    _print(rows, day.isoformat(), as_json=as_json)
    sys.exit(code)


@registry.command()
@click.argument("subject")
@click.option("--source", required=True, type=click.Choice(list(Source)), help="The channel that is unlinked.")
@acting.officer
def unlink(subject: str, source: str, officer: str) -> None:
    """Erase everything of SUBJECT that came through a channel, such as a linked account. On record."""
    from chatbot import unlinking

    erased = acting.run(lambda services: unlinking.unlink(services, subject, Source(source), by=officer))
    click.echo(f"Erased: {erased}.")


def _print(rows: list[dict[str, str]], day: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        says = f": {row['says']}" if row["says"] else ""
        click.echo(f"{row['verdict']:<7} {row['group']}{says}")
    wrong = sum(row["verdict"] != "ok" for row in rows)
    click.echo(f"{len(rows) - wrong} in order, {wrong} not, on {day}")
