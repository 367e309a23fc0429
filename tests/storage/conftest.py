"""A migrated, empty database of each kind."""

import pytest

from chatbot.storage.database import Database
from chatbot.storage.migrate import upgrade


@pytest.fixture
async def database(database_url):
    """A database as a first start leaves it."""
    made = Database(database_url)
    await upgrade(made)
    yield made
    await made.close()
