"""What a decision of the gate costs: from memory, and cold, out of a ledger of a million rows.

from memory   `Gate.may` over choices that are at hand, as each turn asks it
cold          a subject's standing read from the ledger (a real SQLite file), then the decision
begun, cold   the same with a transaction of its own round it, begun and ended

Cold means a subject that was not asked for before. What else the machine does shows in p95 first, so the seconds of
processor time that a cold decision costs are given beside it.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.tables import table

if TYPE_CHECKING:
    import argparse

    from sqlmodel.ext.asyncio.session import AsyncSession

ROWS = 1_000_000
PURPOSES = ("store", "improve", "personalise", "marketing")
DECISIONS = 20_000
COLD = 500
LIMITS = {"from memory": 50.0, "cold": 1000.0, "begun, cold": 1000.0}
"""Microseconds that a decision may cost."""
FIGURES = ("p50", "p95", "processor")
COLUMNS = (
    *("id", "subject_id", "seq", "purpose", "granted", "event_type", "notice_version", "language", "text_sha256"),
    *("control", "method", "actor", "jurisdiction", "valid_until", "at", "previous", "digest"),
)
DATA = Path(__file__).resolve().parents[1] / "data"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what can be asked of this part."""
    parser.add_argument("--ledger-rows", type=int, default=ROWS, help="rows of the ledger (gate)")


def measured(args: argparse.Namespace) -> dict[str, Any]:
    """Measure; microseconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        subjects = asyncio.run(_fill(path, args.ledger_rows))
        return {"ledger_rows": args.ledger_rows, "from memory": _memory()} | asyncio.run(_cold(path, subjects))


def tables(result: dict[str, Any]) -> str:
    """Write the table."""
    rows = [(name, *(result[name][each] for each in FIGURES), limit) for name, limit in LIMITS.items()]
    title = f"Microseconds for a decision of the gate, {result['ledger_rows']:,} rows in the ledger"
    return table(title, ("where from", "p50", "p95", "processor", "limit"), rows)


@cache
def _gate() -> Any:
    from consent.gate import Gate
    from consent.purposes import Purposes

    return Gate(Purposes.load(DATA / "registers" / "purposes.yaml"))


def _memory() -> dict[str, float]:
    gate, standing = _gate(), dict.fromkeys(PURPOSES, True)
    times, busy = [], time.process_time()
    for _ in range(DECISIONS):
        begun = time.perf_counter()
        gate.may("store", "message", "database", standing)
        times.append(time.perf_counter() - begun)
    return _summary(times, time.process_time() - busy)


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
        rows_of = ((each, at.isoformat(" "), "natural") for each in subjects)
        raw.executemany("INSERT INTO subject (id, created_at, subject_type) VALUES (?, ?, ?)", rows_of)
        raw.executemany(
            f"INSERT INTO consent_event ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})",  # noqa: S608 — ours
            (_event(subject, seq, at.isoformat(" "), until) for subject in subjects for seq in range(len(PURPOSES))),
        )
    raw.close()
    return subjects


def _event(subject: str, seq: int, at: str, until: str) -> tuple[Any, ...]:
    words = ("given", "v" * 32, "en", "0" * 64, "session-choices", "explicit_click", "visitor", "ZA")
    chain = (until, at, "0" * 64, "0" * 64)
    return (f"{subject}{seq}", subject, seq + 1, PURPOSES[seq], True, *words, *chain)


async def _cold(path: Path, subjects: list[str]) -> dict[str, dict[str, float]]:
    """Ask for subjects that were not asked for before, one after the other, over an open connection."""
    from chatbot.storage.database import Database

    database, sample = Database(f"sqlite+aiosqlite:///{path}"), random.Random(4).sample(subjects, 2 * COLD + 1)  # noqa: S311 — a sample
    async with database.reading() as session:
        await _decided(session, sample.pop())
        within, busy = [], time.process_time()
        for subject in sample[:COLD]:
            begun = time.perf_counter()
            await _decided(session, subject)
            within.append(time.perf_counter() - begun)
        spent = time.process_time() - busy
    result = {"cold": _summary(within, spent)}
    apart, busy = [], time.process_time()
    for subject in sample[COLD:]:
        begun = time.perf_counter()
        async with database.reading() as session:
            await _decided(session, subject)
        apart.append(time.perf_counter() - begun)
    result["begun, cold"] = _summary(apart, time.process_time() - busy)
    await database.close()
    return result


async def _decided(session: AsyncSession, subject: str) -> None:
    from consent import ledger

    stands = await ledger.standing(session, subject, datetime.now(UTC))
    assert _gate().may("store", "message", "database", stands)  # noqa: S101


def _summary(times: list[float], busy: float) -> dict[str, float]:
    ordered = sorted(times)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    return {"p50": 1e6 * median(ordered), "p95": 1e6 * p95, "processor": 1e6 * busy / len(times)}
