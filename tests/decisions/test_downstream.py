"""Operators are told of erasures, corrections and withdrawals: signed, at least once, and without a word of text."""

import asyncio
import hmac
import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from sqlmodel import select
from support.http_sink import http_sink, operator
from support.service import free_port

from chatbot.cli.doctor.finding import Setup, Verdict
from chatbot.cli.doctor.outbox import outbox
from chatbot.conversation import children
from chatbot.decisions.downstream import Downstream
from chatbot.guardians import duties, reviewing
from chatbot.settings import data_folder
from chatbot.storage.database import Database
from chatbot.storage.migrate import upgrade
from chatbot.storage.tables import ChatSession
from chatbot.storage.tables.decisions import Outgoing
from chatbot.storage.tables.guardians import GuardianRow
from consent import egress
from consent.data import DataError, check
from consent.operators import Register
from consent.records import Kept

SESSION = "5" * 32
HELLO = "I live at 12 Long Street and my mail is jane@mail.example. What is an ERP?"


@pytest.fixture
async def sink():
    """An operator's server on loopback."""
    async with http_sink() as server:
        yield server


@pytest.fixture
def settings(make_settings, sink, tmp_path):
    """Settings with one operator that wants to be told, and one that does not."""
    folder = tmp_path / "data"
    shutil.copytree(data_folder(), folder)
    told = operator("crm", notify=f"http://127.0.0.1:{sink.port}/told")
    rows = yaml.safe_dump({"operators": [told, operator("hosting")]})
    (folder / "registers" / "operators.yaml").write_text(rows, encoding="utf-8")
    return make_settings(data_dir=folder)


@pytest.fixture
def setup(settings):
    """The set-up as `chatbot doctor` sees it."""
    return Setup({}, "127.0.0.1", 1, settings)


@pytest.fixture
async def talked(visitor):
    """A stored conversation with personal details in it."""
    await visitor.begin({"store": True, "improve": True})
    await visitor.say(HELLO)
    return visitor


async def choose(visitor, **consents):
    version = (await visitor.client.get("/v1/notice")).json()["version"]
    body = {"consents": consents, "notice_version": version}
    answer = await visitor.client.put("/v1/me/consents", json=body, headers=visitor.headers)
    assert answer.status_code == 200, answer.text


@pytest.mark.commitment("U3")
async def test_an_erasure_is_told_at_once_signed_and_by_number_alone(talked, sink, services, officer):
    """The operator checks the signature with its own key, and learns no word of what was said."""
    await talked.client.delete("/v1/me", headers=talked.headers)
    await sink.wait(2)
    bodies = {each.body["kind"]: each for each in sink.told}
    assert set(bodies) == {"erase", "withdraw"}
    told = bodies["erase"]
    assert (told.body["subject"], set(told.body)) == (talked.id, {"id", "kind", "subject", "purposes", "at"})
    assert told.headers["idempotency-key"] == told.body["id"]
    key = bytes.fromhex((await officer("downstream", "key", "crm")).strip())
    assert told.headers["signature"] == f"sha256={hmac.digest(key, told.raw, 'sha256').hex()}"
    assert all(b"jane" not in each.raw and b"ERP" not in each.raw for each in sink.told)


@pytest.mark.commitment("U3")
async def test_a_withdrawal_names_the_purposes_that_ended(talked, sink):
    """Only what was agreed to before; saying no again tells nobody anything."""
    await choose(talked, improve=False)
    await sink.wait(1)
    assert (sink.told[0].body["kind"], sink.told[0].body["purposes"]) == ("withdraw", ["improve"])
    await choose(talked, improve=False)
    await choose(talked, store=False)
    await sink.wait(3)
    assert sorted((each.body["kind"], tuple(each.body["purposes"])) for each in sink.told[1:]) == [
        ("erase", ()),
        ("withdraw", ("store",)),
    ]


@pytest.mark.commitment("N16")
async def test_a_childs_erasure_reaches_the_operators(talked, sink, services):
    """Found out, held, erased in time: what was passed on is called back."""
    await children.hold(services, talked.id, children.Found("agent", "agent"))
    await duties.sweep(services, datetime.now(UTC) + timedelta(hours=25))
    await sink.wait(1)
    assert [(each.body["kind"], each.body["subject"]) for each in sink.told] == [("erase", talked.id)]


