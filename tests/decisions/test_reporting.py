"""Staff report a child from a command of its own, also about a conversation that is kept nowhere."""

import sqlite3

import httpx
import pytest
from click.testing import CliRunner
from support.service import free_port, running_service
from support.visitors import Visitor

from chatbot.cli import main


@pytest.fixture
def report(monkeypatch):
    """Run `chatbot guardian report-child` over a folder."""

    def run(var, session, service):
        monkeypatch.setenv("CHATBOT_VAR_DIR", str(var))
        return CliRunner().invoke(main, ["guardian", "report-child", session, "--service", service])

    return run


@pytest.mark.commitment("N16")
async def test_a_conversation_that_is_kept_nowhere_is_held_through_the_running_service(fresh_var, report):
    """The command has no part in that process and finds nothing in its database: it tells the service."""
    var = fresh_var()
    with running_service(var) as service:
        async with httpx.AsyncClient(base_url=service.url, timeout=60) as client:
            visitor = Visitor(client)
            await visitor.begin()
            said = await in_thread(report, var, visitor.id, service.url)
            assert said.exit_code == 0, said.output
            assert (await visitor.say("What is an ERP?")).problem["code"] == "guardian_required"
    with sqlite3.connect(var / "chatbot.db") as database:
        assert database.execute("SELECT count(*) FROM child_hold").fetchone() == (0,)
        assert database.execute("SELECT kind, status FROM incident").fetchall() == [("child_found", "open")]


async def in_thread(report, *arguments):
    """Run a command beside the test's event loop."""
    import asyncio

    return await asyncio.to_thread(report, *arguments)


@pytest.mark.parametrize(
    "wrong",
    [
        ("0" * 32, "http://127.0.0.1:{port}", "could not be told of it"),
        ("0" * 32, "https://elsewhere.example", "must be this machine"),
        ("Jane Doe", "http://127.0.0.1:{port}", "32 letters and digits"),
    ],
)
async def test_what_could_not_be_held_is_said_plainly(services, settings, report, wrong):
    """Nobody believes that a session is held when it is not."""
    assert services
    session, service, why = wrong
    said = await in_thread(report, settings.var_dir, session, service.format(port=free_port()))
    assert said.exit_code == 1
    assert why in said.output
