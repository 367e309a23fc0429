"""What the service adds to the model: time to the first word, memory of a worker, time to be ready.

The same model server is asked directly and through the service, with the same prompt: first one that always
takes the same time, by one visitor and by fifty at once; then, on request, a real, small one, by one visitor.
"""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import httpx

from bench.clients import Direct, Through
from bench.running import cpu_seconds, free_port, process, ready, resident, service
from bench.tables import table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    import psutil

    Asks = dict[str, Direct | Through]
    Prompt = list[dict[str, Any]]

ALONE = 40
REAL = 10
ROUNDS = 4
WARM = 8


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what this part takes."""
    parser.add_argument("--at-once", type=int, default=50, help="visitors at the same time")
    parser.add_argument("--real-model", action="store_true", help="also measure with SmolLM2, which takes a while")


def measured(args: argparse.Namespace) -> dict[str, Any]:
    """Start everything, measure, and end everything."""
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder)
        with model("bench.upstream") as base_url:
            with service(var, "openai:bench", base_url) as (_, _, first_start):
                pass
            with service(var, "openai:bench", base_url) as (address, started, warm_start):
                figures, prompt = asyncio.run(_steady(base_url, address, args.at_once))
                worker = resident(started) | {"cpu_ms_a_message": asyncio.run(_cost(address, started, args.at_once))}
        if args.real_model:
            with model("bench.local_model") as base_url, service(var, "openai:bench", base_url) as (address, _, _):
                figures["SmolLM2, one visitor"] = asyncio.run(_real(base_url, address, prompt))
    return {"first_token_ms": figures, "worker": worker, "ready_s": {"first": first_start, "again": warm_start}}


@contextmanager
def model(module: str) -> Iterator[str]:
    """Run a model server; give its base URL."""
    port = free_port()
    with process(module, "--port", str(port)) as started:
        ready(f"http://127.0.0.1:{port}/health", started)
        yield f"http://127.0.0.1:{port}/v1"


async def _steady(base_url: str, address: str, at_once: int) -> tuple[dict[str, Any], Prompt]:
    async with _client() as client:
        through = Through(client, address)
        await _alone(through, 1)
        prompt = (await client.get(f"{base_url}/last")).json()["messages"]
        asks: Asks = {"direct": Direct(client, base_url, prompt), "service": through}
        for each in asks.values():
            await _alone(each, WARM)
            await _together(each, at_once, 1)
        one = {name: await _alone(each, ALONE) for name, each in asks.items()}
        many = {name: await _together(each, at_once, ROUNDS) for name, each in asks.items()}
        return {"one visitor": one, f"{at_once} at once": many}, prompt


async def _cost(address: str, started: psutil.Process, visitors: int) -> float:
    """Give the milliseconds of CPU that the service spends on a message, whatever else the machine does."""
    async with _client() as client:
        through = Through(client, address)
        await through.prepare(visitors)
        before = cpu_seconds(started)
        await asyncio.gather(*(through.ask() for _ in range(visitors)))
        return 1e3 * (cpu_seconds(started) - before) / visitors


async def _real(base_url: str, address: str, prompt: Prompt) -> dict[str, Any]:
    async with _client(kept=0) as client:  # this server drops idle connections without a word
        asks: Asks = {"service": Through(client, address, stop=True), "direct": Direct(client, base_url, prompt)}
        for each in asks.values():
            await _alone(each, 2)
        return {name: await _alone(each, REAL) for name, each in asks.items()}


def _client(kept: int = 200) -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=120, limits=httpx.Limits(max_connections=None, max_keepalive_connections=kept))


async def _alone(asked: Direct | Through, count: int) -> dict[str, float]:
    await asked.prepare(count)
    return _summary([await asked.ask() for _ in range(count)])


async def _together(asked: Direct | Through, visitors: int, rounds: int) -> dict[str, float]:
    await asked.prepare(visitors * rounds)
    times: list[float] = []
    for _ in range(rounds):
        times += await asyncio.gather(*(asked.ask() for _ in range(visitors)))
    return _summary(times)


def _summary(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"p50": 1e3 * median(ordered), "p95": 1e3 * ordered[int(0.95 * (len(ordered) - 1))]}


def tables(result: dict[str, Any]) -> str:
    """Write the tables."""
    rows = []
    for visitors, figures in result["first_token_ms"].items():
        for share in ("p50", "p95"):
            direct, through = figures["direct"][share], figures["service"][share]
            rows.append((f"{visitors}, {share}", direct, through, through - direct, through / direct))
    others = [*result["worker"].items(), *((f"ready_s, {key}", value) for key, value in result["ready_s"].items())]
    return "\n".join([
        table("Milliseconds to the first word", ("visitors", "model alone", "service", "added", "ratio"), rows),
        table("One worker", ("what", "value"), others),
    ])  # fmt: skip
