"""What a query costs does not grow with history: each that the service really asks is answered from an index."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from chatbot.consents.chains import verify
from chatbot.consents.wall import Reader
from chatbot.conversation import children, objecting, retention
from chatbot.decisions import holds
from chatbot.decisions.downstream import abandoned
from chatbot.guardians import duties
from chatbot.officers import reviewing
from chatbot.storage.paging import Asked

FEW = {"notice_edition", "secret_print", "announcement", "mailing", "emergency"}
"""Tables with a row for each thing that we did ourselves, or with what waits only; not for each that visitors did."""
SWEEPS = {"memory"}
"""Asked once an hour about each row."""
LATER = timedelta(days=400)


@pytest.fixture
def settings(make_settings, database_url):
    """Settings on an empty database of each kind."""
    return make_settings(database_url=database_url, secret="s" * 32)


@pytest.fixture
def asked(services):
    """Every statement that the database was asked from now on, with one set of its parameters."""
    seen = {}

    def note(_connection, _cursor, statement, parameters, *_):
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            seen[statement] = parameters

    event.listen(services.database.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(services.database.engine.sync_engine, "before_cursor_execute", note)


async def live(visitor, services):
    """Do what visitors, officers, readers and time do."""

    async def send(method, path, **body):
        headers = visitor.headers | {"Idempotency-Key": str(uuid.uuid4())}
        answer = await visitor.client.request(method, path, json=body or None, headers=headers)
        assert answer.status_code < 300, (path, answer.text)

    await visitor.begin({"store": True, "improve": True, "personalise": True})
    await visitor.say("I am Thandi Nkosi. Do you set up CRM?")
    await visitor.say("And what does it cost?")
    path, version = f"/v1/sessions/{visitor.id}", services.notices.version
    await send("POST", f"{path}/feedback", turn=1, rating="up")
    await send("POST", f"{path}/handoff", message="please call")
    for page in (f"{path}/turns", "/v1/me/consents/history", "/v1/me/access-log?after=9.9", "/v1/me/memory"):
        await send("GET", page)
    await send("PUT", "/v1/me/objections", purposes={"security": True})
    held = await children.hold(services, visitor.id, children.Found("agent", "agent"))
    await send("GET", "/v1/me/decisions")
    await send("POST", f"/v1/me/decisions/{held}/review")
    async with services.database.transaction() as session:
        for open_only in (True, False):
            await reviewing.waiting(session, Asked(f"{datetime.now(UTC).isoformat()}_a"), open_only=open_only)
        order = holds.Order("legal-claims", "CASE-1", "officer-1", datetime.now(UTC).date() + timedelta(days=9))
        await holds.place(session, visitor.id, order, datetime.now(UTC))
        await abandoned(session, services.downstream._register)
        await children.lift(session, visitor.id, by="o-1", reason="test")
    await objecting.waiting(services, Asked(f"{datetime.now(UTC).isoformat()}_a"))
    scientist = Reader("improve", "release_gate", "scientist", "d-7")
    for data_class in ("message", "reply", "feedback"):
        assert [each async for each in services.wall.read(scientist, data_class, size=1)]
    await services.downstream.deliver(datetime.now(UTC))
    await services.signals.refresh()
    await send("PUT", "/v1/me/consents", consents={"store": False}, notice_version=version)
    await visitor.begin({"store": True})
    await send("DELETE", "/v1/me")
    await duties.sweep(services, datetime.now(UTC) + LATER)
    await retention.sweep(services, datetime.now(UTC) + LATER)
    assert not (await verify(services.database)).broken


async def test_no_query_of_the_service_reads_a_table_of_history_from_end_to_end(visitor, services, asked):
    """Over every statement of a whole life; PostgreSQL, which reads small tables whole, is asked not to if it can."""
    await live(visitor, services)
    assert len(asked) > 60
    explain = _sqlite if services.database.is_sqlite else _postgresql
    whole = {}
    async with services.database.engine.connect() as connection:
        if not services.database.is_sqlite:
            for habit in ("seqscan", "hashjoin", "mergejoin"):  # of reading small tables whole
                await connection.execute(text(f"SET LOCAL enable_{habit} = off"))
        for statement, parameters in asked.items():
            if tables := set(await explain(connection, statement, parameters)) - FEW - SWEEPS:
                whole[statement] = tables
    assert whole == {}


async def _sqlite(connection, statement, parameters):
    """Give the tables that SQLite reads from end to end; already in order, up to a limit, is a page."""
    plan = [row[3] for row in (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))]
    paged = "ORDER BY" in statement and "LIMIT" in statement and not any("TEMP B-TREE" in line for line in plan)
    scanned = [line.split()[1] for line in plan if line.startswith("SCAN") and "CONSTANT" not in line]
    return [table for table in scanned if not (paged or table.startswith("("))]


async def _postgresql(connection, statement, parameters):
    """Give the tables that PostgreSQL can only read from end to end."""
    said = (await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)).scalar_one()
    return _whole((json.loads(said) if isinstance(said, str) else said)[0]["Plan"])


def _whole(node, paged=False):
    paged = node["Node Type"] == "Limit" or (paged and node["Node Type"] != "Sort")
    by_index = "Index Cond" in node or paged or node["Node Type"] in {"ModifyTable", "Bitmap Heap Scan"}
    if "Relation Name" in node and (node["Node Type"] == "Seq Scan" or not by_index):
        yield node["Relation Name"]
    for each in node.get("Plans", []):
        yield from _whole(each, paged)
