"""The redactor for a server: off the event loop, within a time limit, never more than it can carry.

Fails closed: over the time, over the queue or broken, the answer is RedactionUnavailable, never text.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pii.errors import RedactionError, RedactionUnavailable
from pii.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from pii.redactor import Redaction, Redactor

_log = logging.getLogger(__name__)


class RedactionService:
    """Redacts in threads; one for the process, closed with it.

    time_limit is in seconds and includes the wait for a thread; queue counts the calls that may be
    under way or waiting, so that a stalled redactor refuses at once instead of piling up work.
    """

    def __init__(self, redactor: Redactor, *, time_limit: float = 2.0, workers: int = 2, queue: int = 128) -> None:
        self._redactor = redactor
        self._time_limit = time_limit
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="redact")
        self._room = threading.BoundedSemaphore(queue)
        self._closed = False

    async def redact(self, text: str, vault: Vault | None = None, *, question: str | None = None) -> Redaction:
        """Redact what a person typed, as `Redactor.redact`; the vault changes only on success."""
        return await self._run(lambda mine: self._redactor.redact(text, mine, question=question), vault)

    async def redact_reply(self, text: str, vault: Vault) -> Redaction:
        """Redact what a model wrote, as `Redactor.redact_reply`; the vault changes only on success."""
        return await self._run(lambda mine: self._redactor.redact_reply(text, mine), vault)

    async def aclose(self) -> None:
        """Refuse new work and drop what waits; a call that is under way ends in its thread."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def describe(self) -> dict[str, str | list[str]]:
        """Name the finder and the recognisers in use."""
        return self._redactor.describe()

    async def _run(self, work: Callable[[Vault], Redaction], vault: Vault | None) -> Redaction:
        mine = Vault() if vault is None else vault.copy()
        if self._closed or not self._room.acquire(blocking=False):
            raise RedactionUnavailable("the redactor is closed or full")
        try:
            future = self._pool.submit(work, mine)
        except RuntimeError:
            self._room.release()
            raise RedactionUnavailable("the redactor is closed") from None
        future.add_done_callback(lambda _: self._room.release())
        try:
            redaction = await asyncio.wait_for(asyncio.wrap_future(future), self._time_limit)
        except TimeoutError:
            _log.error("redaction timed out")
            raise RedactionUnavailable("the redactor took too long") from None
        except RedactionError:
            raise
        except Exception as error:  # noqa: BLE001 — whatever went wrong, none of the text may leave with it
            _log.error("redaction crashed: %s", type(error).__name__)
            raise RedactionUnavailable("the redactor failed") from None
        if vault is not None:
            vault.adopt(mine)
        return redaction
