"""The one door out, tried against a real server on loopback and against hosts that must never be reached."""

import ast
import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import httpx
import pytest

from consent import egress
from consent.data import check
from consent.operators import OperatorExpired, OperatorMissing, Register
from tests.consent.test_operators import ROW

ROOT = Path(__file__).parents[2]
EMPTY = Register(operators=())
KNOWN = check({"operators": [ROW]}, Register, "operators.yaml")


@asynccontextmanager
async def server(answer: str) -> AsyncIterator[tuple[str, list[str]]]:
    """Serve one fixed HTTP answer and keep the first line of each request."""
    seen: list[str] = []

    async def handle(reader, writer):
        seen.append((await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[0])
        writer.write(answer.encode())
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", seen


OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"


async def test_the_own_machine_is_reached_and_counted():
    counts: Counter[str] = Counter()
    async with server(OK) as (url, seen), egress.client(EMPTY, base_url=url, counts=counts) as client:
        assert (await client.get("/v1/models")).text == "ok"
    assert seen == ["GET /v1/models HTTP/1.1"]
    assert counts == {"own-machine": 1}


@pytest.mark.commitment("S3")
@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com/v1/chat/completions",
        "https://127.0.0.1.evil.example/",
        "https://localhost.evil.example/",
        "http://api.models.example/",
        "ftp://api.models.example/",
        "http://10.0.0.1/",
    ],
)
async def test_every_other_host_is_refused_before_anything_leaves(url):
    counts: Counter[str] = Counter()
    async with egress.client(KNOWN, counts=counts) as client:
        with pytest.raises(OperatorMissing):
            await client.post(url, content=b"canary")
    assert not counts


async def test_a_base_address_cannot_be_left_by_an_absolute_one():
    async with server(OK) as (url, _), egress.client(EMPTY, base_url=url) as client:
        with pytest.raises(OperatorMissing):
            await client.get("https://elsewhere.example/")


async def test_a_redirect_is_not_followed():
    away = (
        "HTTP/1.1 302 Found\r\nlocation: https://elsewhere.example/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    async with server(away) as (url, seen), egress.client(EMPTY, base_url=url) as client:
        assert (await client.get("/")).status_code == 302
        with pytest.raises(OperatorMissing):
            await client.get("/", follow_redirects=True)
    assert len(seen) == 2


async def test_a_proxy_of_the_environment_is_ignored(monkeypatch):
    async with server(OK) as (url, seen), server(OK) as (proxy, proxied):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        async with egress.client(EMPTY, base_url=url) as client:
            await client.get("/")
    assert (len(seen), proxied) == (1, [])


@pytest.mark.commitment("S7", "X11")
async def test_an_expired_contract_shuts_the_door_by_the_clock():
    transport = egress.RegisteredTransport(KNOWN, on=lambda: date(2028, 2, 1))
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(OperatorExpired, match="ended on 2028-01-31"):
            await client.get("https://api.models.example/")


async def test_data_that_the_operator_may_not_receive_is_refused():
    transport = egress.RegisteredTransport(KNOWN, data_class="contact", on=lambda: date(2026, 11, 21))
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(OperatorMissing, match="not registered to receive contact"):
            await client.get("https://api.models.example/")


def test_a_configured_address_can_be_checked_before_the_start():
    assert egress.check(KNOWN, "https://api.models.example/v1", date(2026, 11, 21)) == "example-model"
    assert egress.check(EMPTY, "http://localhost:8080/v1", date(2026, 11, 21)) == "own-machine"
    with pytest.raises(OperatorMissing, match="must be reached by https"):
        egress.check(KNOWN, "http://api.models.example/v1", date(2026, 11, 21))


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({}, []),
        ({"PATH": "/bin", "OPENAI_API_KEY": "x"}, []),
        ({"LANGCHAIN_TRACING_V2": "true"}, ["LANGCHAIN_TRACING_V2"]),
        ({"LANGCHAIN_TRACING_V2": "false", "LANGSMITH_TRACING": "0", "OTEL_TRACES_EXPORTER": "none"}, []),
        ({"LANGSMITH_API_KEY": "k", "LANGSMITH_ENDPOINT": "e"}, ["LANGSMITH_API_KEY", "LANGSMITH_ENDPOINT"]),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, ["OTEL_EXPORTER_OTLP_ENDPOINT"]),
        ({"SENTRY_DSN": "https://x"}, ["SENTRY_DSN"]),
    ],
)
def test_tracing_to_somebody_else_is_found_by_name(environment, found):
    assert egress.tracing_variables(environment) == found


_DOORS = frozenset(
    {
        *("httpx", "httpx2", "requests", "aiohttp", "urllib3", "urllib.request", "http.client"),
        *("smtplib", "aiosmtplib", "websockets", "ftplib", "telnetlib"),
    }
)


def imported(path: Path) -> set[str]:
    """Return every module that a file imports when it runs, with its parents; names of errors open nothing."""
    names: set[str] = set()
    for node in running(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            used = [alias.name for alias in node.names if not alias.name.endswith("Error")]
            names |= {node.module if used else "", *(f"{node.module}.{name}" for name in used)}
    return {".".join(name.split(".")[:depth]) for name in names for depth in (1, 2)}


def running(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every node but those that only a type checker sees."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        yield from running(node)


@pytest.mark.commitment("D9")
def test_only_the_egress_module_can_open_a_connection():
    files = [path for package in ("chatbot", "consent", "pii") for path in sorted((ROOT / package).rglob("*.py"))]
    opening = {str(path.relative_to(ROOT)): imported(path) & _DOORS for path in files}
    assert {name for name, doors in opening.items() if doors} == {"consent/egress.py"}


def test_consent_imports_nothing_above_it():
    files = sorted((ROOT / "consent").rglob("*.py"))
    above = {str(path): imported(path) & {"chatbot", "litestar", "langchain", "langchain_core"} for path in files}
    assert not {name for name, modules in above.items() if modules}
