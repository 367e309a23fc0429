"""What the service adds to the model: time to the first word, memory of a worker, time to be ready.

The same model server is asked directly and through the service, by one visitor and by fifty at once.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
import uuid
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import httpx

from bench.running import free_port, process, resident, service
from bench.tables import table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Awaitable, Callable

    Ask = Callable[[httpx.AsyncClient], Awaitable[float]]

QUESTION = "Hi, it's Thandi Mokoena, 082 555 1234. How do I connect Zoho CRM to Odoo?"
AT_ONCE = 50
ALONE = 40
ROUNDS = 4
WARM = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what this part takes."""
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="visitors at the same time")


def measured(args: argparse.Namespace) -> dict[str, Any]:
    """Start everything, measure, and end everything."""
    model_port = free_port()
    base_url = f"http://127.0.0.1:{model_port}/v1"
    with tempfile.TemporaryDirectory() as folder, process("bench.upstream", "--port", str(model_port)):
        with service(Path(folder), "openai:bench", base_url) as (_, _, first_start):
            pass
        with service(Path(folder), "openai:bench", base_url) as (address, started, warm_start):
            figures = asyncio.run(_compare(base_url, address, args.at_once))
            memory = resident(started)
    return {"first_token_ms": figures, "memory": memory, "ready_s": {"first": first_start, "again": warm_start}}


async def _compare(base_url: str, address: str, at_once: int) -> dict[str, Any]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    async with httpx.AsyncClient(timeout=60, limits=limits) as client:
        notice = (await client.get(f"{address}/v1/notice?language=en")).raise_for_status().json()
        sessions = [await _session(client, address, notice) for _ in range(at_once)]
        through = [_asker(address, *each) for each in sessions]
        both: dict[str, list[Ask]] = {"direct": [partial(_direct, base_url)] * at_once, "service": through}
        for asks in both.values():
            await _alone(client, asks[0], WARM)
            await asyncio.gather(*(ask(client) for ask in asks))
        one = {name: await _alone(client, asks[0], ALONE) for name, asks in both.items()}
        many = {name: await _together(client, asks) for name, asks in both.items()}
        return {"one visitor": one, f"{at_once} at once": many}


async def _alone(client: httpx.AsyncClient, ask: Ask, count: int) -> dict[str, float]:
    return _summary([await ask(client) for _ in range(count)])


async def _together(client: httpx.AsyncClient, asks: list[Ask]) -> dict[str, float]:
    times: list[float] = []
    for _ in range(ROUNDS):
        times += await asyncio.gather(*(ask(client) for ask in asks))
    return _summary(times)


def _summary(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"p50": 1e3 * median(ordered), "p95": 1e3 * ordered[int(0.95 * (len(ordered) - 1))]}


async def _session(client: httpx.AsyncClient, address: str, notice: dict[str, Any]) -> tuple[str, str]:
    """Begin a stored session: the case that writes most."""
    consents = {each["id"]: True for each in notice["purposes"]}
    body = {"country": "ZA", "born": "1990-01", "consents": consents, "notice_version": notice["version"]}
    answer = await client.post(f"{address}/v1/sessions", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
    session = answer.raise_for_status().json()
    return session["id"], session["token"]


async def _direct(base_url: str, client: httpx.AsyncClient) -> float:
    """Ask the model itself; give the seconds until its first word."""
    body = {"model": "bench", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
    begun = time.perf_counter()
    async with client.stream("POST", f"{base_url}/chat/completions", json=body) as answer:
        return await _first(answer, begun, lambda line: '"content"' in line)


def _asker(address: str, session: str, token: str) -> Ask:
    async def ask(client: httpx.AsyncClient) -> float:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
        url = f"{address}/v1/sessions/{session}/messages"
        begun = time.perf_counter()
        async with client.stream("POST", url, json={"text": QUESTION}, headers=headers) as answer:
            return await _first(answer, begun, lambda line: line == "event: token")

    return ask


async def _first(answer: httpx.Response, begun: float, is_word: Callable[[str], bool]) -> float:
    """Read a stream to its end; give the seconds until its first word."""
    if not answer.is_success:
        raise SystemExit(f"{answer.url.path} answered {answer.status_code}: {(await answer.aread())[:300]!r}")
    first = None
    async for line in answer.aiter_lines():
        if line == "event: error":
            raise SystemExit("the service answered with an error event")
        if first is None and is_word(line):
            first = time.perf_counter() - begun
    if first is None:
        raise SystemExit(f"{answer.url.path} ended without a word")
    return first


def tables(result: dict[str, Any]) -> str:
    """Write the tables."""
    rows = []
    for visitors, figures in result["first_token_ms"].items():
        for share in ("p50", "p95"):
            direct, through = figures["direct"][share], figures["service"][share]
            rows.append((f"{visitors}, {share}", direct, through, through - direct, through / direct))
    others = [*result["memory"].items(), *((f"ready_s, {key}", value) for key, value in result["ready_s"].items())]
    return "\n".join([
        table("Milliseconds to the first word", ("visitors", "model alone", "service", "added", "ratio"), rows),
        table("One worker", ("what", "value"), others),
    ])  # fmt: skip
