"""An emergency opens one conversation: two people, one hour, redacted words alone, and all of it on record."""

from datetime import timedelta

import pytest
from sqlmodel import select

from chatbot.consents import auditing, emergencies
from chatbot.consents.chains import verify
from chatbot.consents.emergencies import Danger
from chatbot.consents.wall import Reader
from chatbot.conversation.retention import sweep
from chatbot.errors import InvalidRequest, NotFound, PurposeDenied
from chatbot.storage.tables import ChatSession
from chatbot.storage.tables.wall import Emergency
from consent.audit import Verb

SECRET = "Thandi Nkosi"
ASKED, DENIED = ("decide", "asked_life"), ("deny", "no_emergency")


@pytest.fixture
async def spoken(visitor):
    """A kept conversation with a name and a message for a person in it; gives its id."""
    await visitor.begin({"store": True})
    await visitor.say(f"I am {SECRET} and I cannot go on. Do you set up CRM?")
    await visitor.client.post(
        f"/v1/sessions/{visitor.id}/handoff", json={"message": f"{SECRET} here, call me"}, headers=visitor.headers
    )
    return visitor.id


@pytest.fixture
async def opened(services, spoken):
    """An emergency that the first officer asked for and the second agreed to."""
    asked = await emergencies.open_(services, spoken, officer="o-1", reason=Danger.LIFE)
    return await emergencies.approve(services, asked.id, officer="o-2")


async def done(services, session_id):
    """Give what was done in the emergency, as verb and reason; the chain must be whole."""
    async with services.database.reading() as session:
        entries = await auditing.read(session, session_id)
    assert not (await verify(services.database)).broken
    return [(each.fact.verb, each.fact.reason) for each in entries if each.fact.purpose == "safety"]


@pytest.mark.commitment("L8")
async def test_without_a_second_person_nothing_can_be_read_and_the_try_is_on_record(services, spoken):
    """The one who asks can neither read nor agree: 403, and an audit row stays for each try."""
    asked = await emergencies.open_(services, spoken, officer="o-1", reason=Danger.LIFE)
    with pytest.raises(PurposeDenied) as alone:
        await emergencies.read(services, asked.id, officer="o-1")
    with pytest.raises(PurposeDenied) as twice:
        await emergencies.approve(services, asked.id, officer="o-1")
    assert alone.value.status == twice.value.status == 403
    assert await done(services, spoken) == [ASKED, DENIED, ("deny", "second_person")]


@pytest.mark.commitment("L8")
@pytest.mark.parametrize("officer", ["o-1", "o-2"])
async def test_two_people_read_the_redacted_words_and_every_reading_is_on_record(services, spoken, opened, officer):
    """What is shown holds placeholders, never the values, and each kind of text that was read is an event."""
    shown = await emergencies.read(services, opened.id, officer=officer)
    assert [kind for kind, _ in shown] == ["message", "reply", "handoff"]
    words = " ".join(each.text.text for _, each in shown)
    assert SECRET not in words
    assert "<PERSON_1>" in words
    assert await done(services, spoken) == [ASKED, ("decide", "agreed"), *[("reveal", "")] * 3]


async def test_a_third_person_reads_nothing(services, spoken, opened):
    """Only the two who opened it may read, and the try of another is on record."""
    with pytest.raises(PurposeDenied):
        await emergencies.read(services, opened.id, officer="o-3")
    assert (await done(services, spoken))[-1] == DENIED


@pytest.mark.commitment("L8")
@pytest.mark.parametrize(("minutes", "open_"), [(59, True), (60, False), (61, False)])
async def test_after_an_hour_it_is_shut_again(services, spoken, opened, minutes, open_):
    """The clock travels: an hour after the second person agreed, both are refused, on record."""
    async with services.database.transaction() as session:
        row = await session.get(Emergency, opened.id)
        row.until -= timedelta(minutes=minutes)
    if open_:
        assert await emergencies.read(services, opened.id, officer="o-2")
        return
    with pytest.raises(PurposeDenied):
        await emergencies.read(services, opened.id, officer="o-2")
    assert (await done(services, spoken))[-1] == DENIED


async def test_an_emergency_opens_its_own_conversation_and_no_other(services, opened, client):
    """Another visitor's conversation stays shut for the same two people."""
    from support.visitors import Visitor

    other = Visitor(client)
    await other.begin({"store": True})
    await other.say("Do you set up CRM?")
    reader = Reader(emergencies.PURPOSE, emergencies.RECIPIENT, emergencies.ROLE, "o-1")
    with pytest.raises(PurposeDenied):
        assert [each async for each in services.wall.read(reader, "message", session_id=other.id)]
    assert opened


async def test_the_visitor_sees_later_that_it_was_opened_and_by_which_role(visitor, opened, services):
    """The access log shows asking, agreeing and each reading; staff appear as a role."""
    await emergencies.read(services, opened.id, officer="o-1")
    log = (await visitor.client.get("/v1/me/access-log", headers=visitor.headers)).json()["entries"]
    seen = [(entry["verb"], entry["role"], entry["recipient"]) for entry in log if entry["purpose"] == "safety"]
    assert seen == [("reveal", "officer", "break_glass")] * 3 + [("decide", "officer", "break_glass")] * 2
    assert "o-1" not in str(log)


@pytest.mark.parametrize("officer", ["", "Jane Doe", "jane@example.com", "é1", "x" * 65])
async def test_an_officer_is_named_by_an_id_and_the_error_repeats_nothing(services, spoken, officer):
    """A name or an address is refused before anything is written."""
    with pytest.raises(InvalidRequest) as wrong:
        await emergencies.open_(services, spoken, officer=officer, reason=Danger.LIFE)
    assert not officer or officer not in str(wrong.value)
    assert await done(services, spoken) == []


async def test_what_does_not_exist_cannot_be_opened_or_agreed_to_twice(services, opened):
    """Unknown ids are said to be unknown, and one agreement is enough."""
    with pytest.raises(NotFound):
        await emergencies.open_(services, "0" * 32, officer="o-1", reason=Danger.INJURY)
    with pytest.raises(NotFound):
        await emergencies.approve(services, "0" * 32, officer="o-1")
    with pytest.raises(InvalidRequest):
        await emergencies.approve(services, opened.id, officer="o-3")


async def test_an_emergency_is_forgotten_after_its_hard_limit_but_its_audit_stays(services, spoken, opened):
    """The row goes with the register's days; that it happened stays on record."""
    async with services.database.transaction() as session:
        (await session.get(Emergency, opened.id)).opened_at -= timedelta(days=366)
    async with services.database.reading() as session:
        now = (await session.get(ChatSession, spoken)).last_seen_at
    await sweep(services, now)
    async with services.database.reading() as session:
        assert (await session.exec(select(Emergency))).all() == []
    assert (await done(services, spoken))[0] == (Verb.DECIDE, "asked_life")


@pytest.mark.commitment("L8")
@pytest.mark.parametrize("same", ["OFFICER-1", "officer_1", "officer.1", "Officer--1", "officer-1."])
async def test_another_spelling_of_an_id_is_no_second_person(services, spoken, same):
    """Capitals and separators make nobody else of the one who asked."""
    asked = await emergencies.open_(services, spoken, officer="officer-1", reason=Danger.LIFE)
    with pytest.raises(PurposeDenied) as alone:
        await emergencies.approve(services, asked.id, officer=same)
    assert alone.value.members["reason"] == "second_person"
    assert (await emergencies.approve(services, asked.id, officer="officer-2")).approved_by == "officer-2"
