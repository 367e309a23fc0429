"""One question asked of the model itself, or through the service, timed to its first word.

Every message through the service is the first of a session of its own, so that no history makes later
ones dearer; the model itself is asked with the very prompt that the service sends.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

QUESTION = "Hi, it's Thandi Mokoena, 082 555 1234. How do I connect Zoho CRM to Odoo?"
_LONGEST_MARK = 32


class Direct:
    """Asks the model server."""

    def __init__(self, client: httpx.AsyncClient, base_url: str, prompt: list[dict[str, Any]]) -> None:
        self._client = client
        self._url = f"{base_url}/chat/completions"
        self._body = {"model": "bench", "stream": True, "max_tokens": 16, "messages": prompt}

    async def prepare(self, count: int) -> None:
        """Nothing to do."""

    async def ask(self) -> float:
        """Give the seconds until the first word."""
        begun = time.perf_counter()
        async with self._client.stream("POST", self._url, json=self._body) as answer:
            pieces = answer.aiter_raw()
            first = await _first(answer, pieces, b'"content":"') - begun
            await _rest(pieces)
            return first


class Through:
    """Asks the service; may stop each reply at its first word, when the model would go on and on."""

    def __init__(self, client: httpx.AsyncClient, address: str, *, stop: bool = False) -> None:
        self._client, self._address, self._stop = client, address, stop
        self._sessions: list[dict[str, Any]] = []

    async def prepare(self, count: int) -> None:
        """Begin so many stored sessions: the case that writes most."""
        notice = (await self._client.get(f"{self._address}/v1/notice?language=en")).raise_for_status().json()
        consents = {each["id"]: True for each in notice["purposes"]}
        body = {"country": "ZA", "born": "1990-01", "consents": consents, "notice_version": notice["version"]}
        for _ in range(count):
            made = await self._client.post(f"{self._address}/v1/sessions", json=body, headers=_key())
            self._sessions.append(made.raise_for_status().json())

    async def ask(self) -> float:
        """Give the seconds until the first word."""
        session = self._sessions.pop()
        headers = _key() | {"Authorization": f"Bearer {session['token']}"}
        url = f"{self._address}/v1/sessions/{session['id']}/messages"
        begun = time.perf_counter()
        async with self._client.stream("POST", url, json={"text": QUESTION}, headers=headers) as answer:
            pieces = answer.aiter_raw()
            first = await _first(answer, pieces, b"event: token") - begun
            if self._stop:
                await self._client.post(url.replace("/messages", "/stop"), headers=headers)
            await _rest(pieces)
            return first


def _key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


async def _first(answer: httpx.Response, pieces: AsyncIterator[bytes], mark: bytes) -> float:
    """Read a stream up to the mark of the first word; give the time on the clock."""
    if not answer.is_success:
        raise SystemExit(f"{answer.url.path} answered {answer.status_code}: {(await answer.aread())[:300]!r}")
    tail = b""
    async for piece in pieces:
        if mark in tail + piece:
            return time.perf_counter()
        tail = piece[-_LONGEST_MARK:]
    raise SystemExit(f"{answer.url.path} ended without a word: {tail!r}")


async def _rest(pieces: AsyncIterator[bytes]) -> None:
    """Read to the end, so that the next question meets an idle server."""
    async for _ in pieces:
        pass
