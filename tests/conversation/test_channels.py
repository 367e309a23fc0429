"""Channels of a running service: a closed one takes nothing, and an unlinked one gives everything back."""

import shutil

import pytest
import yaml
from sqlmodel import select
from support.busy_site import DATA

from chatbot import unlinking
from chatbot.consents import auditing
from chatbot.errors import NotFound
from chatbot.storage.tables import AuditEvent, ChatSession, ConsentEvent, Feedback, Handoff, Turn
from consent.data import check
from consent.sources import Source, SourceDenied, Sources
from consent.tables import new_id
from pii.text import from_storage

PAPERS = {"provider": "Example Network", "provenance": "REC-7", "consent_proof": "CP-3", "scopes": ["name"]}


@pytest.fixture
def settings(make_settings, tmp_path):
    """A site that has opened the channel of linked accounts, with its papers, and closed that of ratings."""
    folder = shutil.copytree(DATA, tmp_path / "data")
    path = folder / "registers" / "sources.yaml"
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows = {row["id"]: row for row in raw["sources"]}
    rows["social"] |= {"open": True} | PAPERS
    rows["feedback"]["open"] = False
    check(raw, Sources, "sources.yaml")
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return make_settings(data_dir=folder)


async def linked(services, visitor):
    """Let a visitor chat, and let a linked account bring a conversation and a message; gives the subject."""
    await visitor.begin({"store": True})
    await visitor.say("What is an ERP?")
    async with services.database.transaction() as session:
        mine = (await session.exec(select(ChatSession))).one()
        fields = mine.model_dump(exclude={"id", "source", "audit_number", "audit_digest"})
        session.add(ChatSession(**fields, id="b" * 32, source="social"))
        await session.flush()
        for where in (mine.id, "b" * 32):
            session.add(
                Handoff(
                    id=new_id(), session_id=where, idempotency_key=where.encode(), message=from_storage("hello"),
                    source="social", created_at=mine.created_at,
                )
            )  # fmt: skip
    return mine.subject_id


async def every(services, table):
    async with services.database.reading() as session:
        return (await session.exec(select(table))).all()


@pytest.mark.commitment("H11", part="the source")
async def test_unlinking_erases_what_the_account_brought_and_nothing_else(services, visitor):
    """Its conversation and its messages, also beside the visitor's own; the chat and the proof of consent stay."""
    subject = await linked(services, visitor)
    proof = [each.digest for each in await every(services, ConsentEvent)]
    assert await unlinking.unlink(services, subject, Source.SOCIAL, by="officer-7") == 2
    assert [each.source for each in await every(services, ChatSession)] == ["chat"]
    assert await every(services, Handoff) == []
    assert len(await every(services, Turn)) == 1
    assert [each.digest for each in await every(services, ConsentEvent)] == proof
    async with services.database.reading() as session:
        [fact] = [entry.fact for entry in await auditing.read(session, subject) if entry.fact.reason == "unlinked"]
    assert (fact.actor, fact.recipient) == ("officer-7", "social")
    assert (await visitor.client.get(f"/v1/sessions/{visitor.id}/turns", headers=visitor.headers)).status_code == 200


@pytest.mark.commitment("H9", part="the source")
async def test_the_visitor_sees_through_which_channel_each_answer_came(services, visitor):
    """The history of consent names it."""
    await visitor.begin({"store": True})
    history = await visitor.client.get("/v1/me/consents/history", headers=visitor.headers)
    assert {event["source"] for event in history.json()["events"]} == {"chat"}


@pytest.mark.commitment("H10", "H13")
@pytest.mark.parametrize("source", ["advertising", "enrichment", "enrichment:LB-1"])
async def test_a_running_service_lets_nothing_in_through_a_closed_channel(services, visitor, source):
    """The other channels of partners stay shut while one is open."""
    await linked(services, visitor)
    before = len(await every(services, Handoff))
    with pytest.raises(SourceDenied):
        async with services.database.transaction() as session:
            mine = (await session.exec(select(ChatSession))).first()
            session.add(
                Handoff(
                    id=new_id(), session_id=mine.id, idempotency_key=b"k" * 32, message=from_storage("x"),
                    source=source, created_at=mine.created_at,
                )
            )  # fmt: skip
    assert len(await every(services, Handoff)) == before


async def test_a_visitor_is_told_that_a_way_is_closed_and_nothing_is_kept(services, visitor):
    """A rating where the site takes none: a problem of its own, without a word of what was written."""
    await visitor.begin({"store": True})
    await visitor.say("What is an ERP?")
    rating = {"turn": 1, "rating": "up", "comment": "canary words"}
    answer = await visitor.client.post(f"/v1/sessions/{visitor.id}/feedback", json=rating, headers=visitor.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "source_closed")
    assert "canary" not in answer.text
    assert await every(services, Feedback) == []


@pytest.mark.commitment("H9", "H11", part="the source")
async def test_the_privacy_page_says_what_this_sites_channels_bring_and_from_whom(client):
    """Opened by the register, told on the page; what is closed is named as closed."""
    page = (await client.get("/privacy")).text
    assert "Where Your Information Comes From" in page
    assert "Example Network" in page
    assert "Nothing reaches us through: Ratings, CRM and ERP systems" in page


async def test_unlinking_somebody_who_is_not_here_writes_nothing_down(services):
    """What was typed, an address by mistake, say, would else stand in a record that nobody can change."""
    with pytest.raises(NotFound) as unknown:
        await unlinking.unlink(services, "jane.canary@mail.example", Source.SOCIAL, by="officer-7")
    assert "canary" not in str(unknown.value)
    assert await every(services, AuditEvent) == []
