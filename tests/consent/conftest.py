"""The real registers and notices of the repository, and the ledger on each database that we support."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from consent.notice import Notices
from consent.party import Party
from consent.purposes import Purposes
from consent.tables import ConsentEvent, Subject, append_only

DATA = Path(__file__).parents[2] / "data"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
_TABLES = [SQLModel.metadata.tables[table.__tablename__] for table in (Subject, ConsentEvent)]


@pytest.fixture(scope="session")
def purposes() -> Purposes:
    return Purposes.load(DATA / "registers" / "purposes.yaml")


@pytest.fixture(scope="session")
def party() -> Party:
    return Party.load(DATA / "registers" / "party.yaml")


@pytest.fixture(scope="session")
def notices(purposes, party) -> Notices:
    return Notices.load(DATA / "notices", purposes, party)


@pytest.fixture(params=["sqlite", "postgresql"])
async def engine(request, tmp_path) -> AsyncIterator[AsyncEngine]:
    """Give an empty database with the tables of consent, append-only as the migration makes them."""
    dialect = request.param
    url = (
        f"sqlite+aiosqlite:///{tmp_path}/ledger.db"
        if dialect == "sqlite"
        else request.getfixturevalue("postgres_url")
    )
    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True)
    if dialect == "sqlite":
        event.listen(engine.sync_engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON"))
    async with engine.begin() as connection:
        if dialect == "postgresql":
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
        await connection.run_sync(SQLModel.metadata.create_all, tables=_TABLES)
        for statement in append_only("consent_event", dialect):
            await connection.execute(text(statement))
    yield engine
    await engine.dispose()


@pytest.fixture
async def session(engine) -> AsyncIterator[AsyncSession]:
    factory = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
    async with factory() as session:
        yield session


@pytest.fixture
async def subject(session) -> str:
    subject = Subject(created_at=NOON)
    session.add(subject)
    await session.commit()
    return subject.id
