"""A visitor over a real connection, who reads a reply event by event and may leave in the middle."""

import json
import uuid
from contextlib import asynccontextmanager

import httpx
from support.visitors import Visitor


@asynccontextmanager
async def visiting(url, consents=None, **answers):
    """Begin a session on a running service."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        visitor = Visitor(client)
        await visitor.begin(consents, **answers)
        yield visitor


async def events(response):
    """Yield (id, kind, data) as they arrive."""
    block = {}
    async for line in response.aiter_lines():
        if line.startswith(":"):
            continue
        if line:
            name, value = line.split(": ", 1)
            block[name] = value
        elif block:
            yield block["id"], block["event"], json.loads(block["data"])
            block = {}


@asynccontextmanager
async def asking(visitor, text, *, key=None, client=None):
    """Send a message and give its events as they arrive."""
    body = {"text": text} | ({"state": visitor.state} if visitor.state else {})
    headers = visitor.headers | {"Idempotency-Key": key or str(uuid.uuid4())}
    url = f"/v1/sessions/{visitor.id}/messages"
    async with (client or visitor.client).stream("POST", url, json=body, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        yield events(response)
