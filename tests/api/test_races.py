"""What happens at the same moment, twice, too late, or with yesterday's token."""

import asyncio
import contextlib
import subprocess
import sys
import uuid

import pytest
from sqlalchemy import text as sql
from support.visitors import Visitor

ROWS = "SELECT (SELECT count(*) FROM chat_session), (SELECT count(*) FROM turn), (SELECT count(*) FROM vault)"


async def rows(services):
    async with services.database.reading() as session:
        return tuple((await (await session.connection()).execute(sql(ROWS))).one())


async def choose(visitor, **consents):
    version = (await visitor.client.get("/v1/notice")).json()["version"]
    body = {"consents": consents, "notice_version": version} | ({"state": visitor.state} if visitor.state else {})
    return await visitor.client.put("/v1/me/consents", json=body, headers=visitor.headers)


@pytest.mark.commitment("G7")
@pytest.mark.parametrize("end", ["erase", "withdraw"])
async def test_a_token_from_before_storing_still_ends_what_is_stored(visitor, services, end):
    await visitor.begin()
    await visitor.say("My e-mail is jo@mail.example")
    assert (await choose(visitor, store=True)).json()["state"] == "stored"
    assert await rows(services) == (1, 1, 1)
    if end == "erase":
        assert (await visitor.client.delete("/v1/me", headers=visitor.headers)).json()["erased"] is True
    else:
        assert (await choose(visitor, store=False)).status_code == 200
    assert await rows(services) == (0, 0, 0)


async def test_two_strangers_with_one_idempotency_key_never_meet(client):
    one, two = Visitor(client), Visitor(client)
    version = (await client.get("/v1/notice")).json()["version"]
    body = {"country": "DE", "born": "1990-05", "consents": {"store": True}, "notice_version": version}
    headers = {"Idempotency-Key": str(uuid.UUID(int=0))}
    first = (await client.post("/v1/sessions", json=body, headers=headers)).json()
    one.id, one.token = first["id"], first["token"]
    await one.say("I am Jane Doe, jane@mail.example")
    second = await client.post("/v1/sessions", json=body, headers=headers)
    assert second.status_code == 409
    two.id, two.token = first["id"], first["token"][:-8] + "AAAAAAAA"
    assert (await two.say("who am I?")).status == 401


async def test_a_repeat_with_other_choices_is_a_conflict_not_a_silent_yes(client):
    version = (await client.get("/v1/notice")).json()["version"]
    body = {"country": "DE", "born": "1990-05", "notice_version": version}
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    yes = body | {"consents": {"store": True, "improve": True}}
    no = body | {"consents": {"store": True, "improve": False}}
    assert (await client.post("/v1/sessions", json=yes, headers=headers)).status_code == 201
    assert (await client.post("/v1/sessions", json=no, headers=headers)).json()["code"] == "idempotency_conflict"


async def test_a_value_redacted_beside_a_message_never_shares_its_placeholder(visitor, services, monkeypatch):
    """A message and a handoff redact from the same vault at once: one of them must go again."""
    await visitor.begin({"store": True})
    real, both = services.redaction.redact, asyncio.Barrier(2)

    async def together(text, vault=None, *, question=None):
        result = await real(text, vault, question=question)
        if "mail.example" in text and not both.broken and both.n_waiting < 2:
            with contextlib.suppress(TimeoutError, asyncio.BrokenBarrierError):
                await asyncio.wait_for(both.wait(), 0.5)
        return result

    monkeypatch.setattr(services.redaction, "redact", together)
    body = {"message": "write to second@mail.example"}
    answer, handed = await asyncio.gather(
        visitor.say("I am first@mail.example"),
        visitor.client.post(f"/v1/sessions/{visitor.id}/handoff", json=body, headers=visitor.headers),
    )
    statuses = {answer.status, handed.status_code}
    assert statuses <= {200, 201, 409}
    if answer.status == 200 and handed.status_code == 201:
        async with services.database.reading() as session:
            connection = await session.connection()
            kept = (await connection.execute(sql("SELECT message FROM handoff"))).scalar()
            question = (await connection.execute(sql("SELECT question FROM turn"))).scalar()
        assert {"<EMAIL_ADDRESS_1>", "<EMAIL_ADDRESS_2>"} == {kept.split()[-1], question.split()[-1]}


