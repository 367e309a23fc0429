"""The ledger on both databases: what stands, what stood, when it expires, and that nothing can be changed."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from consent import law, ledger
from consent.ledger import Circumstances, LedgerError
from consent.tables import ConsentEvent, Subject, append_only_undo
from tests.consent.conftest import NOON

DAY = timedelta(days=1)


@pytest.fixture
def how(notices) -> Circumstances:
    return Circumstances(notices.best("de"), "DE", "widget:choices")


@pytest.mark.commitment("D6")
async def test_each_purpose_gets_its_own_event_with_the_words_that_were_shown(session, subject, how, notices):
    events = await ledger.record(session, subject, {"store": True, "improve": False}, how, now=NOON)
    assert [(e.seq, e.purpose, e.granted, e.event_type) for e in events] == [
        (1, "store", True, "given"),
        (2, "improve", False, "refused"),
    ]
    for event in events:
        assert event.notice_version == notices.version
        assert event.language == "de"
        assert event.text_sha256 == notices.best("de").text_sha256(event.purpose)
        assert (event.control, event.method, event.actor) == ("widget:choices", "explicit_click", "visitor")
        assert (event.jurisdiction, event.at) == ("DE", NOON)


async def test_a_no_after_a_yes_is_a_withdrawal_and_a_no_after_a_no_is_not(session, subject, how):
    for answer in (False, True, False, False):
        await ledger.record(session, subject, {"store": answer}, how, now=NOON)
    types = [event.event_type for event in await ledger.history(session, subject)]
    assert types == ["refused", "given", "withdrawn", "refused"]


@pytest.mark.commitment("G7")
async def test_what_stood_at_any_moment_can_still_be_told(session, subject, how):
    await ledger.record(session, subject, {"store": True}, how, now=NOON)
    await ledger.record(session, subject, {"store": False}, how, now=NOON + 2 * DAY)
    await ledger.record(session, subject, {"store": True}, how, now=NOON + 4 * DAY)
    stood = [await ledger.standing(session, subject, NOON + days * DAY) for days in (-1, 0, 1, 2, 3, 4, 5)]
    assert [moment.get("store") for moment in stood] == [None, True, True, False, False, True, True]


@pytest.mark.commitment("K10")
@pytest.mark.parametrize(("days", "stands"), [(0, True), (179, True), (180, False), (181, False), (366, False)])
async def test_a_german_yes_expires_after_180_days_and_silence_does_not_renew_it(session, subject, how, days, stands):
    await ledger.record(session, subject, {"store": True}, how, now=NOON)
    assert (await ledger.standing(session, subject, NOON + days * DAY))["store"] is stands


async def test_answering_again_renews_a_yes(session, subject, how):
    await ledger.record(session, subject, {"store": True}, how, now=NOON)
    await ledger.record(session, subject, {"store": True}, how, now=NOON + 100 * DAY)
    assert (await ledger.standing(session, subject, NOON + 200 * DAY))["store"]


async def test_who_never_answered_agreed_to_nothing(session, subject):
    assert not await ledger.standing(session, subject, NOON)
    assert await ledger.verify(session, subject) == 0


async def test_subjects_do_not_mix(session, subject, how):
    other = Subject(created_at=NOON)
    session.add(other)
    await session.flush()
    await ledger.record(session, subject, {"store": True}, how, now=NOON)
    await ledger.record(session, other.id, {"store": False}, how, now=NOON)
    assert (await ledger.standing(session, subject, NOON))["store"]
    assert not (await ledger.standing(session, other.id, NOON))["store"]
    assert (await ledger.history(session, other.id))[0].seq == 1


@pytest.mark.parametrize(
    "statement",
    ["UPDATE consent_event SET granted = NOT granted", "DELETE FROM consent_event", "DELETE FROM subject"],
)
async def test_no_event_can_be_changed_or_deleted(session, subject, how, statement):
    await ledger.record(session, subject, {"store": True}, how, now=NOON)
    await session.commit()
    with pytest.raises(DBAPIError):
        await session.exec(text(statement))
    await session.rollback()
    assert await ledger.verify(session, subject) == 1


async def test_an_event_needs_an_existing_subject(session, how):
    with pytest.raises(IntegrityError):
        await ledger.record(session, "0" * 32, {"store": True}, how, now=NOON)


async def test_two_answers_at_once_cannot_take_the_same_place(session, subject, how, engine):
    await ledger.record(session, subject, {"store": True}, how, now=NOON)
    rival = (await ledger.history(session, subject))[0].model_dump() | {"id": "f" * 32}
    session.add(ConsentEvent(**rival))
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_answers_at_the_same_moment_queue_up(engine, subject, how):
    factory = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)

    async def answer(purpose):
        async with factory() as session, session.begin():
            await ledger.record(session, subject, {purpose: True}, how, now=NOON)

    await asyncio.gather(*(answer(purpose) for purpose in ("store", "improve", "marketing", "personalise")))
    async with factory() as session:
        assert await ledger.verify(session, subject) == 4


async def test_only_a_yes_that_still_stands_and_ends_soon_is_reminded_of(session, subject, how):
    await ledger.record(session, subject, {"store": True, "improve": True, "marketing": False}, how, now=NOON)
    await ledger.record(session, subject, {"improve": False}, how, now=NOON + DAY)
    await ledger.record(session, subject, {"personalise": True}, how, now=NOON + 30 * DAY)

    async def soon(day):
        events = await ledger.expiring(session, now=NOON + day * DAY, within=14 * DAY)
        return [event.purpose for event in events]

    assert [await soon(day) for day in (100, 165, 166, 179, 180, 200)] == [
        *([], [], ["store"], ["store"], [], ["personalise"]),
    ]


async def test_what_ends_soon_comes_in_pages(session, subject, how):
    """However many run out on one day, each is reminded of once."""
    await ledger.record(session, subject, dict.fromkeys(("store", "improve", "personalise"), True), how, now=NOON)
    seen, last = [], None
    while rows := await ledger.expiring(session, now=NOON + 179 * DAY, within=DAY, after=last, limit=2):
        seen, last = [*seen, *(row.purpose for row in rows)], rows[-1]
    assert sorted(seen) == ["improve", "personalise", "store"]


@pytest.mark.parametrize(
    "change",
    [
        {"granted": False},
        {"language": "en"},
        {"at": NOON + DAY},
        {"valid_until": None},
        {"control": "other"},
        {"seq": 9},
    ],
)
async def test_a_changed_value_breaks_the_chain_even_where_the_database_let_it_happen(session, subject, how, change):
    await ledger.record(session, subject, {"store": True, "improve": True}, how, now=NOON)
    await session.commit()
    for statement in append_only_undo("consent_event", session.bind.dialect.name):
        await session.exec(text(statement))
    await session.exec(update(ConsentEvent).where(col(ConsentEvent.seq) == 1).values(**change))
    session.expire_all()
    with pytest.raises(LedgerError, match="breaks at event 1"):
        await ledger.verify(session, subject)


async def test_the_chain_holds_after_a_journey_through_the_database(session, subject, how):
    late = NOON.replace(microsecond=123456).astimezone(timezone(timedelta(hours=2)))
    await ledger.record(session, subject, {"store": True, "improve": False}, how, now=NOON)
    await ledger.record(session, subject, {"improve": True}, how, now=late)
    await session.commit()
    session.expire_all()
    assert await ledger.verify(session, subject) == 3
    assert all(event.at.tzinfo is UTC for event in await ledger.history(session, subject))


async def test_a_time_without_a_zone_is_refused(session, how):
    session.add(Subject(created_at=datetime(2026, 1, 1)))  # noqa: DTZ001 — the naive time is the test
    with pytest.raises(StatementError, match="time without a zone"):
        await session.flush()


@pytest.mark.commitment("P5")
@pytest.mark.parametrize(("control", "method"), [("", "explicit_click"), ("widget:choices", "implied")])
def test_mere_use_cannot_write_a_consent(notices, control, method):
    with pytest.raises(LedgerError, match="use is not consent"):
        Circumstances(notices.best("en"), "ZA", control, method=method)


async def test_nothing_is_committed_by_the_ledger(session, subject, how):
    await ledger.record(session, subject, {"store": True}, how, now=NOON)
    await session.rollback()
    assert not await ledger.history(session, subject)


@pytest.mark.parametrize("country", sorted(law.countries()))
def test_no_country_lets_a_consent_outlive_a_year(country):
    rule = law.validity(country, NOON.date())
    assert 0 < rule.default_days <= rule.max_days <= 365
    assert rule.refusal_days >= 180


def test_rows_show_no_identity_in_logs(how):
    assert repr(Subject()) == "<Subject>"
    assert "DE" not in repr(ConsentEvent(purpose="store", event_type="given", jurisdiction="DE"))
