"""Storing ends, and what was kept goes to its visitor: also late, and also when the answer gets lost."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text as sql
from sqlmodel import select, update

from chatbot.consents.handed import KEEP
from chatbot.officers import duties
from chatbot.seals import derive
from chatbot.storage.tables.tokens import HandedOver

NO = {"store": False}
ROWS = "SELECT (SELECT count(*) FROM chat_session), (SELECT count(*) FROM turn), (SELECT count(*) FROM vault)"


async def rows(services):
    async with services.database.reading() as session:
        return tuple((await (await session.connection()).execute(sql(ROWS))).one())


@pytest.fixture
def choose(visitor):
    """Send choices with a token, the visitor's own unless another is given."""

    async def send(consents, token=None):
        version = (await visitor.client.get("/v1/notice")).json()["version"]
        headers = {"Authorization": f"Bearer {token or visitor.token}"}
        body = {"consents": consents, "notice_version": version}
        return await visitor.client.put("/v1/me/consents", json=body, headers=headers)

    return send


@pytest.fixture
async def kept(visitor):
    """A stored conversation in which a name was said; gives its visitor."""
    await visitor.begin({"store": True})
    await visitor.say("I am Thandi Nkosi. Do you set up CRM?")
    return visitor


async def goes_on(visitor, answer):
    """Whether the conversation that came with an answer goes on with its visitor's own values."""
    visitor.token, visitor.state = answer["token"], answer["conversation"]
    return "Thandi Nkosi" in (await visitor.say("What is my name?")).text


@pytest.mark.commitment("L3")
@pytest.mark.parametrize("days", [179, 181, 366])
async def test_storing_is_ended_and_handed_over_although_the_yes_has_run_out(
    kept, services, answered_long_ago, choose, days
):
    """Silence has ended the yes already: saying no still gets the conversation, and leaves nothing here."""
    await answered_long_ago(kept, {"store": True}, days)
    changed = await choose(NO)
    assert (changed.status_code, changed.json()["state"]) == (200, "ephemeral")
    assert await rows(services) == (0, 0, 0)
    assert await goes_on(kept, changed.json())


@pytest.mark.commitment("L3")
async def test_a_lost_answer_to_the_end_of_storing_is_given_again(kept, services, choose):
    """The first answer never arrives: the same request with the same token gets the same, and the talk goes on."""
    lost = await choose(NO)
    assert await rows(services) == (0, 0, 0)
    again = await choose(NO)
    assert again.status_code == 200
    same = ("consents", "notice_version", "state", "conversation")
    assert [again.json()[each] for each in same] == [lost.json()[each] for each in same]
    assert await goes_on(kept, again.json())


async def test_another_request_with_the_old_token_gets_nothing(kept, choose):
    """Only the very same choice is a repeat; the old token opens nothing else."""
    await choose(NO)
    assert (await choose({"store": True})).status_code == 404
    assert (await choose(NO | {"improve": False})).status_code == 404
    assert (await kept.client.get("/v1/me/consents", headers=kept.headers)).status_code == 404


async def waiting(services):
    """Give the answers on their way."""
    async with services.database.reading() as session:
        return (await session.exec(select(HandedOver))).all()


async def test_after_some_minutes_the_answer_is_gone(kept, services, choose):
    """What waits for a repeat goes by itself: it is not given any more, and swept away."""
    await choose(NO)
    await duties.sweep(services, datetime.now(UTC) + KEEP - timedelta(seconds=5))
    assert len(await waiting(services)) == 1
    async with services.database.transaction() as session:
        await session.exec(update(HandedOver).values(until=datetime.now(UTC)))
    assert (await choose(NO)).status_code == 404
    await duties.sweep(services, datetime.now(UTC))
    assert await waiting(services) == []


async def test_erasing_takes_the_answer_on_its_way_along(kept, services, choose):
    """Who erases after the hand-over leaves nothing to repeat."""
    changed = (await choose(NO)).json()
    headers = {"Authorization": f"Bearer {changed['token']}"}
    assert (await kept.client.delete("/v1/me", headers=headers)).status_code == 200
    assert (await choose(NO)).status_code == 404


async def test_an_answer_on_its_way_opens_with_its_own_token_alone(kept, services, choose):
    """Neither the database nor another token of the same session reads it, and nothing in it leads to a session."""
    claims = services.seals.claims(kept.token, int(time.time()))
    await choose(NO)
    (row,) = await waiting(services)
    assert services.seals.open_answer(claims, row.sealed)
    other = type(claims)(
        **{name: getattr(claims, name) for name in claims.__struct_fields__} | {"secret": derive(b"x", "y")}
    )
    assert services.seals.open_answer(other, row.sealed) is None
    assert services.seals.open_state(claims, row.sealed.hex()) is None
    assert other.mark("handed over") != row.mark
    assert kept.id not in row.model_dump_json(exclude={"sealed"})
    assert b"Nkosi" not in row.sealed


async def test_a_child_found_out_gets_no_hand_over_again(kept, services, choose):
    """A session that is held gives nothing, also not what it gave a moment ago."""
    from chatbot.conversation import children

    await choose(NO)
    await children.hold(services, kept.id, children.Found("agent", "agent"))
    assert (await choose(NO)).json()["code"] == "guardian_required"


async def test_erasing_with_the_old_token_takes_the_answer_along_too(kept, services, choose):
    """Whoever lost the answer has only the old token: it opens nothing any more, but what waits for it goes."""
    await choose(NO)
    assert (await kept.client.delete("/v1/me", headers=kept.headers)).status_code == 404
    assert await waiting(services) == []