async def test_a_retry_after_a_failure_asks_again(visitor, services, monkeypatch):
    await visitor.begin()
    key = str(uuid.uuid4())

    def broken(*_args, **_kwargs):
        raise RuntimeError("away")

    with monkeypatch.context() as patch:
        patch.setattr(services.knowledge, "search", broken)
        assert (await visitor.say("Do you set up CRM?", key=key)).of("error")
    again = await visitor.say("Do you set up CRM?", key=key)
    assert again.done["status"] == "complete"


async def test_a_stop_while_the_message_is_made_ready_is_heard(visitor, services, monkeypatch):
    await visitor.begin({"store": True})
    real = services.redaction.redact

    async def stopped_meanwhile(text, vault=None, *, question=None):
        await visitor.client.post(f"/v1/sessions/{visitor.id}/stop", headers=visitor.headers)
        return await real(text, vault, question=question)

    monkeypatch.setattr(services.redaction, "redact", stopped_meanwhile)
    answer = await visitor.say("Do you set up CRM?")
    assert answer.done["status"] == "stopped"
    assert answer.text == ""


async def test_a_message_and_its_erasure_at_once_leave_nothing(visitor, services):
    await visitor.begin({"store": True})
    answer, erased = await asyncio.gather(
        visitor.say("My e-mail is jo@mail.example"), visitor.client.delete("/v1/me", headers=visitor.headers)
    )
    assert answer.status in {200, 404}
    assert erased.status_code == 200
    assert await rows(services) == (0, 0, 0)


def test_a_library_that_warns_with_text_writes_nothing():
    """pydantic, for one, quotes the value that it could not read."""
    program = (
        "import warnings; from chatbot.observe.logging import configure; configure('debug'); "
        "warnings.warn('input_value=canary text')"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "canary" not in ended.stderr + ended.stdout


async def test_metrics_are_for_this_machine_or_for_the_token(client):
    assert (await client.get("/metrics")).status_code == 200
    assert (await client.get("/metrics", headers={"X-Forwarded-For": "196.25.1.1"})).status_code == 404


@pytest.mark.parametrize(
    ("peer", "lines", "counted"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.7"], "198.51.100.7"),
        ("2001:db8:1:2:aaaa::1", [], "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", [], "203.0.113.9"),
    ],
)
def test_the_address_that_is_counted_is_the_last_proxys_word(peer, lines, counted):
    from types import SimpleNamespace

    from chatbot.api.access import address

    headers = SimpleNamespace(getall=lambda _name, default: lines or default)
    request = SimpleNamespace(client=SimpleNamespace(host=peer), headers=headers)
    settings = SimpleNamespace(trusted_proxies=1 if lines else 0)
    assert address(request, SimpleNamespace(settings=settings)) == counted


async def test_without_valkey_the_limits_let_through_and_erasing_still_works(make_settings, redactor):
    import httpx
    from conftest import migrated

    from chatbot.app import build
    from chatbot.running import opened
    from chatbot.start import start

    settings = make_settings(valkey_url="redis://127.0.0.1:1/0")
    await migrated(settings)
    services = start(settings, redactor)
    async with opened(services):
        transport = httpx.ASGITransport(app=build(settings, services))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            visitor = Visitor(client)
            assert (await visitor.begin({"store": True})).status_code == 201
            assert (await visitor.say("hello")).status == 200
            assert (await client.delete("/v1/me", headers=visitor.headers)).json()["erased"] is True
        assert await rows(services) == (0, 0, 0)
