"""Stop signals between workers: `stop this session's reply`, wherever it is being written.

One worker needs no more than its own replies. Several share a Valkey channel; the message names a session id and
nothing else. A lost connection is taken up again.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from chatbot.conversation.reply import Replies

CHANNEL = "chatbot:stop"
RECONNECT_SECONDS = 1.0
log = structlog.get_logger()


class Signals:
    """Stops replies on this worker, and on the others when there are any."""

    def __init__(self, replies: Replies, valkey_url: str = "") -> None:
        self._replies = replies
        self._valkey = Redis.from_url(valkey_url) if valkey_url else None
        self._listener: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen to the other workers."""
        if self._valkey is not None:
            self._listener = asyncio.create_task(self._listen(self._valkey))

    async def stop_reply(self, session_id: str) -> None:
        """Stop a session's reply here or elsewhere."""
        if not self._replies.stop(session_id) and self._valkey is not None:
            try:
                await self._valkey.publish(CHANNEL, session_id)
            except (RedisError, OSError):
                log.warning("signals_disconnected")  # what was asked for (an erasure) must still happen

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
                    await channel.subscribe(CHANNEL)
                    async for message in channel.listen():
                        if message["type"] == "message":
                            self._replies.stop(message["data"].decode())
            except (RedisError, OSError):
                log.warning("signals_disconnected")
                await asyncio.sleep(RECONNECT_SECONDS)
