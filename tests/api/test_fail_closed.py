"""When a part fails, the visitor is told, nothing is stored or sent, and nothing is lost."""

import asyncio
import threading
import time
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import event

from chatbot.observe.readiness import Readiness
from pii.service import RedactionService

SECRET = "my e-mail is canary@mail.example"


class Broken:
    """A redactor that crashes with the text in its message."""

    def redact(self, text, _vault, *, question=None):
        raise RuntimeError(text)

    def describe(self):
        return {"finder": "broken", "recognizers": []}


class Slow(Broken):
    """A redactor that takes longer than anybody waits."""

    def redact(self, text, _vault, *, question=None):
        time.sleep(1)


async def count(services, table):
    from sqlalchemy import text

    async with services.database.reading() as session:
        return (await (await session.connection()).execute(text(f"SELECT count(*) FROM {table}"))).scalar()


@pytest.mark.parametrize("broken", [Broken(), Slow()], ids=["crashing", "slow"])
async def test_a_redactor_that_fails_stops_the_message_before_anything_is_written(visitor, services, broken, capfd):
    await visitor.begin({"store": True})
    working = services.redaction
    object.__setattr__(services, "redaction", RedactionService(broken, time_limit=0.2))
    looking = Readiness(services.database, services.redaction, services.knowledge)
    object.__setattr__(services, "readiness", looking)
    answer = await visitor.say(SECRET)
    ready = await visitor.client.get("/health/ready")
    await services.redaction.aclose()
    object.__setattr__(services, "redaction", working)
    assert answer.status == 503
    assert answer.problem["code"] == "redaction_unavailable"
    assert "canary" not in str(answer.problem) + "".join(capfd.readouterr())
    assert await count(services, "turn") == 0
    assert ready.status_code == 503
    assert ready.json()["checks"]["redaction"] is False
    assert (await visitor.say(SECRET)).status == 200


async def test_a_redactor_that_fails_on_the_reply_keeps_no_reply(visitor, services):
    await visitor.begin({"store": True})
    services.redaction.redact_reply = None  # as a crash in the middle: not callable
    answer = await visitor.say("Tell me about CRM")
    assert answer.of("error")
    turn = (await visitor.client.get(f"/v1/sessions/{visitor.id}/turns", headers=visitor.headers)).json()["turns"][0]
    assert turn["answer"] is None


@asynccontextmanager
async def full_disk(database):
    """Let the database take no page more."""
    async with database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        pages = (await (await raw.driver_connection.execute("PRAGMA page_count")).fetchone())[0]
    most = [pages]

    def limit(connection, _record, _proxy):
        connection.execute(f"PRAGMA max_page_count = {most[0]}")

    event.listen(database.engine.sync_engine, "checkout", limit)
    yield
    most[0] = 2**31


async def test_a_full_disk_is_told_and_nothing_is_half_written(visitor, services):
    await visitor.begin({"store": True})
    async with full_disk(services.database):
        statuses = [(await visitor.say("Tell me about CRM, please. " * 100)).status for _ in range(6)]
    assert 503 in statuses
    assert set(statuses) <= {200, 503}
    assert (await visitor.say("And now?")).status == 200


async def test_redaction_does_not_block_the_event_loop(visitor, services):
    await visitor.begin()
    gaps, done = [], threading.Event()

    async def tick():
        while not done.is_set():
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            gaps.append(time.perf_counter() - before)

    ticking = asyncio.create_task(tick())
    await visitor.say("I am Thandi Nkosi and I live at 12 Long Street. " * 80)
    done.set()
    await ticking
    assert len(gaps) > 3
