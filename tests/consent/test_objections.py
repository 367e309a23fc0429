"""Objections in the ledger, on each database: they grant nothing, end when the visitor says so, break no chain."""

from datetime import timedelta

import pytest
from sqlmodel import select

from consent import filters, ledger, objections
from consent.ledger import Circumstances
from consent.objections import Review
from consent.purposes import PurposeError
from consent.tables import Subject
from tests.consent.conftest import NOON


@pytest.fixture
def how(notices):
    """An objection in the panel."""
    return Circumstances(notices.best("en"), "DE", "objections")


async def stopped(session, purposes, subject, at):
    """Give what has stopped, asked both ways; they must agree."""
    one = objections.stopped(purposes, await objections.latest(session, subject, at))
    rows = objections.objectable(purposes)
    many = {
        row.id for row in rows
        if (await session.exec(select(Subject.id).where(filters.stopped(row, Subject.id, at)))).all() == [subject]
    }  # fmt: skip
    assert one == many
    return one


async def test_an_objection_stands_from_its_moment_until_its_end(session, purposes, subject, how):
    """As it stood at any moment can still be told, and consents beside it are untouched."""
    await ledger.record(session, subject, {"store": True}, how, now=NOON)
    for hours, yes in ((1, True), (3, False), (5, True)):
        await objections.record(session, subject, {"statistics": yes}, how, now=NOON + timedelta(hours=hours))
    told = [await stopped(session, purposes, subject, NOON + timedelta(hours=hour)) for hour in (0, 2, 4, 6)]
    assert told == [set(), {"statistics"}, set(), {"statistics"}]
    assert dict(await ledger.standing(session, subject, NOON + timedelta(hours=6))) == {
        "store": True,
        "statistics": False,
    }
    assert await ledger.verify(session, subject) == 4


async def test_a_reviewed_objection_stops_nothing_before_it_is_upheld(session, purposes, subject, how):
    """Objected, it waits; upheld, it stops; objected again after a denial, it waits again."""
    at = NOON
    for act, review, stops in [
        ("object", Review.PENDING, False),
        ("deny", Review.DENIED, False),
        ("end", Review.NONE, False),
        ("object", Review.PENDING, False),
        ("uphold", Review.UPHELD, True),
        ("end", Review.NONE, False),
    ]:
        at += timedelta(hours=1)
        if act in {"deny", "uphold"}:
            await objections.decide(session, subject, {"security": act == "uphold"}, how, now=at)
        else:
            await objections.record(session, subject, {"security": act == "object"}, how, now=at)
        latest = await objections.latest(session, subject, at)
        assert objections.review(latest["security"]) is review
        assert ("security" in await stopped(session, purposes, subject, at)) is stops
        waiting = await session.exec(objections.pending(purposes))
        assert [event.purpose for event in waiting] == (["security"] if review is Review.PENDING else [])


async def test_the_same_answer_twice_adds_nothing_and_an_end_without_a_beginning_neither(session, subject, how):
    """The ledger grows by what changes."""
    assert await objections.record(session, subject, {"statistics": False}, how, now=NOON) == ()
    assert len(await objections.record(session, subject, {"statistics": True}, how, now=NOON)) == 1
    assert await objections.record(session, subject, {"statistics": True}, how, now=NOON) == ()


async def test_there_is_nothing_to_decide_where_nobody_objected(session, subject, how):
    """An officer decides what waits, and nothing else."""
    with pytest.raises(PurposeError):
        await objections.decide(session, subject, {"security": True}, how, now=NOON)


@pytest.mark.parametrize(
    "case",
    [({"improve": True}, 0, True), ({"improve": True}, 179, True), ({"improve": True}, 180, False),
     ({"improve": False}, 0, False), ({}, 0, False)],
)  # fmt: skip
async def test_the_filter_says_what_the_ledger_says(session, subject, how, case):
    """The condition for many subjects and the answer for one agree, at every boundary."""
    choices, days, expected = case
    await ledger.record(session, subject, choices, how, now=NOON)
    at = NOON + timedelta(days=days)
    condition = filters.stands("improve", Subject.id, [how.notice.version], at)
    found = (await session.exec(select(Subject.id).where(condition))).all() == [subject]
    assert found is expected
    assert (await ledger.standing(session, subject, at)).get("improve", False) is expected
    unknown = filters.stands("improve", Subject.id, ["another"], at)
    assert (await session.exec(select(Subject.id).where(unknown))).all() == []
