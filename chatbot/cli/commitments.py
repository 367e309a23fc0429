"""`chatbot commitments`: which promises of the policies are proven, which in part, only marked, or still open."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from chatbot.cli.promises import Mark, Promises, State, marks, results, states
from chatbot.settings import data_folder
from consent.data import DataError

RESULTS = Path(".pytest_cache/v/commitments/results")
_COLOURS = {State.PROVEN: "green", State.PARTLY: "cyan", State.MARKED: "yellow", State.OPEN: "dim"}


@click.command()
@click.option("--open", "only_open", is_flag=True, help="Show only what no test carries yet.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option(
    "--tests",
    default=Path("tests"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of the tests.",
)
@click.option(
    "--results",
    "results_file",
    default=RESULTS,
    show_default=True,
    type=click.Path(path_type=Path),
    help="What the last test run wrote.",
)
def commitments(tests: Path, results_file: Path, *, only_open: bool, as_json: bool) -> None:
    """Show each promise of the policies as proven (a marked test passed last time), in part, marked, or open."""
    try:
        promises = Promises.load(data_folder() / "registers" / "commitments.yaml")
        found = marks(tests)
    except (DataError, SyntaxError) as error:
        click.echo(f"Cannot tell: {error}", err=True)
        sys.exit(1)
    unknown = [mark for mark in found if mark.promise not in promises.ids]
    for mark in unknown:
        click.echo(f"{mark.scope}, line {mark.line}: the policies promise nothing under {mark.promise!r}", err=True)
    rows = _rows(promises, found, results_file)
    shown = [row for row in rows if not only_open or row["state"] == State.OPEN]
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False)) if as_json else _print(shown, rows)
    sys.exit(1 if unknown else 0)


def _rows(promises: Promises, found: list[Mark], results_file: Path) -> list[dict[str, Any]]:
    state = states(promises, found, results(results_file))
    return [
        {
            "id": each,
            "policy": section.policy,
            "section": section.title,
            "promise": quote,
            "state": state[each].value,
            "parts": sorted({mark.part for mark in found if mark.promise == each and mark.part}),
            "tests": sorted({mark.scope for mark in found if mark.promise == each}),
        }
        for section in promises.sections
        for each, quote in section.promises.items()
    ]


def _print(shown: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Column, Table

    table = Table("id", "promise", "state", Column("tests", overflow="fold"), box=None, pad_edge=False)
    section = ""
    for row in shown:
        if row["section"] != section:
            section = row["section"]
            table.add_row("", f"[bold]{escape(section)}[/bold]", "", "")
        colour = _COLOURS[State(row["state"])]
        tests = "\n".join(row["tests"])
        told = f"{row['state']}: {', '.join(row['parts'])}" if row["state"] == State.PARTLY else row["state"]
        table.add_row(row["id"], escape(row["promise"]), f"[{colour}]{escape(told)}[/{colour}]", escape(tests))
    counts = Counter(row["state"] for row in rows)
    console = Console()
    console.print(table)
    console.print(f"\n{len(rows)} promises: " + ", ".join(f"{counts[state]} {state}" for state in State))
