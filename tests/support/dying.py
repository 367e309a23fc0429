"""A worker that dies: work that is broken off at one of its awaits, after which nothing but the database remains."""

import types


class Killed(BaseException):
    """The worker is dead."""


@types.coroutine
def dies_at(step, work):
    """Let work go on to its n-th await and no further; True when it had ended before.

    What follows there is what a database does itself when a connection is gone: it rolls back.
    """
    for _ in range(step):
        try:
            awaited = work.send(None)
        except StopIteration:
            return True
        yield awaited
    try:
        awaited = work.throw(Killed())
        while True:
            yield awaited
            awaited = work.send(None)
    except (Killed, StopIteration):
        return False
