"""What a worker does besides answering goes on, whatever happens to one of its duties."""

import asyncio

import pytest

from chatbot.duties import Duty, carried_out
from chatbot.observe.metrics import Metrics

ERRORS = [OSError(28, "No space left on device"), KeyError("a mistake of ours"), TimeoutError()]


class Doing:
    """A duty that notes when it was done, and fails as it is told."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.done = asyncio.Queue()

    async def act(self) -> None:
        self.done.put_nowait(len(self._errors))
        if self._errors:
            raise self._errors.pop(0)


async def times(doing, count):
    for _ in range(count):
        await asyncio.wait_for(doing.done.get(), 10)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_a_duty_that_fails_is_counted_told_and_done_again(error):
    doing, metrics = Doing(error), Metrics()
    async with carried_out([Duty("sweep", doing.act, every=0)], metrics):
        await times(doing, 3)
    assert b'chatbot_duties_failed_total{duty="sweep"} 1.0' in metrics.render()


async def test_a_duty_that_fails_or_hangs_keeps_no_other_from_being_done():
    failing, done = Doing(*(OSError() for _ in range(50))), Doing()

    async def hang() -> None:
        await asyncio.Event().wait()

    duties = [Duty("hang", hang, every=0), Duty("fail", failing.act, every=0), Duty("do", done.act, every=0)]
    async with carried_out(duties, Metrics()):
        await times(done, 5)
        await times(failing, 5)


async def test_at_the_end_of_the_worker_every_duty_ends():
    doing = Doing()
    async with carried_out([Duty("sweep", doing.act, every=0)], Metrics()):
        await times(doing, 1)
    before = doing.done.qsize()
    await asyncio.sleep(0)
    assert doing.done.qsize() == before
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "sweep"]


async def test_a_duty_that_need_not_be_done_at_once_waits():
    waiting, done = Doing(), Doing()
    duties = [Duty("later", waiting.act, every=0, after=3600), Duty("now", done.act, every=0)]
    async with carried_out(duties, Metrics()):
        await times(done, 5)
    assert waiting.done.empty()
