"""Withdrawing: as easy as agreeing, at once, for every token, and for the reply that is being written."""

import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import msgspec
import pytest
from sqlmodel import select

from chatbot.app import build
from chatbot.consents import auditing
from chatbot.consents.withdrawn import Withdrawal, Withdrawn, session_key
from chatbot.officers import duties
from chatbot.running import opened
from chatbot.seals import Claims
from chatbot.signals import Signals
from chatbot.start import start
from chatbot.storage.tables import ChatSession
from chatbot.storage.tables.tokens import WithdrawalRow
from consent import audit

ALL = {"store": True, "improve": True, "personalise": True}
EPHEMERAL = ALL | {"store": False}


async def choose(visitor, consents, token=None, **more):
    version = (await visitor.client.get("/v1/notice")).json()["version"]
    headers = {"Authorization": f"Bearer {token or visitor.token}"}
    body = {"consents": consents, "notice_version": version} | more
    return await visitor.client.put("/v1/me/consents", json=body, headers=headers)


async def standing(visitor, token=None):
    headers = {"Authorization": f"Bearer {token or visitor.token}"}
    return (await visitor.client.get("/v1/me/consents", headers=headers)).json()["consents"]


@pytest.mark.commitment("L3")
@pytest.mark.parametrize("begun", [ALL, EPHEMERAL], ids=["stored", "ephemeral"])
async def test_an_older_token_does_not_bring_back_what_was_withdrawn(visitor, begun):
    await visitor.begin(begun)
    old = visitor.token
    visitor.token = (await choose(visitor, {"personalise": False})).json()["token"]
    for token in (visitor.token, old):
        assert await standing(visitor, token) == begun | {"personalise": False}


@pytest.mark.parametrize("act", ["choice", "objection"])
async def test_a_new_token_carries_nothing_that_another_worker_wrote_down_before(visitor, services, act):
    """Whose signal never arrived here: whatever seals a token anew looks at what is written, and counts on."""
    await visitor.begin(EPHEMERAL)
    elsewhere = Signals(services.replies, services.database)
    async with services.database.transaction() as session:
        elsewhere.withdraw(session, services.seals.claims(visitor.token, int(time.time())), ["personalise"])
    if act == "choice":
        answer = await choose(visitor, {"improve": False})
    else:
        body = {"purposes": {"security": True}}
        answer = await visitor.client.put("/v1/me/objections", json=body, headers=visitor.headers)
    visitor.token = answer.json()["token"]
    await services.signals.refresh()
    assert (await standing(visitor))["personalise"] is False


async def test_what_is_agreed_to_again_stands_for_the_new_token_alone(visitor):
    await visitor.begin(EPHEMERAL)
    old = visitor.token
    visitor.token = (await choose(visitor, {"personalise": False})).json()["token"]
    visitor.token = (await choose(visitor, {"personalise": True})).json()["token"]
    assert await standing(visitor) == EPHEMERAL
    assert await standing(visitor, old) == EPHEMERAL | {"personalise": False}


async def test_an_older_token_does_not_bring_back_what_was_stored(visitor):
    await visitor.begin(ALL)
    await visitor.say("Hello, do you set up CRM?")
    old = visitor.token
    assert (await choose(visitor, {"store": False})).json()["state"] == "ephemeral"
    headers = {"Authorization": f"Bearer {old}"}
    turns = await visitor.client.get(f"/v1/sessions/{visitor.id}/turns", headers=headers)
    assert turns.status_code == 404
    assert (await choose(visitor, {"store": True}, old)).status_code == 404


async def test_a_choice_that_is_not_named_keeps_its_answer_and_gets_no_new_entry(visitor):
    await visitor.begin(ALL)
    assert (await choose(visitor, {"improve": False})).json()["consents"] == ALL | {"improve": False}
    history = (await visitor.client.get("/v1/me/consents/history", headers=visitor.headers)).json()["events"]
    assert len(history) == len(ALL) + 1


async def test_allowing_storage_twice_because_an_answer_was_lost_is_allowed_once(visitor):
    await visitor.begin(EPHEMERAL)
    old = visitor.token
    first, again = [await choose(visitor, {"store": True}, old) for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 200)
    visitor.token = again.json()["token"]
    assert (await visitor.say("Do you set up CRM?")).done["status"] == "complete"


