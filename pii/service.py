"""The redactor for a server: off the event loop, within a time limit, never more than it can carry.

Calls that arrive while all threads are busy are redacted together, which costs less than
one by one; a call that finds a free thread waits for nobody.

Fails closed: over the time, over the queue or broken, the answer is RedactionUnavailable, never text.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from pii.errors import RedactionError, RedactionUnavailable
from pii.redaction import Message, Redaction
from pii.vault import Vault

if TYPE_CHECKING:
    from pii.redactor import Redactor

LARGEST_BATCH = 16
_log = logging.getLogger(__name__)


class _Job(NamedTuple):
    message: Message
    result: Future[Redaction]


class RedactionService:
    """Redacts in threads; one for the process, closed with it.

    time_limit is in seconds and includes the wait for a thread; queue counts the calls that may be
    under way or waiting, so that a stalled redactor refuses at once instead of piling up work.
    """

    def __init__(self, redactor: Redactor, *, time_limit: float = 2.0, workers: int = 2, queue: int = 128) -> None:
        self._redactor = redactor
        self._time_limit = time_limit
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="redact")
        self._room = threading.BoundedSemaphore(queue)
        self._jobs: deque[_Job] = deque()
        self._closed = False

    async def redact(self, text: str, vault: Vault | None = None, *, question: str | None = None) -> Redaction:
        """Redact what a person typed, as `Redactor.redact`; the vault changes only on success."""
        return await self._run(Message(text, Vault() if vault is None else vault, question))

    async def redact_reply(self, text: str, vault: Vault) -> Redaction:
        """Redact what a model wrote, as `Redactor.redact_reply`; the vault changes only on success."""
        return await self._run(Message(text, vault, reply=True))

    async def aclose(self) -> None:
        """Refuse new work and drop what waits; a call that is under way ends in its thread."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        while self._jobs:
            self._jobs.popleft().result.cancel()

    def describe(self) -> dict[str, str | list[str]]:
        """Name the finder and the recognisers in use."""
        return self._redactor.describe()

    async def _run(self, message: Message) -> Redaction:
        """Redact with a copy of the vault, whose values the vault takes over when all went well."""
        known = len(message.vault)
        mine = message._replace(vault=message.vault.copy())
        result = self._submit(mine)
        try:
            redaction = await asyncio.wait_for(asyncio.wrap_future(result), self._time_limit)
        except TimeoutError:
            _log.error("redaction timed out")
            raise RedactionUnavailable("the redactor took too long") from None
        except asyncio.CancelledError:
            if not self._closed:
                raise
            raise RedactionUnavailable("the redactor is closed") from None
        if len(message.vault) != known:
            raise RedactionUnavailable("the vault was in use by another call")
        message.vault.adopt(mine.vault)
        return redaction

    def _submit(self, message: Message) -> Future[Redaction]:
        if self._closed or not self._room.acquire(blocking=False):
            raise RedactionUnavailable("the redactor is closed or full")
        job = _Job(message, Future())
        job.result.add_done_callback(lambda _: self._room.release())
        self._jobs.append(job)
        self._pool.submit(self._work)
        return job.result

    def _work(self) -> None:
        """Redact a fair share of what waits; when a batch fails, each of it has its own try."""
        jobs = self._take()
        if len(jobs) > 1:
            try:
                redactions = self._redactor.redact_many([job.message for job in jobs])
            except Exception as error:  # noqa: BLE001 — its author gets the error from the try of its own
                _log.warning("a batch failed: %s", type(error).__name__)
            else:
                for job, redaction in zip(jobs, redactions, strict=True):
                    job.result.set_result(redaction)
                return
        for job in jobs:
            self._try(job)

    def _try(self, job: _Job) -> None:
        try:
            job.result.set_result(self._redactor.redact_many([job.message])[0])
        except RedactionError as error:
            job.result.set_exception(error)
        except Exception as error:  # noqa: BLE001 — whatever went wrong, none of the text may leave with it
            _log.error("redaction crashed: %s", type(error).__name__)
            job.result.set_exception(RedactionUnavailable("the redactor failed"))

    def _take(self) -> list[_Job]:
        share = min(LARGEST_BATCH, -(-len(self._jobs) // self._workers))
        jobs: list[_Job] = []
        while len(jobs) < share:
            try:
                job = self._jobs.popleft()
            except IndexError:
                break
            if job.result.set_running_or_notify_cancel():
                jobs.append(job)
        return jobs
