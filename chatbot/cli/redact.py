"""`chatbot redact`: hide personal information in text, JSON Lines, CSV and Parquet files."""

from __future__ import annotations

import csv
import json
import os
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pii.bulk import Job, Report

_TAB = {"tab": "\t", "\\t": "\t"}
_EPILOG = """\b
Examples:
  chatbot redact chats.jsonl -c text,visitor.note -o clean.jsonl
  chatbot redact tickets.csv -c message -o clean.csv --resume

Exit codes: 0 done, 1 the input is bad (the message says where), 2 wrong options.
"""
_FILE = click.Path(path_type=Path)


def _names(_: click.Context, __: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Split `a,b` and keep `"a,b"` whole, as CSV does."""
    return tuple(name for row in csv.reader(value, skipinitialspace=True) for name in row)


@click.command(epilog=_EPILOG)
@click.argument("source", metavar="[INPUT]", default="-", type=_FILE)
@click.option("-o", "--output", type=_FILE, help="Appears whole, at the end. Default: standard output.")
@click.option(
    "--format", "kind", type=click.Choice(["text", "jsonl", "csv", "parquet"]), help="Default: by file name."
)
@click.option("-c", "--columns", multiple=True, callback=_names, help="What to redact: a,b.c or *.")
@click.option("--question-column", help="The question that each row answers; not redacted.")
@click.option("-j", "--jobs", default=0, type=click.IntRange(0), help="Processes. Default: one for each core.")
@click.option("--vault", type=click.Choice(["per-row", "per-file"]), default="per-row", show_default=True,
              help="Placeholders count anew in each row, or through the file.")  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on where a run that was stopped had come to.")
@click.option("--keep-going", is_flag=True, help="Leave bad rows out; OUTPUT.rejects lists their numbers.")
@click.option("--encoding", default="utf-8", show_default=True, help="Of the input and the output.")
@click.option("--delimiter", help="Between CSV cells; tab for a tabulator. Default: by the first line.")
@click.option("--quote", default='"', show_default=True, help="Round CSV cells; empty for none.")
@click.option("--escape", help="Before a quote within a CSV cell. Default: the quote is doubled.")
@click.option("--no-header", is_flag=True, help="The first CSV row is data: choose columns by number, from 1.")
@click.option("--finder", default="builtin", show_default=True, help="builtin, spacy:PACKAGE, gliner:MODEL.")
@click.option("--report", "report_file", type=_FILE, help="Write the figures here, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--explain", is_flag=True, help="Write nothing; show each finding, its score and its reason.")
@click.option("--show-values", is_flag=True, help="With --explain: show the values themselves.")
def redact(**given: Any) -> None:
    """Hide personal information in a file, of any size, on every core.

    Rows that cannot be redacted are never written. INPUT is a file, or - for standard input.
    """
    from pii.bulk.errors import BadJob
    from pii.errors import PiiError

    try:
        if given["explain"]:
            _explain(given)
        else:
            _redact(given)
    except BadJob as error:
        raise click.UsageError(str(error)) from None
    except PiiError as error:
        _stop(error, given)
    except KeyboardInterrupt:
        click.echo("Stopped." + (" Go on with --resume." if given["output"] else ""), err=True)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        click.echo(f"{error.strerror}: {error.filename or given['output']}", err=True)
        sys.exit(1)


def _redact(given: dict[str, Any]) -> None:
    from pii.bulk import run

    job = _job(given)
    with _progress(job) as progress:
        report = run(job, make=_maker(given), progress=progress)
    if given["report_file"]:
        given["report_file"].write_text(json.dumps(report.as_dict(), indent=2) + "\n")
    if given["as_json"]:
        click.echo(json.dumps(report.as_dict()), err=job.target is None)
    else:
        _show(report, job)


def _job(given: dict[str, Any]) -> Job:
    from pii.bulk import FORMATS, Dialect, Job

    source = None if str(given["source"]) == "-" else given["source"]
    target = None if str(given["output"]) in {"-", "None"} else given["output"]
    dialect = Dialect(
        _TAB.get(given["delimiter"], given["delimiter"]), given["quote"], given["escape"], not given["no_header"]
    )
    return Job(
        source, target, given["kind"] or FORMATS.get(source.suffix.lower() if source else "", "text"),
        given["columns"], given["question_column"], given["encoding"], dialect, given["vault"],
        given["jobs"] or _cores(), given["keep_going"], given["resume"],
    )  # fmt: skip


def _cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _maker(given: dict[str, Any]) -> Callable[[], Any]:
    from pii import Redactor

    return partial(Redactor, given["finder"])


@contextmanager
def _progress(job: Job) -> Iterator[Callable[[int, int], None]]:
    """Show a bar when somebody looks: bytes of a file, rows of a pipe."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]:,} rows"))
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as bar:
        total = job.source.stat().st_size if job.source and job.source.exists() else None
        task = bar.add_task(f"Redacting {job.name}", total=total, rows=0)
        yield lambda rows, position: bar.update(task, completed=position, rows=rows)


def _show(report: Report, job: Job) -> None:
    from rich.console import Console
    from rich.table import Table

    figures = report.as_dict()
    table = Table("kind", "found", title=f"{report.rows:,} rows, {report.redacted:,} with something personal")
    for kind, count in (figures["kinds"] | {f"({kind}, stated)": n for kind, n in figures["flags"].items()}).items():
        table.add_row(kind, f"{count:,}")
    left = (
        f"; {report.left_out:,} left out, numbers in {job.target}.rejects" if report.left_out and job.target else ""
    )
    console = Console(stderr=True)
    console.print(table)
    console.print(f"{report.seconds:.1f} s, {figures['rows_per_second'] or 0:,.0f} rows a second{left}", style="dim")


def _explain(given: dict[str, Any]) -> None:
    from pii.bulk.explain import explain

    for line in explain(_job(given), _maker(given)(), show_values=given["show_values"]):
        click.echo(line)


def _stop(error: Exception, given: dict[str, Any]) -> NoReturn:
    """Say what is wrong and how to go on."""
    from pii.bulk import BadRow

    click.echo(str(error), err=True)
    if isinstance(error, BadRow) and given["output"]:
        click.echo(
            "Nothing of that row was written. Mend it, or leave such rows out: --keep-going --resume", err=True
        )
    sys.exit(1)
