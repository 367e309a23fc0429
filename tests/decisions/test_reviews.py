"""Automated decisions: on record by rule and score, open to a person's review, and reversible."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from support.visitors import GROWN_UP, Visitor

from chatbot.consents import auditing
from chatbot.consents.withdrawn import session_key
from chatbot.conversation import children
from chatbot.decisions import log as decisions
from chatbot.decisions.log import Made, Where
from chatbot.guardians import duties
from chatbot.storage.tables import AuditEvent, ChatSession
from chatbot.storage.tables.decisions import Decision
from chatbot.storage.tables.guardians import ChildHold, Incident
from consent.audit import check
from pii.flags import CHILD_VERSION

SAYS = "I am 12 years old. What is an ERP?"
ASK = "What is an ERP?"


@pytest.mark.commitment("D10")
@pytest.mark.parametrize("store", [True, False])
async def test_a_hold_names_its_decision_with_rule_version_and_score(person, store):
    """The inputs hold ids and scores; not a word of the message is among them."""
    problem = await person.held(store=store)
    (decision,) = await person.mine()
    assert decision["id"] == problem["decision"]
    assert (decision["kind"], decision["effect"]) == ("child_hold", "held")
    assert (decision["rule"], decision["version"]) == ("pii CHILD >= 0.85", CHILD_VERSION)
    assert decision["inputs"] == {"found_by": "chat", "flag": "CHILD", "score": 0.95, "least": 0.85}
    assert (decision["reviewable"], decision["review"]) == (True, None)
    assert "ERP" not in json.dumps(decision)


@pytest.mark.commitment("D10")
@pytest.mark.parametrize("store", [True, False])
async def test_a_person_reverses_it_and_the_chat_goes_on(person, officer, visitor, every, store):
    """From the button to the officer's command and back to the chat, kept or not."""
    identity = (await person.held(store=store))["decision"]
    asked = await person.review(identity)
    assert asked.status_code == 202
    assert asked.json()["id"] == identity
    (waiting,) = json.loads(await officer("decisions", "list", "--open", "--json"))["rows"]
    assert waiting["id"] == identity
    await officer("decisions", "reverse", identity, "--officer", "officer-1", "--reason", "not_a_child")
    assert (await visitor.say(ASK)).status == 200
    (decision,) = await person.mine()
    assert decision["review"]["outcome"] == "reversed"
    assert decision["reviewable"] is False
    assert [row.status for row in await every(Incident)] == ["false_alarm"]


@pytest.mark.commitment("D10")
async def test_an_officers_report_can_be_appealed_like_the_rules_own(person, visitor, officer, services):
    """Whoever found the child: the same button, the same way back."""
    await visitor.begin({"store": True})
    await children.hold(services, visitor.id, children.Found("agent", "agent"))
    (decision,) = await person.mine()
    await person.review(decision["id"])
    await officer("decisions", "reverse", decision["id"], "--officer", "officer-1", "--reason", "rule_wrong")
    assert (await visitor.say(ASK)).status == 200


@pytest.mark.parametrize("store", [True, False])
async def test_upheld_stays_held(person, officer, visitor, store):
    """A person looked, and the rule was right."""
    identity = (await person.held(store=store))["decision"]
    await person.review(identity)
    await officer("decisions", "uphold", identity, "--officer", "officer-1", "--reason", "child_confirmed")
    assert (await visitor.say(ASK)).problem["decision"] == identity
    assert [each["review"]["outcome"] for each in await person.mine()] == ["upheld"]
    again = await officer("decisions", "reverse", identity, "--officer", "officer-2", "--reason", "test", code=1)
    assert "decided this already" in again


@pytest.mark.commitment("D10")
async def test_a_review_stops_the_erasing_clock_but_not_for_ever(person, services, every):
    """Nothing is erased while a person looks at it; after the days that the site allows it is."""
    identity = (await person.held(store=True))["decision"]
    assert (await person.review(identity)).status_code == 202
    now = datetime.now(UTC)
    assert (await duties.sweep(services, now + timedelta(days=6)))["erased"] == 0
    assert (await duties.sweep(services, now + timedelta(days=8)))["erased"] == 1
    assert await every(ChatSession) == []