@pytest.fixture
async def database(tmp_path):
    """A database of its own, at which no worker looks but those of the test."""
    made = Database(f"sqlite+aiosqlite:///{tmp_path}/chatbot.db")
    await upgrade(made)
    yield made
    await made.close()


@pytest.fixture
def worker(database, sink):
    """A worker that knows one operator; it delivers when the test says so."""
    told = operator("crm", notify=f"http://127.0.0.1:{sink.port}/told")
    return Downstream(database, Register.model_validate({"operators": [told]}), b"s" * 32)


async def rows(database):
    async with database.reading() as session:
        return (await session.exec(select(Outgoing))).all()


async def test_an_operator_that_is_away_is_told_later_with_the_same_id(worker, sink, database):
    """At least once, and recognisable."""
    sink.statuses = [500, 302]
    async with database.transaction() as session:
        worker.tell(session, "erase", SESSION)
    now = datetime.now(UTC)
    assert await worker.deliver(now) == 0
    assert await worker.deliver(now) == 0, "it is not due yet"
    assert len(sink.told) == 1
    assert await worker.deliver(now + timedelta(minutes=1)) == 0
    assert await worker.deliver(now + timedelta(minutes=5)) == 1
    assert len({each.body["id"] for each in sink.told}) == 1
    (row,) = await rows(database)
    assert (row.attempts, row.delivered_at is not None) == (3, True)
    assert await worker.deliver(now + timedelta(days=1)) == 0, "it has arrived"


async def test_an_operator_that_cannot_be_reached_keeps_nobody_from_going_on(database):
    """Nothing listens there: the message waits, longer each time and an hour at most."""
    told = operator("crm", notify=f"http://127.0.0.1:{free_port()}/told")
    worker = Downstream(database, Register.model_validate({"operators": [told]}), b"s" * 32)
    async with database.transaction() as session:
        worker.tell(session, "erase", SESSION)
    now = datetime.now(UTC)
    for _ in range(15):
        assert await worker.deliver(now) == 0
        (row,) = await rows(database)
        assert now < row.due_at <= now + timedelta(hours=1)
        now = row.due_at


async def test_a_worker_that_died_with_a_message_loses_nothing(worker, sink, database):
    """Its lease runs out, and another worker takes the message."""
    now = datetime.now(UTC)
    async with database.transaction() as session:
        row = Outgoing(
            operator="crm", kind="erase", subject=SESSION, purposes=[], at=now, due_at=now,
            attempts=1, lease_until=now + timedelta(seconds=60),
        )  # fmt: skip
        session.add(row)
    assert await worker.deliver(now + timedelta(seconds=30)) == 0
    assert await worker.deliver(now + timedelta(seconds=61)) == 1
    assert [each.body["subject"] for each in sink.told] == [SESSION]


async def test_an_act_that_failed_tells_nobody(worker, sink, database):
    """The message is written in the act's own transaction and goes with it."""
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as session:
            worker.tell(session, "erase", SESSION)
            await session.flush()
            raise ZeroDivisionError
    assert await rows(database) == []
    assert await worker.deliver(datetime.now(UTC) + timedelta(days=1)) == 0
    assert sink.told == []


async def test_an_operator_whose_contract_ended_gets_nothing_more(sink, database):
    """The door is shut; what it was to be told waits for an officer."""
    lapsed = operator("crm", notify="https://crm.example/told", expires="2026-01-02")
    shut = Downstream(database, Register.model_validate({"operators": [lapsed]}), b"s" * 32)
    async with database.transaction() as session:
        shut.tell(session, "erase", SESSION)
    assert await shut.deliver(datetime.now(UTC)) == 0
    assert [row.delivered_at for row in await rows(database)] == [None]
    assert sink.told == []


async def test_what_has_not_arrived_is_listed_and_delivered_from_the_command_line(services, sink, officer):
    """An officer sees what waits, and may try at once."""
    now = datetime.now(UTC)
    async with services.database.transaction() as session:
        row = Outgoing(
            operator="crm", kind="erase", subject=SESSION, purposes=[], at=now, due_at=now + timedelta(days=1)
        )
        session.add(row)
    assert "erase" in await officer("downstream", "list")
    async with services.database.transaction() as session:
        (await session.get(Outgoing, row.id)).due_at = now
    await officer("downstream", "deliver")
    await sink.wait(1)


