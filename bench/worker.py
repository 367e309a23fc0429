"""One finder in a process of its own: loads it, warms it, measures it, and prints JSON.

    python -m bench.worker ours --data FOLDER --limit 400

A process each keeps their memory and their load times apart, and a finder that crashes harms no other.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from bench.datasets import OWN, Dataset, load
from bench.measure import measure, speed
from bench.tables import say

if TYPE_CHECKING:
    from bench.measure import Find

WARM = ("hello", "my e-mail is a@b.co and I am Jane Doe", "call me on 082 555 1234", "12 Main Road, Durban") * 10
THREADED = frozenset({"ours", "presidio"})
THREADS = 4
TURNS = 3
SECONDS = 1.0


def memory() -> float:
    """Give this process's resident memory in megabytes."""
    return float(psutil.Process().memory_info().rss) / 1e6


def loaded(peer: str) -> tuple[Find, dict[str, Any]]:
    """Load a finder and answer a first message; give it with what that took."""
    before, wall, cpu = memory(), time.perf_counter(), time.process_time()
    module = importlib.import_module(f"bench.peers.{peer}")
    find: Find = module.load()
    list(find(WARM[1], None))
    took = {"load_s": time.perf_counter() - wall, "load_cpu_s": time.process_time() - cpu, "note": module.NOTE}
    for text in WARM:
        list(find(text, None))
    return find, took | {"memory_mb": memory(), "added_mb": memory() - before}


def sets(find: Find, datasets: list[Dataset]) -> dict[str, Any]:
    """Measure every set, as written and lower-cased, and the speed over all of them as written."""
    figures: dict[str, Any] = {}
    times: list[float] = []
    for dataset in datasets:
        tally = measure(find, dataset)
        times += tally.times
        lowered = measure(find, dataset.lower_cased()).figures()
        figures[dataset.name] = {"messages": len(dataset.messages), "written": tally.figures(), "lower": lowered}
    return {"sets": figures, "speed": speed(times)}


def threads(find: Find, datasets: list[Dataset]) -> dict[str, float]:
    """Compare messages per second of wall time on one thread and on four: the best of some turns."""
    texts = [message.text for dataset in datasets for message in dataset.messages]
    turns = [[_throughput(find, texts, count) for count in (1, THREADS)] for _ in range(TURNS)]
    one, four = (max(each) for each in zip(*turns, strict=True))
    return {"one": one, "four": four, "scaling": four / one}


def _throughput(find: Find, texts: list[str], count: int) -> float:
    end = time.perf_counter() + SECONDS

    def work(start: int) -> int:
        done = 0
        while time.perf_counter() < end:
            list(find(texts[(start + done) % len(texts)], None))
            done += 1
        return done

    with ThreadPoolExecutor(count) as pool:
        starts = [index * len(texts) // count for index in range(count)]
        return sum(pool.map(work, starts)) / SECONDS


def arguments() -> argparse.ArgumentParser:
    """Declare what a measuring process takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=OWN)
    parser.add_argument("--limit", type=int, default=0)
    return parser


def datasets_of(args: argparse.Namespace) -> list[Dataset]:
    """Load the sets that it is to measure."""
    return load(args.data, args.limit)


def main() -> None:
    """Measure one finder."""
    parser = arguments()
    parser.add_argument("peer")
    args = parser.parse_args()
    datasets = datasets_of(args)
    find, result = loaded(args.peer)
    result |= sets(find, datasets)
    if args.peer in THREADED:
        result["threads"] = threads(find, datasets)
    say(json.dumps(result))


if __name__ == "__main__":
    main()
