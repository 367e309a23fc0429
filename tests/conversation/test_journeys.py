"""How often a message goes to the database: counted, so that it does not creep up."""

from contextvars import ContextVar

import pytest
from sqlalchemy import event

MINE = ContextVar("of the message, not of what a worker does besides", default=False)
MESSAGE = "Do you set up CRM?"


@pytest.fixture
def counted(services):
    """Every transaction of the message that begins, and every statement."""
    engine, counts = services.database.engine.sync_engine, {"transactions": 0, "statements": 0}

    def begun(_connection):
        counts["transactions"] += MINE.get()

    def executed(_connection, _cursor, statement, *_):
        counts["statements"] += MINE.get() and not statement.startswith("BEGIN")

    event.listen(engine, "begin", begun)
    event.listen(engine, "before_cursor_execute", executed)
    return counts


@pytest.mark.parametrize(
    ("consents", "most"),
    [
        ({"store": True}, {"transactions": 3, "statements": 15}),
        ({"store": True, "personalise": True}, {"transactions": 3, "statements": 18}),
        ({}, {"transactions": 1, "statements": 1}),
    ],
    ids=["stored", "remembered", "ephemeral"],
)
async def test_a_message_asks_the_database_no_more_often_than_it_must(visitor, counted, consents, most):
    """Stored: one look, one to keep the question, one to keep the answer. Ephemeral: whether the session is held.

    What is remembered of earlier conversations is read in that one look.
    """
    await visitor.begin(consents)
    for _ in range(2):
        await visitor.say(MESSAGE)
    MINE.set(True)
    assert (await visitor.say(MESSAGE)).done["status"] == "complete"
    assert all(counted[each] <= number for each, number in most.items())
