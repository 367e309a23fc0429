"""Answers on their way: a conversation handed over to its visitor, in case the answer gets lost.

What was kept here was erased when the answer was sent. For a few minutes the answer itself stays, sealed with the
secret of the visitor's token, in memory or in Valkey and never on disk: the same request, repeated, gets it again,
and nobody else can open it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from chatbot.consents.withdrawn import session_key

if TYPE_CHECKING:
    from collections.abc import Callable

KEEP_SECONDS = 300
MOST = 1000
"""Of the answers of one worker, about 50 KB each, the oldest go first."""


class Handed:
    """The answers of this worker that may still be repeated, by session."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, bytes]] = {}

    def note(self, session_id: str, sealed: bytes) -> None:
        """Keep a sealed answer for a while."""
        self.sweep()
        while len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[session_key(session_id)] = (self._clock() + KEEP_SECONDS, sealed)

    def of(self, session_id: str) -> bytes | None:
        """Give a session's sealed answer while it may be repeated."""
        self.sweep()
        _, sealed = self._kept.get(session_key(session_id), (0.0, None))
        return sealed

    def forget(self, session_id: str) -> None:
        """Drop a session's answer."""
        self._kept.pop(session_key(session_id), None)

    def sweep(self) -> None:
        """Drop every answer whose time is over."""
        now = self._clock()
        self._kept = {session: kept for session, kept in self._kept.items() if kept[0] > now}