async def test_withdrawing_takes_as_many_requests_as_agreeing(visitor):
    await visitor.begin(EPHEMERAL)
    for answer in (True, False):
        changed = await choose(visitor, {"personalise": answer})
        assert changed.json()["consents"]["personalise"] is answer
        visitor.token = changed.json()["token"]


async def test_the_record_of_refusals_is_chained_and_holds_nothing_personal(visitor, services):
    await visitor.begin(ALL)
    await visitor.say("I am Thandi Nkosi. Do you set up CRM?")
    for _ in range(2):
        async with services.database.transaction() as session:
            await auditing.refuse_storing(session, await session.get(ChatSession, visitor.id))
    async with services.database.reading() as session:
        entries = await auditing.read(session, visitor.id)
    audit.check(entries, head=entries[-1].digest)
    assert [entry.fact.reason for entry in entries if entry.fact.verb == "deny"] == ["no_consent", "no_consent"]
    assert "Nkosi" not in repr(entries)


def claims(changes, purposes=("store", "marketing"), session="s" * 32):
    return Claims(
        session_id=session,
        secret=b"k" * 32,
        stored=False,
        language="en",
        country="ZA",
        purposes=purposes,
        minor=False,
        notice_version="v",
        expires=int(time.time()) + 60,
        issued=time.time(),
        changes=changes,
    )


def withdrawal(change=1, life=60, token=None, purposes=("marketing",)):
    mark = (token or claims(0)).mark("withdrawn")
    return Withdrawal(mark, purposes, time.time() + life, change)


def test_the_memory_of_withdrawals_names_no_session_and_forgets_in_time():
    """An entry is a mark, counts against tokens that have seen less, and goes when no token could use it."""
    memory = Withdrawn()
    memory.note(withdrawal())
    assert memory.left(claims(0)).purposes == ("store",)
    assert memory.left(claims(1)).purposes == ("store", "marketing")
    other = msgspec.structs.replace(claims(0), secret=b"o" * 32)
    assert memory.left(other).purposes == ("store", "marketing")
    assert "s" * 32 not in repr(memory._lost)
    memory.note(withdrawal(life=-1, token=other))
    memory.sweep()
    assert len(memory._lost) == 1


def test_withdrawals_in_any_order_leave_the_latest():
    """Signals overtake each other on their way: the highest number counts."""
    memory = Withdrawn()
    for change in (5, 1):
        memory.note(withdrawal(change))
    assert memory.left(claims(4)).purposes == ("store",)
    assert memory.changes(claims(0)) == 5


def test_a_token_of_before_this_release_still_opens_and_counts_as_old():
    """What a token does not say yet is what takes least for granted."""
    fields = msgspec.msgpack.decode(msgspec.msgpack.encode(claims(1)))
    opened = msgspec.msgpack.decode(msgspec.msgpack.encode(fields[:9]), type=Claims)
    assert (opened.issued, opened.changes) == (0.0, 0)


def test_a_withdrawal_of_another_release_is_understood_or_passed_over(services):
    """A rolling upgrade deafens nobody: a signal without a number counts for older tokens, garbage does nothing."""
    signals = services.signals
    old = msgspec.structs.asdict(withdrawal()) | {"at": 1.0}
    del old["change"]
    for raw in (b"no json", b'{"mark": 5}', msgspec.json.encode(old)):
        signals._hear("chatbot:withdrawn", raw)
    assert signals.left(claims(0)).purposes == ("store",)


@pytest.fixture
def clock(monkeypatch):
    """Set the clock of the replica that acts next: so many seconds ahead of the others."""
    from chatbot.conversation import choices, objecting, sessions

    def ahead(seconds):
        class Clock(datetime):
            """Its clock."""

            @classmethod
            def now(cls, tz=None):
                return datetime.now(tz) + timedelta(seconds=seconds)

        monkeypatch.setattr(sessions, "datetime", Clock)
        for module in (choices, sessions, objecting):
            monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: time.time() + seconds))

    return ahead


@pytest.mark.commitment("L3")
async def test_a_token_sealed_by_a_replica_whose_clock_is_ahead_loses_what_is_withdrawn(visitor, clock):
    """The clocks of two replicas differ by half a minute: a withdrawal still reaches every token, at once."""
    await visitor.begin(EPHEMERAL)
    clock(30)
    fast = (await choose(visitor, {"improve": True})).json()["token"]
    clock(0)
    assert (await choose(visitor, {"improve": False})).json()["consents"]["improve"] is False
    for token in (fast, visitor.token):
        assert (await standing(visitor, token))["improve"] is False


