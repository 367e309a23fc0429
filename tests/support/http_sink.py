"""A real HTTP server on loopback that keeps what it was told, and answers as a test wants.

async with http_sink() as sink:
… notify: http://127.0.0.1:{sink.port}/told …
await sink.wait(1); sink.told[0].body
"""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Told:
    """One request: its headers, in small letters, and its body."""

    headers: dict
    raw: bytes

    @property
    def body(self):
        return json.loads(self.raw)


@dataclass
class HttpSink:
    """What arrived, oldest first; `statuses` are answered in turn, then 204."""

    port: int = 0
    told: list = field(default_factory=list)
    statuses: list = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self, reader, writer):
        """Read one request and answer it (RFC 9112, as far as one client needs it)."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head.split("\r\n")[1:-2])}
        self.told.append(Told(headers, await reader.readexactly(int(headers["content-length"]))))
        status = self.statuses.pop(0) if self.statuses else 204
        writer.write(f"HTTP/1.1 {status} told\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        self.arrived.set()

    async def wait(self, count, seconds=10):
        """Wait until so many requests have come."""
        async with asyncio.timeout(seconds):
            while len(self.told) < count:
                self.arrived.clear()
                await self.arrived.wait()


@asynccontextmanager
async def http_sink():
    """Run the server for as long as the block lasts."""
    sink = HttpSink()
    server = await asyncio.start_server(sink.talk, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    async with server:
        yield sink


def operator(name, **given):
    """Give a complete row of the register of operators."""
    return {
        "id": name,
        "name": "Example CRM Ltd",
        "hosts": [f"{name}.example"],
        "country": "ZA",
        "role": "crm",
        "data_classes": ["message"],
        "contract": "DPA-1",
        "signed": "2026-01-01",
        "expires": "2099-01-01",
        "breach_notice_hours": 24,
        "safeguard": "home",
        "vetted": {"dated": "2026-01-01", "review_by": "2099-01-01", "evidence": "visited"},
    } | given
