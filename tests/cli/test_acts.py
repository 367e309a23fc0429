"""`chatbot audit`, `chatbot emergency`, `chatbot objections`: what staff do, over a real database."""

import asyncio
import json
import sqlite3

import httpx
import pytest
from click.testing import CliRunner
from support.visitors import Visitor

from chatbot.app import build
from chatbot.cli import main
from chatbot.cli.serve import prepare
from chatbot.start import start


@pytest.fixture
def site(make_settings, redactor, monkeypatch):
    """A service that a visitor used: an objection that waits, and one kept conversation."""
    settings = make_settings()
    prepare(settings)
    monkeypatch.setenv("CHATBOT_VAR_DIR", str(settings.var_dir))

    async def visit():
        services = start(settings, redactor)
        await services.editions.refresh(services.database)
        transport = httpx.ASGITransport(app=build(settings, services))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            visitor = Visitor(client)
            await visitor.begin({"store": True})
            await visitor.say("I am Thandi Nkosi. Do you set up CRM?")
            body = {"purposes": {"security": True}}
            await client.put("/v1/me/objections", json=body, headers=visitor.headers)
        await services.redaction.aclose()
        await services.database.close()
        return visitor.id

    return settings, asyncio.run(visit())


@pytest.fixture
def chatbot(monkeypatch, redactor):
    """Run a command with the redactor that is loaded already."""
    monkeypatch.setattr("chatbot.start.Redactor", lambda *_: redactor)
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


def test_the_record_of_a_stream_is_printed_and_a_whole_one_verifies(site, chatbot):
    """Entries come oldest first, as lines or JSON, and the seal is the same as long as nothing happens."""
    _, session = site
    lines = [json.loads(line) for line in chatbot("audit", "show", "--stream", session, "--json").stdout.splitlines()]
    assert [(line["number"], line["verb"]) for line in lines] == [(1, "collect"), (2, "store"), (3, "store")]
    assert "collect" in chatbot("audit", "show", "--stream", session).stdout
    paged = chatbot("audit", "show", "--stream", session, "--limit", "1", "--after", "1")
    assert ("2  " in paged.stdout, len(paged.stdout.splitlines()), "--after 2" in paged.stderr) == (True, 1, True)
    first, again = [chatbot("audit", "verify", "--json") for _ in range(2)]
    assert first.exit_code == 0
    assert json.loads(first.stdout) == json.loads(again.stdout)
    assert (json.loads(first.stdout)["entries"], json.loads(first.stdout)["broken"]) == (3, {})
    assert session in chatbot("audit", "verify", "--heads").stdout
    assert chatbot("audit", "show", "--stream", "nobody").exit_code == 1
    assert chatbot("audit", "show", "--stream", session, "--after", "9" * 20).exit_code == 2


@pytest.mark.commitment("D4")
@pytest.mark.parametrize(
    ("tampering", "complaint"),
    [
        ("UPDATE audit_event SET reason = 'other' WHERE number = 2", "breaks at entry 2"),
        ("UPDATE audit_event SET at = '2020-01-01 00:00:00' WHERE number = 1", "breaks at entry 1"),
        ("DELETE FROM audit_event WHERE number = 2", "breaks at entry"),
        ("DELETE FROM audit_event WHERE number = 3", "cut short"),
        ("DELETE FROM audit_event", "cut short"),
    ],
)
def test_a_changed_lost_or_cut_record_is_found(site, chatbot, tampering, complaint):
    """Whoever gets past the database's own refusal is found by the chain; the command exits 1."""
    settings, session = site
    with sqlite3.connect(settings.var_dir / "chatbot.db") as raw:
        raw.execute("DROP TRIGGER audit_event_no_update")
        raw.execute("DROP TRIGGER audit_event_no_delete")
        raw.execute(tampering)
    raw.close()
    checked = chatbot("audit", "verify", "--json")
    assert checked.exit_code == 1
    assert complaint in json.loads(checked.stdout)["broken"][session]


@pytest.mark.commitment("L8")
def test_an_emergency_takes_two_people_at_the_command_line_too(site, chatbot):
    """Open, try alone, approve by another, read: redacted, and refused in one plain line before."""
    _, session = site
    opened = chatbot("emergency", "open", session, "--officer", "o-1", "--reason", "life")
    identity = opened.stdout.splitlines()[0]
    for arguments in (("read", identity, "--officer", "o-1"), ("approve", identity, "--officer", "o-1")):
        refused = chatbot("emergency", *arguments)
        assert refused.exit_code == 1
        assert refused.stderr.startswith("Error: ")
    assert "Open until" in chatbot("emergency", "approve", identity, "--officer", "o-2").stdout
    read = chatbot("emergency", "read", identity, "--officer", "o-2", "--json")
    kinds = [json.loads(line)["kind"] for line in read.stdout.splitlines()]
    assert kinds == ["message", "reply"]
    assert "Thandi" not in read.stdout
    assert chatbot("audit", "verify").exit_code == 0


def test_an_officer_lists_and_decides_objections(site, chatbot):
    """What waits is listed, decided once, and then no longer waits."""
    assert site
    (waiting,) = json.loads(chatbot("objections", "list", "--json").stdout)["rows"]
    decide = ("objections", "decide", waiting["subject"], "--purpose", "security", "--officer", "o-1")
    assert chatbot(*decide, "--uphold").stdout == "Upheld.\n"
    assert chatbot("objections", "list").stdout == "Nothing waits.\n"
    again = chatbot(*decide, "--deny")
    assert (again.exit_code, again.stderr[:7]) == (1, "Error: ")
    assert chatbot(*decide[:-1], "Jane Doe", "--deny").exit_code == 1


@pytest.mark.parametrize("command", [("audit", "verify"), ("audit", "show", "--stream", "wall"), ("hold", "list")])
def test_a_database_that_does_not_answer_is_one_plain_line(make_settings, monkeypatch, chatbot, command):
    """No traceback: a folder without any table says whom to ask."""
    monkeypatch.setenv("CHATBOT_VAR_DIR", str(make_settings().var_dir))
    said = chatbot(*command)
    assert (said.exit_code, said.stderr[:7]) == (1, "Error: ")
    assert "doctor" in said.stderr
