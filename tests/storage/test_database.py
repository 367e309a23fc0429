"""The database: migrations, columns that only take redacted text, UTC times, both kinds alike."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlmodel import SQLModel

from chatbot.storage.migrate import downgrade, pending, upgrade
from chatbot.storage.tables import ChatSession, Subject, Turn
from pii.text import from_storage

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def a_session(subject):
    return ChatSession(
        id="s" * 32,
        subject_id=subject.id,
        token_lookup=b"x" * 32,
        language="en",
        country="ZA",
        age_rule="rule",
        created_at=NOW,
        last_seen_at=NOW,
    )


def a_turn(**given):
    values = {
        "session_id": "s" * 32,
        "number": 1,
        "idempotency_key": b"k" * 32,
        "fingerprint": b"f" * 32,
        "question": from_storage("hello <PERSON_1>"),
        "status": "running",
        "findings": [],
        "citations": [],
        "created_at": NOW,
    }
    return Turn(**(values | given))


async def put(database, *rows):
    async with database.transaction() as session:
        subject = Subject(created_at=NOW)
        session.add(subject)
        await session.flush()
        session.add(a_session(subject))
        await session.flush()
        for row in rows:
            session.add(row)


async def test_the_migrations_make_exactly_the_tables_of_the_models(database):
    def differences(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, SQLModel.metadata)

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_down_and_up_again_leaves_nothing_behind(database):
    await downgrade(database)
    assert await pending(database)
    await upgrade(database)
    assert not await pending(database)


async def test_an_earlier_release_finds_its_notices_and_nothing_else(database):
    """Up with rows they stay and are notices; down again no policy is left that it would take for one."""
    edition = (
        "INSERT INTO notice_edition (version, content, touched, abroad, published_at, effective_from, mailed, "
        "mail_failed, mail_note{more}) VALUES ('{version}', '{{}}', '[]', FALSE, '2026-01-01 00:00:00', "
        "'2026-01-01 00:00:00', 0, 0, ''{of})"
    )
    await downgrade(database, "0008")
    await told(database, edition.format(version="old", more="", of=""))
    await upgrade(database)
    assert await told(database, "SELECT version, document FROM notice_edition") == [("old", "notice")]
    await told(database, edition.format(version="new", more=", document", of=", 'privacy'"))
    await told(
        database,
        "INSERT INTO announcement (edition_id, channel, told, first_at) "
        "SELECT id, 'site', 1, '2026-01-01 00:00:00' FROM notice_edition",
    )
    await downgrade(database, "0008")
    assert await told(database, "SELECT version FROM notice_edition") == [("old",)]
    with pytest.raises(DBAPIError, match="append-only"):
        await told(database, "DELETE FROM notice_edition")
    await upgrade(database)


async def told(database, statement):
    """Say something to the database in SQL; gives the rows that it answers."""
    async with database.transaction() as session:
        answer = await (await session.connection()).execute(text(statement))
        return [tuple(row) for row in answer] if answer.returns_rows else []


async def test_a_plain_string_never_gets_into_a_text_column(database):
    with pytest.raises(StatementError, match="only Redacted may be stored") as caught:
        await put(database, a_turn(question="my name is Canary Person"))
    assert "Canary" not in str(caught.value)


async def test_redacted_text_comes_back_as_redacted(database):
    await put(database, a_turn())
    async with database.reading() as session:
        turn = await session.get(Turn, 1)
    assert turn.question == from_storage("hello <PERSON_1>")
    assert "hello" not in repr(turn)


async def test_times_are_utc_whatever_zone_they_came_in(database):
    johannesburg = timezone(timedelta(hours=2))
    await put(database, a_turn(created_at=NOW.astimezone(johannesburg)))
    async with database.reading() as session:
        turn = await session.get(Turn, 1)
    assert turn.created_at == NOW
    assert turn.created_at.utcoffset() == timedelta(0)


@pytest.mark.commitment("D2")
async def test_a_session_without_a_subject_is_refused(database):
    with pytest.raises(DBAPIError):
        async with database.transaction() as session:
            session.add(a_session(Subject(id="n" * 32, created_at=NOW)))


async def test_an_error_of_the_database_carries_no_values(database):
    with pytest.raises(DBAPIError) as caught:
        await put(database, a_turn(), a_turn(question=from_storage("canary text")))
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("change", ["UPDATE consent_event SET granted = true", "DELETE FROM consent_event"])
async def test_the_ledger_refuses_every_change(database, change):
    insert = (
        "INSERT INTO consent_event (id, subject_id, seq, purpose, granted, event_type, notice_version, language, "
        "text_sha256, control, method, actor, jurisdiction, at, previous, digest) VALUES "
        "('e', '{}', 1, 'store', true, 'given', 'v', 'en', 'h', 'c', 'm', 'visitor', 'ZA', '2026-01-01', 'p', 'd')"
    )
    async with database.transaction() as session:
        subject = Subject(created_at=NOW)
        session.add(subject)
        await session.flush()
        await (await session.connection()).execute(text(insert.format(subject.id)))
    with pytest.raises(DBAPIError):
        async with database.transaction() as session:
            await (await session.connection()).execute(text(change))


@pytest.mark.commitment("C10", "C11")
def test_no_column_can_hold_a_birth_date_or_a_precise_place():
    """Only the age rule that was applied and the country remain of what was asked."""
    columns = {column.name for table in SQLModel.metadata.tables.values() for column in table.columns}
    revealing = ("birth", "born", "dob", "gender", "latitude", "longitude", "location", "city", "suburb")
    assert {name for name in columns if any(word in name for word in revealing)} == set()
