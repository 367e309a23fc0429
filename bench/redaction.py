"""Our redactor beside everything that can be installed: the same messages, the same measure, one run.

python -m bench redaction --data FOLDER --limit 400 --peers ours,presidio
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.datasets import OWN
from bench.duel import PAIR
from bench.peers import PEERS
from bench.tables import table

if TYPE_CHECKING:
    import argparse

ROOT = Path(__file__).resolve().parents[1]
QUIET = {"PYTHONWARNINGS": "ignore", "TOKENIZERS_PARALLELISM": "false", "DATAFOG_NO_TELEMETRY": "1"}
PATIENCE = 1800


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what this part takes."""
    parser.add_argument("--data", type=Path, default=OWN, help="a folder of labelled .jsonl files")
    parser.add_argument("--limit", type=int, default=0, help="messages of each set, 0 for all")
    parser.add_argument("--peers", default=",".join(PEERS), help="which finders")


def measured(args: argparse.Namespace) -> dict[str, Any]:
    """Measure each finder after the other, each in a process of its own; then ours and stock in turn."""
    peers = args.peers.split(",")
    found = {peer: _run(args, "bench.worker", peer) for peer in peers}
    return {"finders": found, "duel": _run(args, "bench.duel") if set(PAIR) <= set(peers) else None}


def _run(args: argparse.Namespace, *module: str) -> dict[str, Any]:
    command = [sys.executable, "-m", *module, "--data", str(args.data), "--limit", str(args.limit)]
    try:
        done = subprocess.run(  # noqa: S603 — our own module
            command, cwd=ROOT, env=os.environ | QUIET, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return {"error": f"took longer than {PATIENCE} s"}
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}"}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def tables(result: dict[str, Any]) -> str:
    """Write all tables."""
    finders = result["finders"]
    good = {peer: found for peer, found in finders.items() if "error" not in found}
    bad = [f"{peer}: not measured: {found['error']}" for peer, found in finders.items() if "error" in found]
    notes = [f"{peer}: {found['note']}" for peer, found in good.items()]
    threads = [(peer, *found["threads"].values()) for peer, found in good.items() if "threads" in found]
    return "\n".join([
        table("The mean of the sets; as written / lower-cased", _HEAD, [_row(*item) for item in good.items()]),
        *(_by_set(good, name) for name in (("f2", "F2 by set"), ("leaks", "Messages per 1,000 with a leak"))),
        table("Messages a second of wall time", ("finder", "1 thread", "4 threads", "ratio"), threads),
        _duel(result["duel"]),
        "", *notes, *bad,
    ])  # fmt: skip


_HEAD = (
    "finder", "F2", "recall", "precision", "leaks/1,000", "false/1,000 clean", "msg/s of CPU",
    "p50 ms", "p95 ms", "p99 ms", "load s", "MB",
)  # fmt: skip


def _row(peer: str, found: dict[str, Any]) -> list[str | float | None]:
    both = [_both(found, name) for name in ("f2", "recall", "precision", "leaks")]
    clean = _mean([s for s in found["sets"].values() if s["written"]["f2"] is None], "false")
    speed = found["speed"]
    times = [speed[name] for name in ("per_second", "p50", "p95", "p99")]
    return [peer, *both, clean, *times, found["load_s"], found["memory_mb"]]


def _both(found: dict[str, Any], name: str) -> str:
    return _mean(list(found["sets"].values()), name)


def _mean(sets: list[dict[str, Any]], name: str) -> str:
    """Average over the sets that have the figure, as written and lower-cased."""
    pairs = [(s["written"][name], s["lower"][name]) for s in sets if s["written"][name] is not None]
    if not pairs:
        return "-"
    form = ".0f" if name in {"leaks", "false"} else ".3f"
    return " / ".join(f"{sum(each) / len(pairs):{form}}" for each in zip(*pairs, strict=True))


def _by_set(good: dict[str, Any], wanted: tuple[str, str]) -> str:
    name, title = wanted
    labelled = [
        key for key, s in next(iter(good.values()), {"sets": {}})["sets"].items() if s["written"]["f2"] is not None
    ]
    rows = [[key, *(_mean([found["sets"][key]], name) for found in good.values())] for key in labelled]
    return table(f"{title}; as written / lower-cased", ("set", *good), rows)


def _duel(duel: dict[str, Any] | None) -> str:
    """Write ours and stock side by side, with how many times better ours is."""
    if duel is None or "error" in duel:
        return "" if duel is None else f"not measured in turn: {duel['error']}"
    ours, stock = (duel[peer] for peer in PAIR)
    rows = [
        (
            "messages a second of CPU",
            ours["per_second"],
            stock["per_second"],
            ours["per_second"] / stock["per_second"],
        ),
        *((f"{share} ms", ours[share], stock[share], stock[share] / ours[share]) for share in ("p50", "p95", "p99")),
    ]
    return table("In one process, taking turns", ("what", *PAIR, "times better"), rows)
