"""What the machine must have: Python, the pinned packages, SQLite with full-text search, a clock, a free port."""

from __future__ import annotations

import asyncio
import errno
import sqlite3
import sys
import time
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

from chatbot.cli.doctor.finding import failed, ok, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatbot.cli.doctor.finding import Finding, Setup

PACKAGE = "rousora-chatbot"
PYTHON = (3, 11)
SQLITE = (3, 35)
DAY_SECONDS = 86_400
REINSTALL = "install the pinned packages again: remove .venv, then `make run`"


def python(_setup: Setup) -> Iterator[Finding]:
    """Check the interpreter."""
    running = sys.version.split()[0]
    if sys.version_info < PYTHON:
        yield failed(f"Python {running} is too old", "use Python 3.11 or newer: `make PYTHON=python3.11 run`")
    else:
        yield ok(f"Python {running}")


def packages(_setup: Setup) -> Iterator[Finding]:
    """Check that every required package is installed in a version that fits."""
    from packaging.requirements import Requirement

    try:
        required = [Requirement(line) for line in requires(PACKAGE) or []]
    except PackageNotFoundError:
        yield failed("the chatbot itself is not installed here", REINSTALL)
        return
    needed = [one for one in required if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = [complaint for one in needed if (complaint := _complaint(one.name, one))]
    for complaint in wrong:
        yield failed(complaint, REINSTALL)
    if not wrong:
        yield ok(f"{len(needed)} required packages are installed")


def _complaint(name: str, requirement: object) -> str:
    try:
        installed = version(name)
    except PackageNotFoundError:
        return f"the package {name} is missing"
    specifier = requirement.specifier  # type: ignore[attr-defined]  # packaging is imported where it is needed
    return "" if specifier.contains(installed, prereleases=True) else f"{name} is {installed}, needed is {specifier}"


def sqlite(_setup: Setup) -> Iterator[Finding]:
    """Check SQLite's version, and full-text search, which the knowledge base needs."""
    if sqlite3.sqlite_version_info < SQLITE:
        yield failed(f"SQLite {sqlite3.sqlite_version} is too old", "use a Python built with SQLite 3.35 or newer")
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE probe USING fts5 (text)")
        yield ok(f"SQLite {sqlite3.sqlite_version} with FTS5")
    except sqlite3.OperationalError:
        yield failed("this SQLite has no full-text search (FTS5)", "use a Python whose sqlite3 module has FTS5")
    finally:
        connection.close()


def clock(_setup: Setup) -> Iterator[Finding]:
    """Check that the clock is not behind the installed files: tokens, consents and contracts are judged by it."""
    installed = Path(__file__).stat().st_mtime
    if time.time() < installed - DAY_SECONDS:
        days = round((installed - time.time()) / DAY_SECONDS)
        yield failed(
            f"the clock is {days} days behind the installed files", "set the clock, or start its time service"
        )
    else:
        yield ok("the clock is not behind the installed files")


def port(setup: Setup) -> Iterator[Finding]:
    """Check that the port is free, or that a chatbot already answers there."""
    place = f"{setup.host}:{setup.port}"
    error = asyncio.run(_taken(setup))
    if error is None:
        yield ok(f"{place} is free")
    elif error.errno == errno.EADDRINUSE and asyncio.run(_is_ours(setup)):
        yield ok(f"a chatbot is serving on {place}")
    elif error.errno == errno.EADDRINUSE:
        yield failed(f"another program listens on {place}", "stop it, or take another port: `make run PORT=8001`")
    elif error.errno == errno.EACCES:
        yield failed(f"this account may not listen on {place}", "take a port above 1023")
    else:
        yield warning(f"{place} cannot be listened on", "is this an address of this machine? Try --host 127.0.0.1")


async def _taken(setup: Setup) -> OSError | None:
    try:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), setup.host, setup.port)
    except OSError as error:
        return error
    server.close()
    await server.wait_closed()
    return None


async def _is_ours(setup: Setup) -> bool:
    from consent import egress
    from consent.operators import Register

    base_url = f"http://{'127.0.0.1' if setup.host in {'0.0.0.0', '::'} else setup.host}:{setup.port}"  # noqa: S104 — compared, not bound
    async with egress.client(Register(operators=()), base_url=base_url, timeout=2.0) as client:
        try:
            answer = await client.get("/health/live")
            return bool(answer.json() == {"status": "live"})
        except Exception:  # noqa: BLE001 — whatever else it says, it is not ours
            return False