def messages(*operators, at):
    """Messages written a while ago, not due for a long time."""
    later = at + timedelta(days=9000)
    return [
        Outgoing(operator=each, kind="erase", subject=SESSION, purposes=[], at=at, due_at=later) for each in operators
    ]


@pytest.mark.commitment("U3")
async def test_what_an_operator_without_an_address_was_to_be_told_is_given_up_after_a_while_and_said(
    services, every, officer, setup
):
    """Thirty days to put a missing row back; then it is on record as given up. Who has an address waits for ever."""
    now, period = datetime.now(UTC), services.rules.records.period(Kept.OUTGOING)
    async with services.database.transaction() as session:
        session.add_all(messages("crm", "gone", "hosting", at=now))
    said = await asyncio.to_thread(lambda: list(outbox(setup)))
    assert [finding.verdict for finding in said] == [Verdict.WARNING] * 2
    assert all(f"1 messages wait for {each}" in str(said) for each in ("gone", "hosting"))
    await duties.sweep(services, now + period - timedelta(minutes=1))
    assert [row.retired_at for row in await every(Outgoing)] == [None] * 3
    late = now + period + timedelta(minutes=1)
    assert (await duties.sweep(services, late))["messages_retired"] == 2
    assert {row.operator: row.retired_at for row in await every(Outgoing)} == {
        "crm": None,
        "gone": late,
        "hosting": late,
    }
    assert json.loads(await officer("downstream", "list", "--json", "--limit", "1"))["rows"][0]["operator"] == "crm"
    listed = json.loads(await officer("downstream", "list", "--retired", "--json"))["rows"]
    assert {row["operator"] for row in listed} == {"gone", "hosting"}
    said = await asyncio.to_thread(lambda: list(outbox(setup)))
    assert [finding.verdict for finding in said] == [Verdict.OK]
    await duties.sweep(services, late + period + timedelta(minutes=1))
    assert [row.operator for row in await every(Outgoing)] == ["crm"]


async def test_nothing_is_written_where_nobody_wants_to_be_told(database):
    """A site without such operators keeps no such rows."""
    nobody = Downstream(database, Register(operators=()), b"s" * 32)
    async with database.transaction() as session:
        nobody.tell(session, "erase", SESSION)
    assert await rows(database) == []


@pytest.mark.parametrize("notify", ["http://crm.example/told", "https://other.example/told", "ftp://crm.example/x"])
def test_an_operator_is_told_over_https_on_its_own_host_or_not_at_all(notify):
    """A register that says otherwise does not load."""
    with pytest.raises(DataError):
        check({"operators": [operator("crm", notify=notify)]}, Register, "operators.yaml")


@pytest.mark.commitment("U3")
async def test_a_guardians_correction_is_told(talked, services, sink):
    """What is wrong here is wrong downstream too; the correction itself stays here."""
    now = datetime.now(UTC)
    async with services.database.transaction() as session:
        kept = await session.get_one(ChatSession, talked.id)
        row = GuardianRow(
            id="a" * 32, stage="active", code_sha256="b" * 64, country="ZA", language="en", age_rule="rule",
            invited_at=now, expires_at=now, changed_at=now, subject_id=kept.subject_id,
        )  # fmt: skip
        session.add(row)
    await reviewing.annotate(services, "a" * 32, talked.id, 1, "She meant CRM")
    await sink.wait(1)
    assert [(each.body["kind"], each.body["subject"]) for each in sink.told] == [("correct", talked.id)]
    assert b"CRM" not in sink.told[0].raw


async def test_a_lease_outlasts_a_batch_of_which_nobody_answers(services):
    """Claimed late in a long delivery, too: else a second worker sends the same while the first still waits."""
    downstream = Downstream(services.database, Register.model_validate({"operators": [operator("crm")]}), b"s" * 32)
    begun = datetime.now(UTC) - timedelta(minutes=5)
    async with services.database.transaction() as session:
        session.add_all(
            Outgoing(operator="crm", kind="erase", subject=f"{number}" * 32, purposes=[], at=begun, due_at=begun)
            for number in range(9)
        )
    claimed = await downstream._claim(begun)
    slowest = timedelta(seconds=len(claimed) * egress._TELL_SECONDS)
    assert 0 < len(claimed) < 9
    assert all(row.lease_until > datetime.now(UTC) + slowest for row in claimed)
