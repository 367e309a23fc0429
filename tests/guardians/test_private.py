"""A child's conversation is private: over every route, nobody but the child and its guardian gets any of it."""

import re
import uuid

import pytest
from sqlmodel import select
from support.visitors import Visitor

from chatbot.app import build
from chatbot.storage.tables import Handoff, Turn, VaultRow

SECRET = "zebrafish-homework-canary"
SHARING = re.compile(r"share|public|follow|friend|feed(?!back)|profile|location|activity|contacts|leader|search")
# What anybody may read or begin without a token: our own texts, ways in, and things that belong to no conversation.
OPEN = {
    "/v1/notice", "/v1/notice/versions", "/v1/notice/diff", "/v1/notice/versions/{version}", "/v1/cookies",
    "/v1/sessions", "/v1/guardian/invitations", "/v1/guardian/sessions", "/v1/guardian/reports", "/v1/guardian/child",
    "/v1/subscriptions", "/v1/rights", "/.well-known/consent-receipt-key.json", "/.well-known/gpc.json",
    "/health/live", "/health/ready", "/metrics",
}  # fmt: skip
BODIES = {
    "messages": {"text": "hello"},
    "feedback": {"turn": 1, "rating": "up"},
    "handoff": {"message": "hello"},
    "consents": {"consents": {"store": True}, "notice_version": "x"},
    "acknowledgements": {"notice_version": "x"},
    "objections": {"purposes": {"statistics": True}},
    "memory": {"preferences": {"length": "short"}},
    "reports": {"session": "0" * 32},
}


@pytest.fixture
async def child(family, visitor, client):
    """A child with a guardian's yes to storing, who said something; and the words that nobody else may get."""
    _, code = await family.agreed("store")
    await family.enter(visitor, code)
    await visitor.say(f"My {SECRET} is about fish, help me")
    return visitor


@pytest.fixture
def operations(settings, services):
    """Every path and method of the interface, as it describes itself."""
    app = build(settings, services)
    while not hasattr(app, "openapi_schema"):
        app = getattr(app, "_app", None) or app.app
    described = app.openapi_schema.to_schema()["paths"]
    return [(path, method) for path, methods in described.items() for method in methods]


async def call(client, path, method, ids, headers):
    filled = re.sub(r"\{(\w+)\}", lambda match: ids.get(match[1], "1"), path)
    body = BODIES.get(path.rsplit("/", 1)[-1])
    sent = headers | {"Idempotency-Key": str(uuid.uuid4())}
    return await client.request(method.upper(), filled, json=body if method != "get" else None, headers=sent)


def gives_away(answer, child):
    return SECRET in answer.text or (child.id in answer.text and answer.status_code < 400)


@pytest.mark.commitment("N10", "N9")
async def test_no_route_gives_a_childs_conversation_to_anybody_else(child, client, operations):
    """Walked over the OpenAPI document with the child's own ids: without a token, and with another visitor's."""
    other = Visitor(client)
    await other.begin({"store": True})
    ids = {"session_id": child.id, "version": "x"}
    leaks, without_token = [], set()
    for path, method in operations:
        for headers in ({}, other.headers, {"Authorization": "Bearer rt1.forged"}):
            answer = await call(client, path, method, ids, headers)
            if gives_away(answer, child):
                leaks.append((path, method))
            if "{session_id}" in path:
                assert answer.status_code in {401, 403, 404}, (path, method, answer.status_code)
            if not headers and answer.status_code < 400:
                without_token.add(path)
        if path == "/v1/me" and method == "delete":
            await other.begin({"store": True})  # the other visitor just erased their own
    assert leaks == []
    assert without_token <= OPEN
    assert len(operations) > 20
    turns = await client.get(f"/v1/sessions/{child.id}/turns", headers=child.headers)
    assert SECRET in turns.text  # the child itself still reads it


@pytest.mark.commitment("N10")
def test_there_is_no_way_to_share_publish_or_follow(operations):
    """No path of the interface offers it, to minors or anybody."""
    assert SHARING.search("/v1/sessions/{session_id}/share")
    assert [path for path, _ in operations if SHARING.search(path)] == []


@pytest.mark.commitment("U4")
async def test_what_the_team_can_read_holds_placeholders_and_the_values_stay_sealed(services, visitor):
    """Transcript and message for a person as they are kept; the vault opens with the visitor's token alone."""
    await visitor.begin({"store": True})
    await visitor.say("I am Thandi Nkosi, thandi@canary.example, 082 555 0142. What is an ERP?")
    left = await visitor.client.post(
        f"/v1/sessions/{visitor.id}/handoff",
        json={"message": "Call Thandi Nkosi on 082 555 0142 please"},
        headers=visitor.headers,
    )
    assert left.status_code == 201
    async with services.database.reading() as session:
        turn = (await session.exec(select(Turn))).one()
        message = (await session.exec(select(Handoff))).one().message.text
        sealed = (await session.exec(select(VaultRow))).one().sealed
    for text in (turn.question.text, message):
        assert not re.search(r"Thandi|Nkosi|canary|0142", text)
    assert {"<PERSON_1>", "<PHONE_NUMBER_1>"} <= set(re.findall(r"<\w+>", message))
    assert set(re.findall(r"<\w+>", message)) <= set(re.findall(r"<\w+>", turn.question.text))
    assert b"Thandi" not in sealed
    back = await visitor.client.get(f"/v1/sessions/{visitor.id}/turns", headers=visitor.headers)
    assert "thandi@canary.example" in back.text