@pytest.mark.commitment("L3")
@pytest.mark.parametrize("begun", [ALL, EPHEMERAL], ids=["stored", "ephemeral"])
async def test_a_withdrawal_that_a_clock_ahead_dated_into_the_future_holds_at_once(visitor, clock, begun):
    """It is not put off until the other clocks have come so far, and a new yes after it is not lost to it."""
    await visitor.begin(begun)
    clock(30)
    visitor.token = (await choose(visitor, {"improve": False})).json()["token"]
    clock(0)
    assert (await standing(visitor))["improve"] is False
    visitor.token = (await choose(visitor, {"improve": True})).json()["token"]
    assert (await standing(visitor))["improve"] is True


async def test_two_withdrawals_at_once_on_two_replicas_take_both_purposes(services):
    """Neither replica knows of the other's yet: the same number twice, and nothing comes back."""
    pair = [Signals(services.replies, services.database) for _ in range(2)]
    token = claims(0, ("improve", "personalise"))
    for signals, purpose in zip(pair, token.purposes, strict=True):
        async with services.database.transaction() as session:
            assert signals.withdraw(session, token, [purpose]).change == 1
        assert purpose not in signals.left(token).purposes
    for signals in pair:
        await signals.refresh()
        assert signals.left(token).purposes == ()


async def test_a_withdrawal_that_could_not_be_written_down_takes_nothing(services):
    """All or nothing: who is told that it failed has lost nothing, and tries again."""
    token = claims(0)
    with pytest.raises(ZeroDivisionError):
        async with services.database.transaction() as session:
            services.signals.withdraw(session, token, ["marketing"])
            raise ZeroDivisionError
    await services.signals.refresh()
    assert services.signals.left(token) == token


@pytest.mark.commitment("L3")
async def test_a_withdrawal_outlives_every_worker_and_takes_no_more_than_was_withdrawn(
    visitor, settings, services, redactor
):
    """All workers end, nothing else remembers: an older token has lost that purpose, and nothing but that."""
    await visitor.begin(EPHEMERAL)
    old = visitor.token
    await choose(visitor, {"improve": False})
    restarted = start(settings, redactor)
    async with opened(restarted):
        transport = httpx.ASGITransport(app=build(settings, restarted))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            visitor.client = client
            assert await standing(visitor, old) == EPHEMERAL | {"improve": False}
            assert (await visitor.say("Do you set up CRM?")).done["status"] == "complete"
            visitor.token = (await choose(visitor, {"improve": True}, old)).json()["token"]
            assert (await standing(visitor))["improve"] is True


async def test_what_is_written_of_a_withdrawal_leads_to_nobody_and_goes_with_the_token(visitor, services):
    """A mark that only the token knows, purposes, a number and an hour: no session, no print, no word, no second."""
    await visitor.begin(EPHEMERAL)
    opened_ = services.seals.claims(visitor.token, int(time.time()))
    await choose(visitor, {"improve": False})
    async with services.database.reading() as session:
        (row,) = (await session.exec(select(WithdrawalRow))).all()
    assert row.model_dump(exclude={"id"}) == {
        "mark": opened_.mark("withdrawn"),
        "purposes": ["improve"],
        "change": 1,
        "until": row.until.replace(minute=0, second=0, microsecond=0),
    }
    assert timedelta() < row.until - datetime.fromtimestamp(opened_.expires, UTC) <= timedelta(hours=1)
    told = (visitor.id, session_key(visitor.id), opened_.lookup.hex())
    assert not any(each in row.model_dump_json() for each in told)
    await duties.sweep(services, datetime.now(UTC) + timedelta(hours=26))
    async with services.database.reading() as session:
        assert (await session.exec(select(WithdrawalRow))).all() == []


async def test_after_a_restart_a_stored_conversation_stands_as_the_ledger_says(visitor, settings, services, redactor):
    """What is kept has the ledger, which forgets nothing."""
    await visitor.begin(ALL)
    before = await standing(visitor)
    restarted = start(settings, redactor)
    async with opened(restarted):
        transport = httpx.ASGITransport(app=build(settings, restarted))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            visitor.client = client
            assert await standing(visitor) == before
