"""Signals between workers: `stop this session's reply`, and `its tokens have lost these purposes`.

One worker needs no more than its own memory. Several share Valkey: a channel for each kind of signal, and one key for
each withdrawal, which expires when no token could still claim it. A signal names a session by number or hash and
nothing else. A lost connection is taken up again, and what was missed meanwhile is read. An answer on its way is kept
in the same two places (`chatbot/consents/handed.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from typing import TYPE_CHECKING

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chatbot.consents.handed import KEEP_SECONDS, Handed
from chatbot.consents.held import Held, HeldSessions
from chatbot.consents.withdrawn import Withdrawal, Withdrawn, session_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chatbot.conversation.reply import Replies
    from chatbot.seals import Claims

CHANNEL = "chatbot:stop"
WITHDRAWALS = "chatbot:withdrawn"
HELD = "chatbot:held"
HANDED = "chatbot:handed"
ONCE = "chatbot:once"
RECONNECT_SECONDS = 1.0
log = structlog.get_logger()


class Signals:
    """Stops replies on this worker, and on the others when there are any."""

    def __init__(self, replies: Replies, valkey_url: str = "") -> None:
        self._replies = replies
        # Alone, nobody remembers what was withdrawn before this process began; with Valkey it is read from there.
        self._withdrawn = Withdrawn(0.0 if valkey_url else time.time())
        self._handed = Handed()
        self._held = HeldSessions()
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

    async def withdraw(self, claims: Claims, purposes: Iterable[str]) -> int:
        """Take purposes from every token of a session sealed until now, here and elsewhere; gives the change.

        Two replicas may give the same number to two withdrawals: both count against every token that has seen fewer.
        """
        change = self.changes(claims) + 1
        withdrawal = Withdrawal(session_key(claims.session_id), tuple(purposes), float(claims.expires), change)
        self._withdrawn.note(withdrawal)
        if self._valkey is not None:
            raw, name = msgspec.json.encode(withdrawal), f"{WITHDRAWALS}:{withdrawal.session}:{secrets.token_hex(8)}"
            with _unreached():
                await self._valkey.set(name, raw, exat=claims.expires)
                await self._valkey.publish(WITHDRAWALS, raw)
        return change

    def changes(self, claims: Claims) -> int:
        """Give how many withdrawals of a session are known to its token or to this worker."""
        return max(claims.changes, self._withdrawn.changes(claims.session_id))

    async def hand(self, session_id: str, sealed: bytes) -> None:
        """Keep an answer on its way for a few minutes, where every worker finds it."""
        if self._valkey is None:
            self._handed.note(session_id, sealed)
            return
        with _unreached():
            await self._valkey.set(f"{HANDED}:{session_key(session_id)}", sealed, ex=KEEP_SECONDS)

    async def handed(self, session_id: str) -> bytes | None:
        """Give an answer that was sent a moment ago, still sealed; None when there is none."""
        sealed = self._handed.of(session_id)
        if self._valkey is not None:
            with _unreached():
                sealed = await self._valkey.get(f"{HANDED}:{session_key(session_id)}")
        return sealed

    async def arrived(self, session_id: str) -> None:
        """Drop an answer that nobody needs again."""
        self._handed.forget(session_id)
        if self._valkey is not None:
            with _unreached():
                await self._valkey.delete(f"{HANDED}:{session_key(session_id)}")

    async def hold(self, entry: Held) -> bool:
        """Hold a session of which nothing is kept, here and elsewhere; False when it was held already."""
        new = self._held.note(entry)
        if self._valkey is not None:
            raw, name = msgspec.json.encode(entry), f"{HELD}:{entry.session}"
            with _unreached():
                new = bool(await self._valkey.set(name, raw, nx=True, exat=int(entry.until))) and new
                await self._valkey.publish(HELD, await self._valkey.get(name) or raw)
        return new

    def held(self, session_id: str) -> Held | None:
        """Give the hold of a session of which nothing is kept, or None."""
        return self._held.of(session_id)

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
                    await channel.subscribe(CHANNEL, WITHDRAWALS, HELD)
                    await self._catch_up(valkey)
                    async for message in channel.listen():
                        if message["type"] == "message":
                            self._hear(message["channel"].decode(), message["data"])
            except (RedisError, OSError):
                log.warning("signals_disconnected")
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _catch_up(self, valkey: Redis) -> None:
        for kind in (WITHDRAWALS, HELD):
            async for key in valkey.scan_iter(f"{kind}:*"):
                if raw := await valkey.get(key):
                    self._hear(kind, raw)

    def _hear(self, channel: str, data: bytes) -> None:
        """Act on a signal; one that cannot be read, of another release, say, must not deafen the worker."""
        try:
            if channel == CHANNEL:
                self._replies.stop(data.decode())
            elif channel == HELD:
                self._held.note(msgspec.json.decode(data, type=Held))
            else:
                self._withdrawn.note(msgspec.json.decode(data, type=Withdrawal))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            log.warning("signal_unread")


@contextlib.contextmanager
def _unreached() -> Iterator[None]:
    """Go on without the other workers when Valkey is away: the ledger, which they all read, has the last word."""
    try:
        yield
    except (RedisError, OSError):
        log.warning("signals_unreached")
