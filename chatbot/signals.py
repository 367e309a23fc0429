"""Signals between workers: `stop this session's reply`, and `its tokens have lost these purposes`.

One worker needs no more than its own memory. Several share Valkey: a channel for each kind of signal. A signal names
a session by number, hash or mark and nothing else. What was withdrawn is in the database, and read from there at the
start and regularly, so that no signal is the only one to know it; holds of sessions of which nothing is kept are keys
in Valkey that expire, read again when a lost connection is taken up.
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
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from chatbot.consents import withdrawn
from chatbot.consents.held import Held, HeldSessions
from chatbot.consents.withdrawn import Withdrawal, Withdrawn, session_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.conversation.reply import Replies
    from chatbot.seals import Claims
    from chatbot.storage.database import Database

CHANNEL = "chatbot:stop"
WITHDRAWALS = "chatbot:withdrawn"
HELD = "chatbot:held"
ONCE = "chatbot:once"
RECONNECT_SECONDS = 1.0
log = structlog.get_logger()


class Signals:
    """Stops replies on this worker, and on the others when there are any."""

    def __init__(self, replies: Replies, database: Database, valkey_url: str = "") -> None:
        self._replies, self._database = replies, database
        self._withdrawn = Withdrawn()
        self._held = HeldSessions()
        self._told: dict[str, float] = {}
        self._valkey = Redis.from_url(valkey_url) if valkey_url else None
        self._listener: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read what was withdrawn before, and begin to listen to the other workers."""
        await self.refresh()
        if self._valkey is not None:
            self._listener = asyncio.create_task(self._listen(self._valkey))

    async def stop_reply(self, session_id: str) -> None:
        """Stop a session's reply here or elsewhere."""
        if not self._replies.stop(session_id) and self._valkey is not None:
            with _unreached():
                await self._valkey.publish(CHANNEL, session_id)

    async def refresh(self) -> None:
        """Read every withdrawal that still matters: some may have been told while this worker could not hear."""
        async with self._database.reading() as session:
            standing = await withdrawn.standing(session)
        for each in standing:
            self._withdrawn.note(each)
        self._withdrawn.sweep()

    def withdraw(self, session: AsyncSession, claims: Claims, purposes: Iterable[str]) -> Withdrawal:
        """Take purposes from every token of a session sealed until now, with the act's own transaction.

        It holds here as soon as that is kept; `tell` the others then.
        """
        made = self._withdrawn.next(claims, purposes)
        withdrawn.write(session, made)
        event.listen(session.sync_session, "after_commit", lambda _: self._withdrawn.note(made), once=True)
        return made

    async def tell(self, withdrawal: Withdrawal) -> None:
        """Tell the other workers of a withdrawal that is kept."""
        if self._valkey is not None:
            with _unreached():
                await self._valkey.publish(WITHDRAWALS, msgspec.json.encode(withdrawal))

    def changes(self, claims: Claims) -> int:
        """Give how many withdrawals of a session are known to its token or to this worker."""
        return self._withdrawn.changes(claims)

    async def caught_up(self, claims: Claims) -> Claims:
        """Give a token's claims as `left`, with what others wrote down of it: for who seals a new token from them."""
        async with self._database.reading() as session:
            standing = await withdrawn.standing(session, claims)
        for each in standing:
            self._withdrawn.note(each)
        return self.left(claims)

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
            except (RedisError, SQLAlchemyError, OSError):
                log.warning("signals_disconnected")
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _catch_up(self, valkey: Redis) -> None:
        await self.refresh()
        async for key in valkey.scan_iter(f"{HELD}:*"):
            if raw := await valkey.get(key):
                self._hear(HELD, raw)

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
