"""Each act on personal information is one event of its verb, in the transaction of the act; a failed act is none."""

import asyncio
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlmodel import select
from support.visitors import Visitor

from chatbot.app import build
from chatbot.cli.serve import prepare
from chatbot.consents import auditing
from chatbot.consents.chains import verify
from chatbot.conversation.keeping import Asked, Record
from chatbot.conversation.retention import sweep
from chatbot.errors import TurnInProgress
from chatbot.start import start
from chatbot.storage.tables import ChatSession
from chatbot.storage.tables.consents import AuditEvent
from consent.audit import Verb
from pii.text import from_storage

YES = {"store": True}


async def recorded(services):
    """Count every event on record, by what it says."""
    async with services.database.reading() as session:
        rows = (await session.exec(select(AuditEvent))).all()
    return Counter((row.verb, row.data_class, row.reason) for row in rows)


async def choose(visitor, consents):
    version = (await visitor.client.get("/v1/notice")).json()["version"]
    body = {"consents": consents, "notice_version": version} | ({"state": visitor.state} if visitor.state else {})
    changed = (await visitor.client.put("/v1/me/consents", json=body, headers=visitor.headers)).json()
    visitor.token, visitor.state = changed["token"], changed["conversation"]


async def rate(visitor, rating):
    body = {"turn": 1, "rating": rating, "comment": "my mail is jo@mail.example"}
    return await visitor.client.post(f"/v1/sessions/{visitor.id}/feedback", json=body, headers=visitor.headers)


async def hand_off(visitor):
    headers = visitor.headers | {"Idempotency-Key": str(uuid.uuid4())}
    return await visitor.client.post(
        f"/v1/sessions/{visitor.id}/handoff", json={"message": "please call"}, headers=headers
    )


class Life:
    """One visitor's conversation on a real service, and what its acts should have left on record."""

    def __init__(self, services, make_client):
        self.services, self.visitor = services, Visitor(make_client())
        self.expected, self.stored, self.turns, self.rated = Counter(), False, 0, False

    def expect(self, *facts):
        self.expected.update(facts)

    async def begin(self):
        assert (await self.visitor.begin(YES)).json()["state"] == "stored"
        self.stored, self.turns, self.rated = True, 0, False
        self.expect(("collect", "conversation", ""))

    async def say(self):
        assert (await self.visitor.say("I am Thandi Nkosi. Do you set up CRM?")).status == 200
        self.turns += 1
        if self.stored:
            self.expect(("store", "message", ""), ("store", "reply", ""))

    async def rate(self, rating):
        assert (await rate(self.visitor, rating)).status_code == 201
        if self.stored:
            self.expect(("modify" if self.rated else "store", "feedback", ""))
            self.rated = True

    async def hand_off(self):
        assert (await hand_off(self.visitor)).status_code == 201
        self.expect(("store", "handoff", ""))

    async def stop_storing(self):
        await choose(self.visitor, {"store": False})
        self.stored, self.rated = False, False
        self.expect(("disclose", "conversation", ""), ("destroy", "conversation", "handed_over"))

    async def store_again(self):
        await choose(self.visitor, {"store": True})
        self.stored = True
        self.expect(("collect", "conversation", ""), *([("store", "conversation", "")] if self.turns else []))

    async def erase(self):
        await self.visitor.client.delete("/v1/me", headers=self.visitor.headers)
        self.expect(*([("destroy", "conversation", "")] if self.stored else []))
        self.visitor.token, self.visitor.state, self.stored = None, None, False

    async def sweep(self):
        await sweep(self.services, datetime.now(UTC) + timedelta(days=400))
        self.expect(*([("destroy", "conversation", "retention")] if self.stored else []))
        self.visitor.token, self.visitor.state, self.stored = None, None, False


