"""How often a message goes to the database: counted, so that it does not creep up."""

import pytest
from sqlalchemy import event

MESSAGE = "Do you set up CRM?"


@pytest.fixture
def counted(services):
    """Every transaction that begins, and every statement, from now on."""
    engine, counts = services.database.engine.sync_engine, {"transactions": 0, "statements": 0}

    def begun(_connection):
        counts["transactions"] += 1

    def executed(_connection, _cursor, statement, *_):
        counts["statements"] += not statement.startswith("BEGIN")

    event.listen(engine, "begin", begun)
    event.listen(engine, "before_cursor_execute", executed)
    return counts


@pytest.mark.parametrize(
    ("consents", "most"),
    [
        ({"store": True}, {"transactions": 3, "statements": 15}),
        ({}, {"transactions": 1, "statements": 1}),
    ],
    ids=["stored", "ephemeral"],
)
async def test_a_message_asks_the_database_no_more_often_than_it_must(visitor, services, counted, consents, most):
    """Stored: one look, one to keep the question, one to keep the answer. Ephemeral: whether the session is held."""
    await visitor.begin(consents)
    for _ in range(2):
        await visitor.say(MESSAGE)
    await services.watch.close()
    counted.update(transactions=0, statements=0)
    assert (await visitor.say(MESSAGE)).done["status"] == "complete"
    assert all(counted[each] <= number for each, number in most.items())
