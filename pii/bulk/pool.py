"""Redacts chunks on several processes and gives them back in order, with few in flight.

Processes are spawned, never forked: each loads a redactor of its own, and none inherits an open
file or a half-held lock. At most `IN_FLIGHT` chunks a process exist at once, so memory does not
grow with the input.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, NamedTuple

from pii.bulk.errors import BulkError
from pii.errors import RedactionError
from pii.redactor import Redactor
from pii.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from pii.bulk.rows import Chunk, Row, Texts

    Make = Callable[[], Redactor]
    Entry = tuple[str, str, str]

IN_FLIGHT = 3


class Result(NamedTuple):
    """A row's redacted texts, or None when redaction failed; what was found, and the row's own vault."""

    texts: Texts | None
    kinds: Counter[str]
    flags: Counter[str]
    entries: tuple[Entry, ...] = ()


_makes: list[Make] = []  # these two belong to a worker process, and are empty in the main one
_mine: list[Redactor] = []


def redact_row(redactor: Redactor, row: Row) -> Result:
    """Redact all texts of a row with one vault, so that a value in two columns has one placeholder."""
    vault = Vault()
    try:
        done = [redactor.redact(text, vault, question=row.question) for text in row.texts]
    except RedactionError:
        return Result(None, Counter(), Counter())
    kinds = Counter(finding.kind for each in done for finding in each.findings)
    flags = Counter(flag.kind for each in done for flag in each.flags)
    return Result(tuple(each.text.text for each in done), kinds, flags, vault.entries())


def redacted(chunks: Iterable[Chunk], jobs: int, make: Make = Redactor) -> Iterator[tuple[Chunk, list[Result]]]:
    """Redact every chunk, in order; with one job in this process, else in so many others."""
    if jobs <= 1:
        redactor = make()
        for chunk in chunks:
            yield chunk, [redact_row(redactor, row) for row in chunk.rows]
        return
    with _pool(jobs, make) as pool:
        waiting: deque[tuple[Chunk, Future[list[Result]]]] = deque()
        for chunk in chunks:
            waiting.append((chunk, pool.submit(_redact_rows, chunk.rows)))
            if len(waiting) >= jobs * IN_FLIGHT:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)


@contextmanager
def _pool(jobs: int, make: Make) -> Iterator[ProcessPoolExecutor]:
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=spawn, initializer=_start, initargs=(make,))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _first(waiting: deque[tuple[Chunk, Future[list[Result]]]]) -> tuple[Chunk, list[Result]]:
    chunk, future = waiting.popleft()
    try:
        return chunk, future.result()
    except BrokenProcessPool:
        raise BulkError(
            "a worker process died, perhaps for want of memory: use fewer --jobs, then --resume"
        ) from None


def _start(make: Make) -> None:
    """Leave Ctrl-C to the parent, and end when the parent is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _makes.append(make)


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _redact_rows(rows: tuple[Row, ...]) -> list[Result]:
    if not _mine:
        _mine.append(_makes[0]())
    return [redact_row(_mine[0], row) for row in rows]
