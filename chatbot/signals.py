"""Signals between workers: `stop this session's reply`, and `its tokens have lost these purposes`.

One worker needs no more than its own memory. Several share Valkey: a channel for each kind of signal, and one key for
each withdrawal, which expires when no token could still claim it. A signal names a session by number or hash and
nothing else. A lost connection is taken up again, and what was missed meanwhile is read.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chatbot.consents.withdrawn import Withdrawal, Withdrawn, session_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chatbot.conversation.reply import Replies
    from chatbot.seals import Claims

CHANNEL = "chatbot:stop"
WITHDRAWALS = "chatbot:withdrawn"
ONCE = "chatbot:once"
SOONEST = 0.001
RECONNECT_SECONDS = 1.0
log = structlog.get_logger()


class Signals:
    """Stops replies on this worker, and on the others when there are any."""

    def __init__(self, replies: Replies, valkey_url: str = "") -> None:
        self._replies = replies
        self._withdrawn = Withdrawn()
        self._told: dict[str, float] = {}
        self._valkey = Redis.from_url(valkey_url) if valkey_url else None
        self._listener: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen to the other workers."""
        if self._valkey is not None:
            self._listener = asyncio.create_task(self._listen(self._valkey))

    async def stop_reply(self, session_id: str) -> None:
        """Stop a session's reply here or elsewhere."""
        if not self._replies.stop(session_id) and self._valkey is not None:
            with _unreached():
                await self._valkey.publish(CHANNEL, session_id)

    async def withdraw(self, claims: Claims, purposes: Iterable[str]) -> float:
        """Take purposes from every token of a session sealed until now, here and elsewhere; gives the moment."""
        at = max(time.time(), claims.issued) + SOONEST  # whatever another replica's clock says
        withdrawal = Withdrawal(session_key(claims.session_id), tuple(purposes), at, float(claims.expires))
        self._withdrawn.note(withdrawal)
        if self._valkey is not None:
            raw = msgspec.json.encode(withdrawal)
            with _unreached():
                await self._valkey.set(f"{WITHDRAWALS}:{withdrawal.session}:{at}", raw, exat=claims.expires)
                await self._valkey.publish(WITHDRAWALS, raw)
        return at

    def left(self, claims: Claims) -> Claims:
        """Give a token's claims without what was withdrawn since it was sealed."""
        return self._withdrawn.left(claims)

    async def once(self, what: str, claims: Claims) -> bool:
        """Tell whether a session is told something for the first time, on whichever worker."""
        name = f"{ONCE}:{what}:{session_key(claims.session_id)}"
        if self._valkey is not None:
            with _unreached():
                return bool(await self._valkey.set(name, b"", nx=True, exat=claims.expires))
        now = time.time()
        self._told = {each: until for each, until in self._told.items() if until > now}
        first = name not in self._told
        self._told[name] = float(claims.expires)
        return first

    async def close(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        if self._valkey is not None:
            await self._valkey.aclose()

    async def _listen(self, valkey: Redis) -> None:
        while True:
            try:
                async with valkey.pubsub() as channel:
                    await channel.subscribe(CHANNEL, WITHDRAWALS)
                    await self._catch_up(valkey)
                    async for message in channel.listen():
                        if message["type"] == "message":
                            self._hear(message["channel"].decode(), message["data"])
            except (RedisError, OSError):
                log.warning("signals_disconnected")
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _catch_up(self, valkey: Redis) -> None:
        async for key in valkey.scan_iter(f"{WITHDRAWALS}:*"):
            if raw := await valkey.get(key):
                self._hear(WITHDRAWALS, raw)

    def _hear(self, channel: str, data: bytes) -> None:
        if channel == CHANNEL:
            self._replies.stop(data.decode())
        else:
            self._withdrawn.note(msgspec.json.decode(data, type=Withdrawal))


@contextlib.contextmanager
def _unreached() -> Iterator[None]:
    """Go on without the other workers when Valkey is away: the ledger, which they all read, has the last word."""
    try:
        yield
    except (RedisError, OSError):
        log.warning("signals_unreached")
