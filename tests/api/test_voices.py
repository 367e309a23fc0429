"""Ratings and messages for a person: redacted with the conversation's vault, kept only with a yes."""

import uuid

import pytest
from sqlalchemy import text as sql


async def put(visitor, path, body, key=None):
    headers = visitor.headers | {"Idempotency-Key": key or str(uuid.uuid4())}
    return await visitor.client.post(f"/v1/sessions/{visitor.id}/{path}", json=body, headers=headers)


async def one(services, query):
    async with services.database.reading() as session:
        return (await (await session.connection()).execute(sql(query))).fetchall()


@pytest.mark.commitment("H4")
async def test_a_comment_is_redacted_and_a_known_value_keeps_its_placeholder(visitor, services):
    await visitor.begin({"store": True})
    await visitor.say("My e-mail is jo@mail.example, do you set up CRM?")
    comment = "Write to jo@mail.example or ann@mail.example"
    assert (await put(visitor, "feedback", {"turn": 1, "rating": "down", "comment": comment})).status_code == 201
    kept = "Write to <EMAIL_ADDRESS_1> or <EMAIL_ADDRESS_2>"
    assert await one(services, "SELECT rating, comment FROM feedback") == [("down", kept)]
    answer = await visitor.say("My other address is bob@mail.example")
    assert "<EMAIL_ADDRESS_3>" in answer.of("redaction")[0]["text"]


async def test_rating_again_replaces_the_rating(visitor, services):
    await visitor.begin({"store": True})
    await visitor.say("hello")
    for rating in ("up", "down"):
        await put(visitor, "feedback", {"turn": 1, "rating": rating})
    assert await one(services, "SELECT rating FROM feedback") == [("down",)]


async def test_a_rating_of_a_turn_that_is_not_there_is_told(visitor):
    await visitor.begin({"store": True})
    assert (await put(visitor, "feedback", {"turn": 7, "rating": "up"})).status_code == 404


async def test_an_unstored_conversation_is_rated_by_a_counter_alone(visitor, services):
    await visitor.begin()
    await visitor.say("hello")
    body = {"turn": 1, "rating": "up", "comment": "from jo@mail.example"}
    assert (await put(visitor, "feedback", body)).status_code == 201
    assert await one(services, "SELECT count(*) FROM feedback") == [(0,)]
    assert 'chatbot_ratings_total{rating="up"} 1.0' in services.metrics.render().decode()


async def test_a_message_for_a_person_gets_one_reference_however_often_it_is_sent(visitor, services):
    await visitor.begin({"store": True})
    key = str(uuid.uuid4())
    body = {"message": "Please call Thandi Nkosi on 082 555 0117"}
    first, again = [(await put(visitor, "handoff", body, key)).json() for _ in range(2)]
    assert first["reference"] == again["reference"]
    [(kept,)] = await one(services, "SELECT message FROM handoff")
    assert kept == "Please call <PERSON_1> on <PHONE_NUMBER_1>"
    other = await put(visitor, "handoff", {"message": "Something else"}, key)
    assert other.json()["code"] == "idempotency_conflict"


async def test_a_message_for_a_person_needs_leave_to_store_it(visitor, services):
    await visitor.begin()
    refused = await put(visitor, "handoff", {"message": "call me"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "consent_required"
    assert "@" in refused.json()["detail"]
    assert await one(services, "SELECT count(*) FROM handoff") == [(0,)]
