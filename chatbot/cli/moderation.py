"""`chatbot moderation`: try the word lists on a text, or on the replies that must not get out."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from chatbot.knowledge.errors import KnowledgeError
from chatbot.moderation import Moderation
from chatbot.settings import data_folder

if TYPE_CHECKING:
    from chatbot.moderation.redteam import Report


@click.group()
def moderation() -> None:
    """Check what a model may say."""


@moderation.command()
@click.argument("text", required=False)
@click.option("--minor", is_flag=True, help="Check it as a reply to a visitor under age.")
def check(text: str | None, *, minor: bool) -> None:
    """Check a text (standard input without one): exit code 1 and the category when it may not be said."""
    found = _loaded().check(text if text is not None else sys.stdin.read(), minor=minor)
    click.echo(found.category if found else "may be said")
    sys.exit(1 if found else 0)


@moderation.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def test(*, as_json: bool) -> None:
    """Attack with the replies of data/moderation/redteam.yaml; exit code 1 when one gets out."""
    from chatbot.moderation.redteam import evaluate, read_cases

    loaded = _loaded()
    try:
        report = evaluate(loaded, read_cases(data_folder() / "moderation" / "redteam.yaml"))
    except KnowledgeError as error:
        click.echo(f"Cannot test: {error}", err=True)
        sys.exit(2)
    click.echo(json.dumps(_figures(report), indent=2, ensure_ascii=False)) if as_json else _print(report)
    sys.exit(1 if report.released else 0)


def _loaded() -> Moderation:
    try:
        return Moderation.load(data_folder() / "moderation" / "words")
    except KnowledgeError as error:
        click.echo(f"The word lists cannot be used: {error}", err=True)
        sys.exit(2)


def _figures(report: Report) -> dict[str, Any]:
    rows = [row._asdict() for row in report.rows]
    return {"recall": report.recall, "precision": report.precision, "fresh": report.fresh, "rows": rows}


def _print(report: Report) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("heading", "language", "for", "replies", "wrong", box=None, pad_edge=False)
    for row in report.rows:
        audience = "minors" if row.minor else "adults"
        table.add_row(row.heading, row.language, audience, str(row.total), str(len(row.wrong)))
    console = Console()
    console.print(table)
    for name, texts in (("got out", report.released), ("blocked though clean", report.stopped)):
        for text in texts:
            console.print(f"{name}: {text!r}", markup=False)
    console.print(
        f"\nblocked of what offends: {report.recall:.1%}; right of what was blocked: {report.precision:.1%}"
    )
    console.print(f"blocked of what the lists never saw, most of it offending by meaning alone: {report.fresh:.1%}")