async def test_asking_twice_moves_no_clock(person, every):
    """The second press gives the first one's answer."""
    identity = (await person.held(store=True))["decision"]
    first = (await person.review(identity)).json()
    (before,) = await every(ChildHold)
    assert (await person.review(identity)).json() == first
    (after,) = await every(ChildHold)
    assert after.erase_at == before.erase_at


async def test_upholding_lets_the_erasing_go_on_as_planned(person, services, officer, every):
    """The wait was for the review alone."""
    identity = (await person.held(store=True))["decision"]
    await person.review(identity)
    await officer("decisions", "uphold", identity, "--officer", "officer-1", "--reason", "child_confirmed")
    assert (await duties.sweep(services, datetime.now(UTC) + timedelta(hours=25)))["erased"] == 1
    assert await every(ChatSession) == []


async def test_asked_too_late_it_is_looked_at_all_the_same(person, services, officer):
    """What was erased stays erased; that the rule was wrong still goes on record."""
    identity = (await person.held(store=True))["decision"]
    await duties.sweep(services, datetime.now(UTC) + timedelta(hours=25))
    assert (await person.review(identity)).status_code == 202
    await officer("decisions", "reverse", identity, "--officer", "officer-1", "--reason", "rule_wrong")
    assert [each["review"]["outcome"] for each in await person.mine()] == ["reversed"]


@pytest.mark.commitment("D10")
async def test_what_holds_one_conversation_of_a_visitor_is_reviewed_from_the_other(person, client, visitor):
    """A visitor who agreed to be remembered is held everywhere, so the button works everywhere."""
    yes = {"store": True, "personalise": True}
    await visitor.begin(yes)
    await visitor.say(ASK)
    notice = (await client.get("/v1/notice")).json()
    body = GROWN_UP | {"consents": yes, "notice_version": notice["version"]}
    later = Visitor(client)
    later.token = (await client.post("/v1/sessions", json=body, headers=visitor.headers)).json()["token"]
    identity = (await visitor.say(SAYS)).problem["decision"]
    shown = (await client.get("/v1/me/decisions", headers=later.headers)).json()["decisions"]
    assert [each["id"] for each in shown] == [identity]
    assert (await person.review(identity, later)).status_code == 202


@pytest.mark.parametrize("store", [True, False])
async def test_nobody_asks_about_another_ones_decision(person, client, store):
    """An id alone opens nothing."""
    identity = (await person.held(store=store))["decision"]
    other = Visitor(client)
    await other.begin({"store": store})
    assert (await person.review(identity, other)).status_code == 404
    assert (await person.review("0" * 32, other)).status_code == 404


@pytest.mark.commitment("N16")
async def test_of_a_visitor_who_is_not_stored_only_an_incident_is_written(person, visitor, counts, disk):
    """No row, no hash and no number of the session is on disk: the hold lives in memory."""
    before = await counts()
    await person.held(store=False)
    after = await counts()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "incident": 1,
        "audit_event": 1,
    }
    written = await disk()
    assert visitor.id.encode() not in written
    assert session_key(visitor.id).encode() not in written


async def test_who_asks_for_a_review_leaves_no_mark_of_the_session_either(person, visitor, every, disk):
    """The row has the rule and the score, because its visitor asked, and names no session."""
    identity = (await person.held(store=False))["decision"]
    await person.review(identity)
    (row,) = await every(Decision)
    assert (row.id, row.session_id) == (identity, None)
    written = await disk()
    assert visitor.id.encode() not in written
    assert session_key(visitor.id).encode() not in written


