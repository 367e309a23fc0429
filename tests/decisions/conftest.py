"""An officer at the command line, a visitor's own decisions, and the tables as they are."""

import asyncio
import contextlib

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlmodel import SQLModel, select

from chatbot.cli import main

SAYS = "I am 12 years old. What is an ERP?"


@pytest.fixture
def officer(settings, monkeypatch):
    """Run commands of `chatbot` over the same folder and database; they must succeed."""
    monkeypatch.setenv("CHATBOT_VAR_DIR", str(settings.var_dir))
    monkeypatch.setenv("CHATBOT_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("CHATBOT_DATABASE_URL", settings.database_url)
        monkeypatch.setenv("CHATBOT_SECRET", settings.secret.get_secret_value())

    async def run(*arguments, code=0):
        said = await asyncio.to_thread(CliRunner().invoke, main, [str(each) for each in arguments])
        assert said.exit_code == code, said.output
        return said.output

    return run


@pytest.fixture
def every(services):
    """Give a table's rows."""

    async def read(table):
        async with services.database.reading() as session:
            return list((await session.exec(select(table))).all())

    return read


@pytest.fixture
def counts(services):
    """Count the rows of every table, by name."""

    async def read():
        async with services.database.reading() as session:
            connection = await session.connection()
            found = {}
            for name in SQLModel.metadata.tables:
                found[name] = (await connection.execute(text(f'SELECT count(*) FROM "{name}"'))).scalar()
        return found

    return read


@pytest.fixture
def disk(services, settings):
    """Give every byte that the database has on disk."""

    async def read():
        await services.database.checkpoint()
        with contextlib.suppress(FileNotFoundError):
            return b"".join(path.read_bytes() for path in settings.var_dir.glob("chatbot.db*"))
        return b""

    return read


class Person:
    """A visitor, seen from the side of decisions: held for what a child says, and pressing the button."""

    def __init__(self, visitor):
        self.visitor = visitor

    async def held(self, *, store):
        """Begin, say what a child says, and give the problem."""
        await self.visitor.begin({"store": store})
        return (await self.visitor.say(SAYS)).problem

    async def mine(self):
        """Give the decisions about this visitor."""
        answer = await self.visitor.client.get("/v1/me/decisions", headers=self.visitor.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["decisions"]

    async def review(self, identity, who=None):
        """Let a person look at a decision."""
        who = who or self.visitor
        return await who.client.post(f"/v1/me/decisions/{identity}/review", headers=who.headers)


@pytest.fixture
def person(visitor):
    """The usual visitor."""
    return Person(visitor)
