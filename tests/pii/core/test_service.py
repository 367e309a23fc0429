"""The service refuses rather than waits, and never gives raw text or a half-changed vault."""

import asyncio
import threading

import pytest

from pii.errors import RedactionError, RedactionUnavailable
from pii.service import RedactionService
from pii.vault import Vault


class Stalled:
    """A redactor that puts each text into its vault, waits until it is let go, and remembers its batches."""

    def __init__(self):
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)
        self.batches = []

    def redact_many(self, messages):
        self.batches.append([message.text for message in messages])
        for message in messages:
            message.vault.placeholder_for("PERSON", message.text)
        self.begun.release()
        self.go.wait(5)
        return [message.text for message in messages]


class Poisoned(Stalled):
    """A redactor that fails on one text."""

    def redact_many(self, messages):
        done = super().redact_many(messages)
        if "poison" in done:
            raise RedactionError("no")
        return done


class Crashing:
    def redact_many(self, messages):
        raise MemoryError(messages)


@pytest.fixture
async def service(small):
    service = RedactionService(small)
    yield service
    await service.aclose()


async def test_it_redacts_and_restores_like_the_redactor(service):
    vault = Vault()
    redaction = await service.redact("i am Jane Doe", vault)
    assert redaction.text.text == "i am <PERSON_1>"
    assert vault.value_of("<PERSON_1>") == "Jane Doe"
    reply = await service.redact_reply("hi <PERSON_1> and Thandi", vault)
    assert reply.text.text == "hi <PERSON_1> and <PERSON_2>"
    assert (await service.redact("3941", question="your PIN?")).text.text == "<PIN_1>"
    assert service.describe()["finder"] == "capitals"


async def test_the_event_loop_runs_on_while_it_works():
    stalled = Stalled()
    service = RedactionService(stalled)
    task = asyncio.create_task(service.redact("a"))
    await asyncio.to_thread(stalled.begun.acquire)
    assert not task.done()
    stalled.go.set()
    await task
    await service.aclose()


async def test_over_its_time_it_is_unavailable_and_the_vault_is_untouched():
    stalled, vault = Stalled(), Vault()
    service = RedactionService(stalled, time_limit=0.05)
    with pytest.raises(RedactionUnavailable):
        await service.redact("Siyabonga", vault)
    assert len(vault) == 0
    stalled.go.set()
    await service.aclose()
    assert len(vault) == 0


async def test_over_its_queue_it_refuses_at_once_and_recovers():
    stalled = Stalled()
    service = RedactionService(stalled, workers=1, queue=2)
    tasks = [asyncio.create_task(service.redact(each)) for each in "ab"]
    await asyncio.to_thread(stalled.begun.acquire)
    with pytest.raises(RedactionUnavailable):
        await service.redact("c")
    stalled.go.set()
    await asyncio.gather(*tasks)
    await service.redact("d")
    await service.aclose()


async def test_calls_that_timed_out_give_their_place_back():
    stalled = Stalled()
    service = RedactionService(stalled, workers=1, queue=3, time_limit=0.05)
    for _ in range(3):
        with pytest.raises(RedactionUnavailable):
            await service.redact("a")
    stalled.go.set()
    service._time_limit = 5
    await service.redact("b")
    await service.aclose()


async def test_a_crash_is_unavailable_without_the_text(caplog):
    service = RedactionService(Crashing())
    with pytest.raises(RedactionUnavailable) as caught:
        await service.redact("Siyabonga")
    assert "Siyabonga" not in f"{caught.value!r} {caplog.text}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    await service.aclose()


async def test_after_closing_it_is_unavailable(small):
    service = RedactionService(small)
    await service.aclose()
    with pytest.raises(RedactionUnavailable):
        await service.redact("a")


async def test_two_calls_at_once_cannot_number_one_vault_differently(service):
    vault = Vault()
    calls = (service.redact("i am Jane", vault), service.redact("i am Thandi", vault))
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Redaction", "RedactionUnavailable"]
    assert len(vault) == 1


async def test_many_at_once_keep_to_their_own_vaults(service):
    vaults = [Vault() for _ in range(50)]
    await asyncio.gather(*(service.redact(f"mail p{n}@x.co", vault) for n, vault in enumerate(vaults)))
    assert [vault.value_of("<EMAIL_ADDRESS_1>") for vault in vaults] == [f"p{n}@x.co" for n in range(50)]


async def test_what_waits_is_redacted_together():
    stalled = Stalled()
    service = RedactionService(stalled, workers=1)
    tasks = [asyncio.create_task(service.redact("a"))]
    await asyncio.to_thread(stalled.begun.acquire)
    tasks += [asyncio.create_task(service.redact(each)) for each in "bcd"]
    await asyncio.sleep(0)
    stalled.go.set()
    assert await asyncio.gather(*tasks) == list("abcd")
    assert stalled.batches == [["a"], ["b", "c", "d"]]
    await service.aclose()


async def test_a_text_that_fails_does_not_take_its_batch_along():
    stalled = Poisoned()
    service = RedactionService(stalled, workers=1)
    tasks = [asyncio.create_task(service.redact("a"))]
    await asyncio.to_thread(stalled.begun.acquire)
    tasks += [asyncio.create_task(service.redact(each)) for each in ("b", "poison", "c")]
    await asyncio.sleep(0)
    stalled.go.set()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [done[0], done[1], type(done[2]), done[3]] == ["a", "b", RedactionError, "c"]
    await service.aclose()


async def test_closing_ends_what_waits():
    stalled = Stalled()
    service = RedactionService(stalled, workers=1)
    tasks = [asyncio.create_task(service.redact(each)) for each in "ab"]
    await asyncio.to_thread(stalled.begun.acquire)
    await service.aclose()
    with pytest.raises(RedactionUnavailable):
        await tasks[1]
    stalled.go.set()
    await tasks[0]
