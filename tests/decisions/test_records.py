"""The service's own records go when their time is over, and not a day before; the clock travels."""

from datetime import UTC, datetime, timedelta

import pytest

from chatbot.conversation import children
from chatbot.guardians import duties
from chatbot.settings import data_folder
from chatbot.storage.tables.decisions import Decision, LegalHold, Outgoing
from chatbot.storage.tables.guardians import ChildHold, GuardianRow, Incident
from consent.data import DataError, check, parse
from consent.records import Kept, Records

PATH = data_folder() / "registers" / "records.yaml"
RECORDS = Records.load(PATH)


@pytest.mark.parametrize("lacking", list(Kept))
def test_a_class_of_records_without_a_number_stops_the_start(lacking):
    """Kept for ever by mistake is not possible."""
    rows = {name: row for name, row in parse(PATH)["records"].items() if name != lacking}
    with pytest.raises(DataError, match=lacking):
        check({"records": rows}, Records, "records.yaml")


@pytest.fixture
def after(services, every):
    """Sweep so many days from now; gives how many rows of a table are left."""

    async def travel(days, table):
        await duties.sweep(services, datetime.now(UTC) + timedelta(days=days))
        return len(await every(table))

    return travel


async def test_holds_decisions_and_incidents_go_in_their_time(visitor, services, after):
    """Each class by its own number; an incident stays as long as something refers to it, and its own time."""
    await visitor.begin({"store": True})
    await children.hold(services, visitor.id, children.Found("agent", "agent"))
    days = {kept: RECORDS.records[kept].days for kept in Kept}
    assert await after(2, ChildHold) == 1
    assert await after(days[Kept.CHILD_HOLD] - 1, ChildHold) == 1
    assert await after(days[Kept.CHILD_HOLD] + 1, ChildHold) == 0
    assert await after(days[Kept.DECISION] + 1, Decision) == 0
    assert await after(days[Kept.INCIDENT] - 1, Incident) == 1
    assert await after(days[Kept.INCIDENT] + 3, Incident) == 0


async def test_a_hold_that_stands_is_kept_however_old_it_is(visitor, services, after, every):
    """What still has an effect is no old record: here a person looks at it, for years."""
    await visitor.begin({"store": True})
    await children.hold(services, visitor.id, children.Found("agent", "agent"))
    async with services.database.transaction() as session:
        held = (await every(ChildHold))[0]
        (await session.get(ChildHold, held.session_id)).erase_at = datetime.now(UTC) + timedelta(days=9000)
    assert await after(RECORDS.records[Kept.CHILD_HOLD].days + 1, ChildHold) == 1


def a_guardianship(stage, number):
    now = datetime.now(UTC)
    return GuardianRow(
        id=f"{number}" * 32, stage=stage, code_sha256=f"{number}" * 64, country="ZA", language="en", age_rule="rule",
        invited_at=now, expires_at=now + timedelta(days=9000), changed_at=now,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "kept"),
    [("erased", Kept.GUARDIANSHIP), ("refused", Kept.GUARDIANSHIP), ("expired", Kept.INVITATION), ("active", None)],
)
async def test_a_guardianship_goes_a_while_after_its_end_and_never_before(services, after, stage, kept):
    """An invitation that came to nothing goes soon; one that is active stays."""
    async with services.database.transaction() as session:
        session.add(a_guardianship(stage, 1))
    days = RECORDS.records[kept].days if kept else 4000
    assert await after(days - 1, GuardianRow) == 1
    assert await after(days + 1, GuardianRow) == (0 if kept else 1)


async def test_ended_holds_and_delivered_messages_go_and_waiting_ones_stay(services, after):
    """Proof has its time; what is still to be done has none."""
    now = datetime.now(UTC)
    common = {"operator": "crm", "kind": "erase", "subject": "0" * 32, "purposes": [], "at": now}
    hold = {"session_id": "0" * 32, "law": "legal-claims", "reference": "x", "approved_by": "o", "placed_at": now}
    async with services.database.transaction() as session:
        session.add(Outgoing(**common, due_at=now + timedelta(days=9000)))
        session.add(Outgoing(**common, due_at=now, delivered_at=now))
        session.add(LegalHold(**hold, until=now, ended_at=now))
        session.add(LegalHold(**hold, until=now + timedelta(days=9000)))
    assert await after(RECORDS.records[Kept.OUTGOING].days - 1, Outgoing) == 2
    assert await after(RECORDS.records[Kept.OUTGOING].days + 1, Outgoing) == 1
    assert await after(RECORDS.records[Kept.LEGAL_HOLD].days + 1, LegalHold) == 1
