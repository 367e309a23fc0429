"""Rate limits: by session and by address, in memory or in one atomic step in Valkey.

Addresses are kept only as a keyed hash that changes every day; entries expire with
their window. When Valkey cannot be reached the limiter lets requests through and
counts that: availability wins here, because the concurrency limit still protects the worker.
"""

from __future__ import annotations

import hmac
import time
from typing import TYPE_CHECKING

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from chatbot.errors import RateLimited

if TYPE_CHECKING:
    from chatbot.observe.metrics import Metrics
    from chatbot.settings import Settings

DAY_SECONDS = 86_400


class Limits:
    """The service's rate limits."""

    def __init__(self, settings: Settings, key: bytes, metrics: Metrics) -> None:
        url = settings.valkey_url.get_secret_value()
        storage = RedisStorage(f"async+{url}", implementation="redispy") if url else MemoryStorage()
        self._limiter = SlidingWindowCounterRateLimiter(storage)
        self._key = key
        self._metrics = metrics
        self._items = {
            "message": parse(settings.message_limit),
            "session": parse(settings.session_limit),
            "address": parse(settings.address_limit),
            "subscribe": parse(settings.subscribe_limit),
        }

    async def count(self, what: str, who: str) -> None:
        """Count one request; raises RateLimited with the seconds to wait."""
        item = self._items[what]
        try:
            allowed = await self._limiter.hit(item, what, self._hashed(who))
        except (OSError, RedisError) as error:
            self._metrics.limiter_open(type(error).__name__)
            return
        if not allowed:
            raise RateLimited(
                "You are sending faster than we can answer. Please wait a little, then try again.",
                retry_after=await self._wait(item, what, who),
            )

    async def _wait(self, item: RateLimitItem, what: str, who: str) -> int:
        reset = (await self._limiter.get_window_stats(item, what, self._hashed(who))).reset_time
        return max(1, min(item.get_expiry(), int(reset - time.time()) + 1))

    def _hashed(self, who: str) -> str:
        day = int(time.time()) // DAY_SECONDS
        return hmac.digest(self._key, f"{day}:{who}".encode(), "sha256").hex()[:32]
