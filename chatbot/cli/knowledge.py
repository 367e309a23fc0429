"""`chatbot knowledge`: fill the knowledge base from Markdown, and ask it."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import TYPE_CHECKING, Any

import click

from chatbot.cli.configured import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from chatbot.knowledge.ingest import Report
    from chatbot.settings import Settings


@click.group()
def knowledge() -> None:
    """Fill and ask the knowledge base."""


@knowledge.command()
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def ingest(*, as_json: bool) -> None:
    """Redact, split and index the Markdown below data/knowledge and data/policies; only what changed is done anew."""
    from chatbot.knowledge.errors import KnowledgeError

    try:
        report = run_ingest(load_settings())
    except KnowledgeError as error:
        click.echo(f"Nothing was changed. {error}", err=True)
        sys.exit(1)
    figures = dataclasses.asdict(report)
    click.echo(json.dumps(figures) if as_json else ", ".join(f"{name} {count}" for name, count in figures.items()))


@knowledge.command()
@click.argument("question")
@click.option("--limit", default=4, show_default=True, type=click.IntRange(1, 20), help="How many passages.")
@click.option("--json", "as_json", is_flag=True, help="Print the passages as JSON.")
def ask(question: str, limit: int, *, as_json: bool) -> None:
    """Show the passages that answer a question best, with their scores."""
    from chatbot.knowledge.search import Knowledge

    settings = load_settings()
    bring_up_to_date(settings)
    hits = Knowledge.open(index(settings), settings.data_dir).search(question, limit)
    if as_json:
        rows: list[dict[str, Any]] = [
            {"id": hit.passage.id, "score": hit.score, "url": hit.passage.url} for hit in hits
        ]
        click.echo(json.dumps(rows))
        return
    for hit in hits:
        click.echo(f"{hit.score:.2f}  {hit.passage.id}  {hit.passage.text[:100]!r}")


def index(settings: Settings) -> Path:
    """Name the knowledge base's file."""
    return settings.var_dir / "knowledge.db"


def run_ingest(settings: Settings) -> Report:
    """Ingest the knowledge and the policies of these settings."""
    from chatbot.knowledge.ingest import ingest as ingest_folders
    from pii import Redactor

    return ingest_folders(folders(settings), index(settings), Redactor(settings.finder))


def bring_up_to_date(settings: Settings) -> None:
    """Ingest when any page is newer than the index; otherwise leave it alone, so that a start stays quick."""
    path = index(settings)
    pages = [page for folder in folders(settings) for page in folder.rglob("*.md")]
    if not path.exists() or any(page.stat().st_mtime > path.stat().st_mtime for page in pages):
        run_ingest(settings)
        path.touch()


def folders(settings: Settings) -> tuple[Path, ...]:
    """Name the folders that knowledge comes from."""
    return settings.data_dir / "knowledge", settings.data_dir / "policies"