class Site:
    """A real service, driven from code that is not async."""

    def __init__(self, given, redactor):
        prepare(given)
        self.loop, self.services, self._clients = asyncio.new_event_loop(), start(given, redactor), []
        self._app = build(given, self.services)
        self.do(self.services.editions.refresh(self.services.database))

    def do(self, act):
        return self.loop.run_until_complete(act)

    def client(self):
        transport = httpx.ASGITransport(app=self._app)
        self._clients.append(httpx.AsyncClient(transport=transport, base_url="http://testserver"))
        return self._clients[-1]

    def empty(self):
        """Erase what a visitor before left behind; gives what is on record then."""
        self.do(sweep(self.services, datetime.now(UTC) + timedelta(days=400)))
        return self.do(recorded(self.services))

    def close(self):
        for each in (*self._clients, self.services.redaction):
            self.do(each.aclose())
        self.do(self.services.database.close())
        self.loop.close()


class Acts(RuleBasedStateMachine):
    """A visitor who does things in any order."""

    site: Site

    def __init__(self):
        super().__init__()
        self.before = self.site.empty()
        self.life = Life(self.site.services, self.site.client)

    @property
    def here(self):
        return self.life.visitor.token is not None

    @rule()
    @precondition(lambda self: not self.here)
    def begin(self):
        self.site.do(self.life.begin())

    @rule()
    @precondition(lambda self: self.here)
    def say(self):
        self.site.do(self.life.say())

    @rule(rating=st.sampled_from(["up", "down"]))
    @precondition(lambda self: self.here and self.life.turns)
    def rate(self, rating):
        self.site.do(self.life.rate(rating))

    @rule()
    @precondition(lambda self: self.life.stored)
    def hand_off(self):
        self.site.do(self.life.hand_off())

    @rule()
    @precondition(lambda self: self.life.stored)
    def stop_storing(self):
        self.site.do(self.life.stop_storing())

    @rule()
    @precondition(lambda self: self.here and not self.life.stored)
    def store_again(self):
        self.site.do(self.life.store_again())

    @rule()
    @precondition(lambda self: self.here)
    def erase(self):
        self.site.do(self.life.erase())

    @rule()
    @precondition(lambda self: self.here)
    def sweep(self):
        self.site.do(self.life.sweep())

    @invariant()
    def the_record_is_exact(self):
        assert self.site.do(recorded(self.site.services)) - self.before == self.life.expected
        assert not self.site.do(verify(self.site.services.database)).broken


@pytest.mark.commitment("D4")
def test_whatever_a_visitor_does_in_whatever_order_each_act_is_one_event(make_settings, redactor):
    """A state machine over the whole service: after each step the record holds exactly the events of the acts."""
    site = Site(make_settings(), redactor)
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    limits = settings(max_examples=6, stateful_step_count=14, deadline=None, suppress_health_check=checks)
    try:
        run_state_machine_as_test(type("OnSite", (Acts,), {"site": site}), settings=limits)
    finally:
        site.close()


@pytest.mark.commitment("D4")
async def test_an_act_that_is_rolled_back_leaves_no_event_and_no_gap(visitor, services, redactor):
    """Two writers want the same turn: the loser's message is not kept, and neither is its event."""
    await visitor.begin(YES)
    claims = services.seals.claims(visitor.token, 0)
    first, second = await services.stored.open(claims, None), await services.stored.open(claims, None)
    asked = [
        Asked(redactor.redact("Do you set up CRM?", each.vault), key * 32, key * 32)
        for each, key in ((first, b"a"), (second, b"b"))
    ]
    await services.stored.begin(first, asked[0])
    before = await recorded(services)
    with pytest.raises(TurnInProgress):
        await services.stored.begin(second, asked[1])
    assert await recorded(services) == before
    await services.stored.finish(first, asked[0], Record(from_storage("yes"), "complete", "m", "v"))
    assert (await recorded(services)) - before == Counter({("store", "reply", ""): 1})
    assert not (await verify(services.database)).broken


