"""Run every check, show what each says, and exit with 1 when one failed."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING

import click

from chatbot.cli.doctor import files, keys, machine, outbox, running
from chatbot.cli.doctor.finding import Finding, Setup, Verdict, failed
from chatbot.cli.doctor.papers import papers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatbot.cli.doctor.finding import Check

CHECKS: dict[str, Check] = {
    "python": machine.python,
    "packages": machine.packages,
    "sqlite": machine.sqlite,
    "clock": machine.clock,
    "settings": files.settings,
    "folder": files.folder,
    "secret": files.secret,
    "data": files.data,
    "papers": papers,
    "tracing": running.tracing,
    "redaction": running.redaction,
    "model": running.model,
    "database": running.database,
    "keys": keys.keys,
    "outbox": outbox.outbox,
    "valkey": running.valkey,
    "knowledge": running.knowledge,
    "port": machine.port,
}
_SIGNS = {Verdict.OK: ("✓", "green"), Verdict.WARNING: ("!", "yellow"), Verdict.FAILED: ("✗", "red")}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address that the chatbot listens on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Its port.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def doctor(host: str, port: int, *, as_json: bool) -> None:
    """Look at the whole set-up, and say what is wrong and how to mend it. Exits with 1 when something is broken."""
    found = examine(Setup(os.environ, host, port))
    click.echo(_as_json(found)) if as_json else _show(found)
    sys.exit(any(finding.verdict is Verdict.FAILED for _, finding in found))


def examine(setup: Setup) -> list[tuple[str, Finding]]:
    """Run the checks in order; one that cannot even run is a finding itself."""
    logging.disable(logging.CRITICAL)  # what a library has to say is in the findings
    try:
        return [(name, finding) for name, check in CHECKS.items() for finding in _guarded(check, setup)]
    finally:
        logging.disable(logging.NOTSET)


def _guarded(check: Check, setup: Setup) -> Iterator[Finding]:
    try:
        yield from check(setup)
    except ImportError as error:
        yield failed(f"a package is missing or broken: {error.name}", machine.REINSTALL)
    except Exception as error:  # noqa: BLE001 — a doctor goes on; the type alone, because words may hold a value
        yield failed(f"this check broke off with {type(error).__name__}", "please report it")


def _as_json(found: list[tuple[str, Finding]]) -> str:
    return json.dumps([{"check": name} | finding._asdict() for name, finding in found], indent=2, ensure_ascii=False)


def _show(found: list[tuple[str, Finding]]) -> None:
    for name, finding in found:
        sign, colour = _SIGNS.get(finding.verdict, ("·", "bright_black"))
        click.echo(f"{click.style(sign, fg=colour)} {name:<10} {finding.message}")
        if finding.mend:
            click.echo(f"{'':12} → {finding.mend}")
    counts = Counter(finding.verdict for _, finding in found)
    click.echo(f"\n{counts[Verdict.FAILED]} failed, {counts[Verdict.WARNING]} warnings, {counts[Verdict.OK]} fine")
