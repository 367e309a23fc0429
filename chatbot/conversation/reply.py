"""Replies being written on this worker, each followed by any number of listeners.

A reply is a task of its own: a visitor who leaves does not end it, and one who comes back follows it from the last
event that was read. Stopping cancels the task's model scope; what was said until then is kept.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chatbot.conversation.events import Event, EventId, after
from chatbot.errors import Overloaded, TurnInProgress

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

PING_SECONDS = 15.0
KEEP_SECONDS = 60.0
ABANDON_SECONDS = 30.0


class Reply:
    """One reply: the events so far, and a way to wait for the next."""

    def __init__(self, session_id: str, turn: int, idempotency_key: bytes, fingerprint: bytes) -> None:
        self.session_id, self.turn = session_id, turn
        self.idempotency_key, self.fingerprint = idempotency_key, fingerprint
        self.stop_requested = asyncio.Event()
        self.finished_at: float | None = None
        self.failed = False
        self.task: asyncio.Task[None] | None = None
        self._events: list[Event] = []
        self._changed = asyncio.Event()
        self._listeners = 0
        self._alone_since = time.monotonic()

    def publish(self, event: Event) -> None:
        """Add an event and wake every listener."""
        self._events.append(event)
        self._wake()

    def finish(self) -> None:
        """Say that no further event comes."""
        self.finished_at = time.monotonic()
        self._wake()

    @property
    def abandoned(self) -> bool:
        """Nobody has listened for a while."""
        return not self._listeners and time.monotonic() - self._alone_since > ABANDON_SECONDS

    async def follow(self, last: EventId | None = None) -> AsyncIterator[Event | None]:
        """Yield what comes after `last`, from the beginning on; None means: send a ping."""
        self._listeners += 1
        position = 0
        try:
            while True:
                changed = self._changed
                while position < len(self._events):
                    missing = after(self._events[position], self.turn, last)
                    position += 1
                    if missing is not None:
                        yield missing
                if self.finished_at is not None and position == len(self._events):
                    return
                if not await _within(changed, PING_SECONDS):
                    yield None
        finally:
            self._listeners -= 1
            self._alone_since = time.monotonic()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):  # `wait_for` would make a task for every word
            await event.wait()
    except TimeoutError:
        return False
    return True


class Replies:
    """The replies of this worker, by session; at most `limit` at once."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._by_session: dict[str, Reply] = {}
        self._claimed: set[str] = set()
        self._stopped: set[str] = set()  # while their message was made ready
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> int:
        """How many replies are being written."""
        return sum(reply.finished_at is None for reply in self._by_session.values())

    def of(self, session_id: str) -> Reply | None:
        """Give the session's last reply while it is still here."""
        self._sweep()
        return self._by_session.get(session_id)

    @contextmanager
    def claim(self, session_id: str) -> Iterator[None]:
        """Hold a session while its next turn is made ready: one turn at a time."""
        current = self.of(session_id)
        if session_id in self._claimed or (current and current.finished_at is None):
            raise TurnInProgress("Wait for the reply, or stop it, then send the next message.", retry_after=1)
        if self.running + len(self._claimed) >= self._limit:
            raise Overloaded("Too many replies are being written. Please try again in a moment.", retry_after=2)
        self._claimed.add(session_id)
        try:
            yield
        finally:
            self._claimed.discard(session_id)
            self._stopped.discard(session_id)

    def start(self, reply: Reply, write: Callable[[Reply], Awaitable[None]]) -> Reply:
        """Begin to write a reply in a task of its own."""
        self._by_session[reply.session_id] = reply
        if reply.session_id in self._stopped:
            reply.stop_requested.set()
        reply.task = asyncio.create_task(self._run(reply, write))
        self._tasks.add(reply.task)
        reply.task.add_done_callback(self._tasks.discard)
        return reply

    def stop(self, session_id: str) -> bool:
        """Ask the session's reply to stop; False when none is written here."""
        if session_id in self._claimed:
            self._stopped.add(session_id)
            return True
        reply = self._by_session.get(session_id)
        if reply is None or reply.finished_at is not None:
            return False
        reply.stop_requested.set()
        return True

    def forget(self, session_id: str) -> None:
        """Drop what is remembered of a session."""
        self.stop(session_id)
        self._by_session.pop(session_id, None)

    def stop_all(self) -> None:
        """Ask every reply to stop; what was said until then is kept."""
        for session_id in list(self._by_session):
            self.stop(session_id)

    async def drain(self, seconds: float) -> None:
        """Let open replies finish; those that do not are cut off."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, reply: Reply, write: Callable[[Reply], Awaitable[None]]) -> None:
        try:
            await write(reply)
        finally:
            reply.finish()
            # Restored text must not wait in memory for the next visitor.
            asyncio.get_running_loop().call_later(KEEP_SECONDS + 1, self._sweep)

    def _sweep(self) -> None:
        now = time.monotonic()
        for session_id, reply in list(self._by_session.items()):
            if reply.finished_at is not None and now - reply.finished_at > KEEP_SECONDS:
                del self._by_session[session_id]