@pytest.mark.commitment("D4")
@pytest.mark.parametrize("act", ["say", "rate", "hand_off"])
async def test_an_act_after_the_yes_ran_out_is_refused_once_on_record_and_nothing_else(
    visitor, services, answered_long_ago, act
):
    """The refusal stays although the act's own transaction is rolled back."""
    await visitor.begin(YES)
    await visitor.say("Do you set up CRM?")
    await answered_long_ago(visitor, YES, 181)
    before = await recorded(services)
    if act == "say":
        assert (await visitor.say("And an ERP?")).problem["code"] == "consent_required"
    else:
        refused = await (rate(visitor, "up") if act == "rate" else hand_off(visitor))
        assert refused.json()["code"] == "consent_required"
    assert (await recorded(services)) - before == Counter({("deny", "message", "no_consent"): 1})


@pytest.mark.commitment("D11", "N12")
async def test_a_minors_yes_to_what_is_not_for_minors_is_refused_on_record(visitor, services):
    """At seventeen in Germany one may agree to storing; a tick for improving is not taken, and that is on record."""
    now = datetime.now(UTC)
    born = f"{now.year - 17}-01"
    begun = await visitor.begin({"store": True, "improve": True, "personalise": True}, born=born)
    assert begun.json()["state"] == "stored"
    denied = {key for key in await recorded(services) if key[0] == "deny"}
    assert denied == {("deny", "consent_record", "minor")}
    async with services.database.reading() as session:
        kept = await session.get(ChatSession, visitor.id)
        facts = [entry.fact for entry in await auditing.read(session, kept.id)]
    assert kept.minor
    assert [fact.purpose for fact in facts if fact.verb is Verb.DENY] == ["improve", "personalise"]


async def test_the_visitor_sees_what_was_done_with_the_conversation_without_names(visitor, services):
    """The access log tells verb, role and reason; a session of which nothing is kept has none."""
    await visitor.begin(YES)
    await visitor.say("Do you set up CRM?")
    log = (await visitor.client.get("/v1/me/access-log", headers=visitor.headers)).json()
    assert [(entry["verb"], entry["role"]) for entry in log["entries"]] == [
        ("store", "service"),
        ("store", "visitor"),
        ("collect", "visitor"),
    ]
    assert all("actor" not in entry for entry in log["entries"])
    assert log["next"] is None
    await choose(visitor, {"store": False})
    nothing = {"entries": [], "next": None}
    assert (await visitor.client.get("/v1/me/access-log", headers=visitor.headers)).json() == nothing


async def test_the_access_log_comes_in_pages_from_both_of_its_streams_whatever_the_clocks_said(visitor, services):
    """Each entry once, newest first, each stream in its own order; a cursor that is none is refused."""
    await visitor.begin(YES)
    now = datetime.now(UTC)
    async with services.database.transaction() as session:
        kept = await session.get(ChatSession, visitor.id)
        for number, minutes in enumerate((1, 3, 2)):  # the clock of one replica was ahead
            seen = auditing.act(Verb.USE, "message", reason=f"s{number}")
            await auditing.write(session, kept.subject_id, [seen], now=now + timedelta(minutes=minutes))
        for number in range(3):
            used = auditing.act(Verb.USE, "message", reason=f"c{number}")
            await auditing.record(session, kept, used, now=now + timedelta(minutes=4))
    told, after = [], {}
    while after is not None:
        answer = await visitor.client.get("/v1/me/access-log", params={"limit": 2} | after, headers=visitor.headers)
        told += [entry["reason"] for entry in answer.json()["entries"]]
        after = {"after": answer.json()["next"]} if answer.json()["next"] else None
    assert told == ["c2", "c1", "c0", "s2", "s1", "s0", ""]
    for wrong in ({"after": "x"}, {"after": "1.2.3"}, {"after": ".\n"}, {"limit": 0}):
        refused = await visitor.client.get("/v1/me/access-log", params=wrong, headers=visitor.headers)
        assert refused.status_code == 400
