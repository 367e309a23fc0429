"""The service refuses rather than waits, and never gives raw text or a half-changed vault."""

import asyncio
import threading

import pytest

from pii.errors import RedactionError, RedactionUnavailable
from pii.service import RedactionService
from pii.vault import Vault


class Stalled:
    """A redactor that waits until it is let go, after it has put a value into the vault."""

    def __init__(self):
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)

    def redact(self, text, vault, **_):
        vault.placeholder_for("PERSON", text)
        self.begun.release()
        self.go.wait(5)


class Crashing:
    def redact(self, text, *_, **__):
        raise MemoryError(text)

    def redact_reply(self, *_):
        raise RedactionError("no")


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
    assert caught.value.__suppress_context__
    with pytest.raises(RedactionError):
        await service.redact_reply("a", Vault())
    await service.aclose()


async def test_after_closing_it_is_unavailable(small):
    service = RedactionService(small)
    await service.aclose()
    with pytest.raises(RedactionUnavailable):
        await service.redact("a")


async def test_many_at_once_keep_to_their_own_vaults(service):
    vaults = [Vault() for _ in range(50)]
    await asyncio.gather(*(service.redact(f"mail p{n}@x.co", vault) for n, vault in enumerate(vaults)))
    assert [vault.value_of("<EMAIL_ADDRESS_1>") for vault in vaults] == [f"p{n}@x.co" for n in range(50)]
