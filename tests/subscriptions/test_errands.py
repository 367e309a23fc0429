"""The first mail: the answer comes before anything is looked up or sent, and nothing of it is written down."""

import asyncio
import time
from contextvars import ContextVar

import pytest
from sqlalchemy import event

from chatbot.storage.tables.subscriptions import Subscription
from chatbot.subscriptions import choosing, errands
from chatbot.subscriptions.parts import Request
from consent.operators import OperatorExpired
from tests.subscriptions.conftest import ADDRESS

KNOWN = Request(ADDRESS, "en", "ZA", ("updates",), "rule", 1)
JSON = {"email": ADDRESS, "country": "ZA", "born": "1990-07", "purposes": {"updates": True}, "language": "en"}
ON_THE_PATH = ContextVar("on the path of a request", default=False)
OTHERS = {"known": ADDRESS, "unknown": "qzothernobody.canary@mail.example"}


@pytest.fixture
def later(monkeypatch):
    """Leave what follows the answer undone, so that it can be looked at."""
    real = errands.deliver

    async def nothing(_desk):
        return 0

    monkeypatch.setattr(errands, "deliver", nothing)
    return real


@pytest.fixture
def statements(services):
    """What the database was asked on the path of a request, in order; what a worker does besides is not in it."""
    said = []

    def note(_connection, _cursor, statement, *_rest):
        if ON_THE_PATH.get():
            said.append(statement)

    event.listen(services.database.engine.sync_engine, "before_cursor_execute", note)
    yield said
    event.remove(services.database.engine.sync_engine, "before_cursor_execute", note)


@pytest.fixture
def on_its_path(mailbox, statements):
    """Give all that a request does before its answer: what it says, and what it asked of the database."""

    async def run(path, **sent):
        statements.clear()
        ON_THE_PATH.set(True)
        answer = await mailbox.client.post(path, **sent)
        ON_THE_PATH.set(False)
        return answer.status_code, answer.text, list(statements)

    return run


@pytest.mark.commitment("H3")
async def test_before_the_answer_everybody_gets_the_same_done(mailbox, later, on_its_path):
    """Adult or child, known or not, seldom or often: same words, same statements, no mail, and no lookup."""
    await choosing.confirm(desk := mailbox.services.subscriptions, KNOWN, mailbox.services.notices.version)
    assert await choosing.known(desk, desk.lookup(ADDRESS))
    child, unknown = JSON | {"born": "2015-07"}, JSON | {"email": OTHERS["unknown"]}
    asked = [await on_its_path("/v1/subscriptions", json=body) for body in (JSON, child, unknown, *[JSON] * 5)]
    assert asked[0][0] == 202
    assert all(each == asked[0] for each in asked)
    assert not any("INSERT" in statement or " subscription" in statement for statement in asked[0][2])
    forms = [await on_its_path("/subscribe/manage", data={"email": each}) for each in OTHERS.values()]
    assert forms[0] == forms[1]
    assert not any(" subscription" in statement for statement in forms[0][2])
    assert mailbox.sink.messages == []


@pytest.mark.commitment("H3")
async def test_an_errand_waits_in_memory_alone_and_never_shows_its_address(mailbox, later):
    """A worker that dies takes it along: nothing is stored before a yes, and whoever got no mail asks again."""
    desk = mailbox.services.subscriptions
    await mailbox.client.post("/v1/subscriptions", json=JSON)
    [waiting] = desk.waiting
    assert ADDRESS not in repr(waiting) + repr(desk)
    assert await mailbox.rows(Subscription) == []
    assert [await later(desk), await later(desk)] == [1, 0], "sent once"
    assert not desk.waiting
    assert (await mailbox.confirm()).status_code == 200


async def test_two_who_look_at_once_send_each_mail_once(mailbox, later):
    """The end of a request and the regular look may come at the same moment."""
    desk = mailbox.services.subscriptions
    for number in range(4):
        await mailbox.client.post("/v1/subscriptions", json=JSON | {"email": f"{number}@mail.example"})
    assert sum(await asyncio.gather(*(later(desk) for _ in range(3)))) == 4
    assert len(set(mailbox.sink.recipients)) == len(mailbox.sink.recipients) == 4


@pytest.mark.commitment("H3")
async def test_for_a_child_nothing_is_left_to_send(mailbox, later):
    """The errand that everybody leaves holds no address, and goes without a mail."""
    desk = mailbox.services.subscriptions
    await mailbox.client.post("/v1/subscriptions", json=JSON | {"born": "2015-07"})
    [waiting] = desk.waiting
    assert (waiting.kind, waiting.request) == (errands.NOTHING, None)
    assert await later(desk) == 0
    assert not desk.waiting
    assert mailbox.sink.messages == []


@pytest.mark.parametrize("down", ["server", "contract"])
async def test_a_mail_that_cannot_leave_waits_and_is_given_up_after_an_hour(mailbox, monkeypatch, down):
    """The visitor was told that a mail comes, so it is tried again and again; nobody hears of a lapsed contract."""
    desk, now = mailbox.services.subscriptions, time.monotonic()

    async def shut(*_):
        raise OperatorExpired("mail: the contract has ended")

    if down == "contract":
        monkeypatch.setattr(type(desk.mailer), "send", shut)
    mailbox.sink.refuse = True
    for _ in range(2):
        answer = await mailbox.client.post("/v1/subscriptions", json=JSON)
        assert (answer.status_code, "contract" in answer.text) == (202, False)
    assert await errands.deliver(desk) == 0, "not every second"
    given_up = desk.waiting.pop()
    assert await errands.deliver(desk, now + 120) == 0
    monkeypatch.undo()
    mailbox.sink.refuse = False
    assert await errands.deliver(desk, now + 300) == 1
    assert await errands.deliver(desk, now + 3600) == 0, "and only once"
    mailbox.sink.refuse = True
    desk.waiting.append(given_up)
    for minutes in (2, 5, 10, 20, 40, 80):
        await errands.deliver(desk, now + 60 * minutes)
    assert not desk.waiting


async def test_what_waits_is_bounded(mailbox, later, monkeypatch):
    """While the mail server is away the oldest errands make room: memory does not grow with every request."""
    monkeypatch.setattr(errands, "MOST", 2)
    desk = mailbox.services.subscriptions
    for name in ("first", "second", "third"):
        await mailbox.client.post("/v1/subscriptions", json=JSON | {"email": f"{name}@mail.example"})
    assert [each.request.address for each in desk.waiting] == ["second@mail.example", "third@mail.example"]
