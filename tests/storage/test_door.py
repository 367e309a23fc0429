"""Each record names the channel that it came through, and a closed channel lets nothing in: on both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlmodel import SQLModel, select

import chatbot.storage.tables  # noqa: F401 — fills the metadata
from chatbot.storage.database import Database
from chatbot.storage.migrate import downgrade, upgrade
from chatbot.storage.tables import ChatSession, Feedback, Subject, Turn
from consent.sources import SourceDenied
from consent.types import SourceColumn
from pii.text import from_storage

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
# A table without the column, and why its rows need none.
WITHOUT = {
    "subject": "a random number; its sessions and answers name their channels",
    "vault": "a part of its session, sealed",
    "notice_edition": "a text of ours",
    "announcement": "counts of what we told",
    "audit_event": "what the gate refused; nothing personal",
    "guardianship": "hashes; everything in it comes from the guardian's pages",
    "incident": "a kind, a state and times",
    "decision": "what our own rules decided; nothing comes in",
    "legal_hold": "an act of staff under a law",
    "emergency": "an act of staff",
    "outgoing": "what goes out, to whom",
    "mailing": "a text of ours, by its hash",
    "delivery": "what went out, when",
    "spent_link": "a mark and a moment; of which links, nobody can tell without the secret",
    "secret_print": "marks of our own secrets",
    "withdrawal": "what tokens have lost: a mark of a conversation, purposes, a number",
    "handed_over": "what was kept already, on its way to its visitor, sealed",
    "child_hold": "ids and times; its own source says who noticed the child",
}


@pytest.mark.commitment("H1")
@pytest.mark.commitment("H9", part="the source")
def test_every_table_about_people_names_the_channel_of_each_record():
    """Over the tables as they are: one without the column must be in the list above, with its reason."""
    tables = SQLModel.metadata.tables.values()
    channels = {table.name: getattr(table.columns.get("source"), "type", None) for table in tables}
    assert {name for name, kind in channels.items() if not isinstance(kind, SourceColumn)} == set(WITHOUT)


@pytest.fixture
async def database(database_url):
    open_channels = {"chat", "feedback"}

    def door(stamp, _on):
        if stamp not in open_channels:
            raise SourceDenied("closed")

    made = Database(database_url, door)
    await upgrade(made)
    yield made
    await made.close()


async def keep(database, **given):
    """Write a session with a turn; gives nothing."""
    async with database.transaction() as session:
        session.add(subject := Subject(created_at=NOW))
        await session.flush()
        values = {
            "id": "s" * 32, "subject_id": subject.id, "token_lookup": b"x" * 32, "language": "en", "country": "ZA",
            "age_rule": "rule", "created_at": NOW, "last_seen_at": NOW,
        }  # fmt: skip
        session.add(ChatSession(**(values | given)))


async def sessions(database):
    async with database.reading() as session:
        return (await session.exec(select(ChatSession))).all()


async def test_a_record_of_an_open_channel_is_kept_with_it(database):
    """The channel is read back as it was written."""
    await keep(database)
    assert [each.source for each in await sessions(database)] == ["chat"]


@pytest.mark.commitment("H10")
@pytest.mark.parametrize("source", ["advertising", "handoff", None, "nowhere"])
async def test_a_record_of_a_closed_or_unknown_channel_is_refused_with_its_whole_transaction(database, source):
    """Not even the subject that was written before it stays."""
    with pytest.raises(SourceDenied):
        await keep(database, source=source)
    async with database.reading() as session:
        assert (await session.exec(select(Subject))).all() == []


async def test_where_a_record_came_from_never_changes(database):
    """Not even to another channel that is open."""
    await keep(database)
    with pytest.raises(SourceDenied):
        async with database.transaction() as session:
            (await session.get_one(ChatSession, "s" * 32)).source = "feedback"
    async with database.transaction() as session:
        (await session.get_one(ChatSession, "s" * 32)).language = "de"
    assert [(each.source, each.language) for each in await sessions(database)] == [("chat", "de")]


async def test_the_column_itself_refuses_what_is_no_channel(database):
    """Past the door, by a query: the type of the column still looks."""
    with pytest.raises((SourceDenied, StatementError)):
        async with database.transaction() as session:
            await session.exec(select(Feedback).where(Feedback.source == "nowhere"))


async def test_what_was_kept_before_gets_the_channel_that_its_table_had(database):
    """The migration fills old rows, and leaves old events of consent as they were chained."""
    await downgrade(database, "0005")
    async with database.transaction() as session:
        run = (await session.connection()).execute
        await run(text("INSERT INTO subject (id, created_at) VALUES ('u', '2026-01-01 00:00:00')"))
        await run(
            text(
                "INSERT INTO chat_session (id, subject_id, token_lookup, language, country, age_rule, created_at, "
                "last_seen_at) VALUES ('s', 'u', '', 'en', 'ZA', 'r', '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
            )
        )
    await upgrade(database, "0006")
    async with database.reading() as session:
        found = await (await session.connection()).execute(text("SELECT source FROM chat_session"))
        assert found.scalars().all() == ["chat"]
        found = await (await session.connection()).execute(text("SELECT subject_type FROM subject"))
        assert found.scalars().all() == ["natural"]


def test_a_turn_shows_its_channel_and_a_note_its_own():
    """The default of each table is the one channel that it is filled from."""
    defaults = {
        table.name: table.columns["source"].default.arg
        for table in SQLModel.metadata.tables.values()
        if table.name in {"turn", "feedback", "handoff", "turn_note", "acknowledgement"}
    }
    assert defaults == {
        "turn": "chat",
        "acknowledgement": "chat",
        "feedback": "feedback",
        "handoff": "handoff",
        "turn_note": "guardian",
    }
    assert Turn(question=from_storage("hello")).source == "chat"
