"""What a decision of the gate costs: from memory, and cold, out of a ledger of a million rows.

from memory   `Gate.may` over choices that are at hand, as each turn asks it
cold          a subject's standing read from the ledger (a real SQLite file), then the decision
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.tables import table

if TYPE_CHECKING:
    import argparse

ROWS = 1_000_000
PURPOSES = ("store", "improve", "personalise", "marketing")
DECISIONS = 20_000
COLD = 500
LIMITS = {"from memory": 50.0, "cold": 1000.0}
"""Microseconds that a decision may cost."""
DATA = Path(__file__).resolve().parents[1] / "data"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what can be asked of this part."""
    parser.add_argument("--ledger-rows", type=int, default=ROWS, help="rows of the ledger (gate)")


def measured(args: argparse.Namespace) -> dict[str, Any]:
    """Measure; microseconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        subjects = asyncio.run(_fill(path, args.ledger_rows))
        return {
            "ledger_rows": args.ledger_rows,
            "from memory": _memory(),
            "cold": asyncio.run(_cold(path, subjects)),
        }


def tables(result: dict[str, Any]) -> str:
    """Write the table."""
    rows = [(name, result[name]["p50"], result[name]["p95"], limit) for name, limit in LIMITS.items()]
    title = f"Microseconds for a decision of the gate, {result['ledger_rows']:,} rows in the ledger"
    return table(title, ("where from", "p50", "p95", "limit"), rows)


def _gate() -> Any:
    from consent.gate import Gate
    from consent.purposes import Purposes

    return Gate(Purposes.load(DATA / "registers" / "purposes.yaml"))


def _memory() -> dict[str, float]:
    gate, standing = _gate(), dict.fromkeys(PURPOSES, True)
    times = []
    for _ in range(DECISIONS):
        begun = time.perf_counter()
        gate.may("store", "message", "database", standing)
        times.append(time.perf_counter() - begun)
    return _summary(times)


async def _fill(path: Path, rows: int) -> list[str]:
    """Write the ledger with the service's own migrations, then rows in bulk; gives the subjects."""
    from chatbot.storage.database import Database
    from chatbot.storage.migrate import upgrade

    database = Database(f"sqlite+aiosqlite:///{path}")
    await upgrade(database)
    await database.close()
    subjects = [f"{number:032x}" for number in range(rows // len(PURPOSES))]
    at = datetime.now(UTC).replace(tzinfo=None)
    until = (at + timedelta(days=180)).isoformat(" ")
    with sqlite3.connect(path) as raw:
        raw.executemany("INSERT INTO subject VALUES (?, ?)", ((each, at.isoformat(" ")) for each in subjects))
        raw.executemany(
            f"INSERT INTO consent_event VALUES ({', '.join('?' * 17)})",  # noqa: S608 — question marks
            (_event(subject, seq, at.isoformat(" "), until) for subject in subjects for seq in range(len(PURPOSES))),
        )
    raw.close()
    return subjects


def _event(subject: str, seq: int, at: str, until: str) -> tuple[Any, ...]:
    words = ("given", "v" * 32, "en", "0" * 64, "session-choices", "explicit_click", "visitor", "ZA")
    chain = (until, at, "0" * 64, "0" * 64)
    return (f"{subject}{seq}", subject, seq + 1, PURPOSES[seq], True, *words, *chain)


async def _cold(path: Path, subjects: list[str]) -> dict[str, float]:
    """Ask for subjects that were not asked for before, one after the other, over an open connection."""
    from chatbot.storage.database import Database
    from consent import ledger

    gate, database, times = _gate(), Database(f"sqlite+aiosqlite:///{path}"), []
    now = datetime.now(UTC)
    async with database.reading() as session:
        await ledger.standing(session, subjects[0], now)
        for subject in random.Random(4).sample(subjects[1:], COLD):  # noqa: S311 — a sample
            begun = time.perf_counter()
            assert gate.may("store", "message", "database", await ledger.standing(session, subject, now))  # noqa: S101
            times.append(time.perf_counter() - begun)
    await database.close()
    return _summary(times)


def _summary(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"p50": 1e6 * median(ordered), "p95": 1e6 * ordered[int(0.95 * (len(ordered) - 1))]}