async def test_an_incident_about_a_session_that_was_not_stored_closes_with_its_token(person, services, every):
    """Nothing is left to erase once no token of it can live."""
    await person.held(store=False)
    now = datetime.now(UTC)
    assert (await duties.sweep(services, now + timedelta(hours=23)))["incidents_closed"] == 0
    assert (await duties.sweep(services, now + timedelta(hours=25)))["incidents_closed"] == 1
    assert [row.status for row in await every(Incident)] == ["closed"]


async def test_found_again_after_a_false_alarm_is_a_decision_of_its_own(person, visitor, officer):
    """The first stays on record as reversed; the second can be appealed like it."""
    first = (await person.held(store=True))["decision"]
    await officer("decisions", "reverse", first, "--officer", "officer-1", "--reason", "not_a_child")
    second = (await visitor.say(SAYS)).problem["decision"]
    assert second != first
    assert [each["id"] for each in await person.mine()] == [first, second]


@pytest.mark.commitment("D10")
async def test_a_refusal_for_age_is_answered_on_the_spot_and_only_counted(visitor, services, counts):
    """The rule, its version, and whom to write to; not a row about somebody under age."""
    before = await counts()
    refused = (await visitor.begin(country="ZA", born=f"{datetime.now(UTC).year - 12}-01")).json()
    assert refused["decision"]["kind"] == "age_limit"
    assert "@" in refused["decision"]["human_review"]
    assert await counts() == before
    version = refused["decision"]["version"]
    assert (
        f'chatbot_decisions_total{{kind="age_limit",version="{version}"}} 1.0' in services.metrics.render().decode()
    )


async def test_who_is_old_enough_is_told_of_no_decision(visitor):
    """There is none."""
    assert (await visitor.begin()).json()["decision"] is None


@pytest.mark.parametrize("value", ["my name is Jane", "jane@mail.example", "Straße", None, ["a"]])
async def test_a_decision_takes_no_words(services, value):
    """Ids and numbers go in, text does not."""
    with pytest.raises(ValueError, match="ids and numbers"):
        async with services.database.transaction() as session:
            decisions.write(session, Made("k", "e", "r", "v", {"x": value}), Where("0" * 32, datetime.now(UTC)))


@pytest.mark.commitment("D10")
async def test_what_officers_decide_is_chained_in_the_audit_log(person, officer, services, every):
    """Who decided what, why and when cannot be changed later."""
    identity = (await person.held(store=True))["decision"]
    await officer("guardian", "lift", (await every(ChildHold))[0].session_id,
                  "--officer", "officer-1", "--reason", "not_a_child")  # fmt: skip
    async with services.database.reading() as session:
        entries = await auditing.read(session, decisions.STREAM)
    check(entries)
    (entry,) = entries
    assert (entry.fact.actor, entry.fact.recipient) == ("officer-1", identity)
    assert entry.fact.reason == "reversed_not_a_child"
    assert {row.stream for row in await every(AuditEvent)} >= {"decisions", "incidents"}


@pytest.mark.parametrize("name", ["Jane Doe", "jane@mail.example", ""])
async def test_an_officer_is_an_id_and_never_a_name(officer, name):
    """The record would hold a person's name for years."""
    said = await officer("decisions", "uphold", "0" * 32, "--officer", name, "--reason", "rule_right", code=2)
    assert "staff register" in said


async def test_an_officer_sees_the_rule_its_version_and_what_it_looked_at(person, officer):
    """One decision, whole, as plain text and as JSON."""
    identity = (await person.held(store=True))["decision"]
    plain = await officer("decisions", "show", identity)
    assert "pii CHILD >= 0.85" in plain
    assert CHILD_VERSION in plain
    (shown,) = json.loads(await officer("decisions", "show", identity, "--json"))
    assert shown["inputs"]["score"] == 0.95
    assert "Nothing waits" in await officer("decisions", "list", "--open")


async def test_an_unknown_decision_is_said_plainly(officer, services):
    """One line, no traceback."""
    assert services
    for command in (
        ("show", "0" * 32),
        ("uphold", "0" * 32, "--officer", "officer-1", "--reason", "rule_right"),
    ):
        assert "There is no decision of this id" in await officer("decisions", *command, code=1)
