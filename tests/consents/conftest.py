"""Notices that change while the service runs, and answers given long ago."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from chatbot.conversation.sessions import SESSION_CONTROL
from chatbot.settings import data_folder
from chatbot.start import load_notices, read_data
from chatbot.storage.tables import ChatSession
from consent import ledger

# In the English words: a change of what "store" asks, and one that asks nothing anew.
MATERIAL = ("Keep this conversation", "Keep what we talk about")
EDITORIAL = ("It can be\n  wrong", "It may be\n  wrong")


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def edited(tmp_path, settings):
    """Make a data folder in which one text of the English notice differs; gives the folder."""

    def edit(old, new):
        folder = tmp_path / "data"
        if not folder.exists():
            shutil.copytree(data_folder(), folder)
        path = folder / "notices" / "en.yaml"
        words = path.read_text(encoding="utf-8")
        assert old in words
        path.write_text(words.replace(old, new, 1), encoding="utf-8")
        return folder

    return edit


@pytest.fixture
def changed(edited, settings):
    """Make notices in which one text of the English one differs."""

    def change(old, new):
        told = read_data(settings)
        return load_notices(edited(old, new), told.party, told.answerer)

    return change


@pytest.fixture
def answered_long_ago(services):
    """Answer for a visitor as if so many days had passed since: the clock travels, the ledger is the real one."""

    async def answer(visitor, choices, days, *, country="DE"):
        async with services.database.transaction() as session:
            kept = await session.get(ChatSession, visitor.id)
            how = ledger.Circumstances(services.notices.best("en"), country, SESSION_CONTROL)
            then = datetime.now(UTC) - timedelta(days=days)
            await ledger.record(session, kept.subject_id, choices, how, now=then)

    return answer


@pytest.fixture
def publish(services):
    """Publish a notice as if so many days ago, to take effect so many days from now; the worker learns of it."""
    from chatbot.consents.announcing import Post
    from chatbot.consents.publishing import Proposal, publish

    async def run(notices, *, days, post=None, announced_days_ago=0):
        now = datetime.now(UTC)
        proposal, day = Proposal(notices, abroad=False), now + timedelta(days=days)
        then = now - timedelta(days=announced_days_ago)
        row = await publish(services.database, proposal, day, post or Post(), then)
        await services.editions.refresh(services.database)
        return row

    return run
