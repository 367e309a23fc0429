"""The straight line: notice, age, choices, message, streamed answer, nothing kept without a yes."""

import sqlite3

import pytest

HELLO = "Hi, I'm Thandi Nkosi and my e-mail is thandi.nkosi@mail.example. Do you connect Zoho to Odoo?"
SAID = b"Do you connect Zoho to Odoo?"
"""What of it is kept, after a yes, as it is."""
KEPT_OF_NOBODY = {"alembic_version", "notice_edition", "secret_print"}


def rows(settings):
    """Count the rows of every table."""
    with sqlite3.connect(settings.var_dir / "chatbot.db") as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counted = {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}
    return {name: count for name, count in counted.items() if count and name not in KEPT_OF_NOBODY}


async def test_a_question_is_answered_from_the_knowledge_base_with_a_citation(visitor):
    await visitor.begin()
    answer = await visitor.say("Can you connect Zoho with Odoo?")
    assert answer.status == 200
    assert "Zoho" in answer.text
    assert answer.of("citation")[0]["url"].startswith("/")
    assert answer.done["status"] == "complete"


async def test_the_events_come_in_the_order_of_their_ids(visitor):
    await visitor.begin()
    answer = await visitor.say(HELLO)
    places = [tuple(map(int, id_.split("-"))) for id_ in answer.ids]
    assert places == sorted(places)
    kinds = [kind for _, kind, _ in answer.events]
    assert kinds[0] == "disclosure"
    assert kinds[1] == "redaction"
    assert kinds[-1] == "done"


@pytest.mark.commitment("P6")
async def test_the_first_event_of_a_session_says_that_a_model_answers(visitor):
    await visitor.begin()
    first = (await visitor.say("Hello")).events[0]
    assert first[1] == "disclosure"
    assert first[2]["ai_generated"] is True


async def test_the_visitor_sees_own_details_that_the_record_does_not_hold(visitor, settings):
    await visitor.begin({"store": True})
    shown = await visitor.say(HELLO)
    assert shown.of("redaction")[0]["findings"]
    answer = await visitor.say("What is my e-mail address?")
    assert "thandi.nkosi@mail.example" in answer.text
    kept = b"".join(path.read_bytes() for path in settings.var_dir.glob("chatbot.db*"))
    assert b"EMAIL_ADDRESS_1" in kept
    for value in (b"Thandi", b"Nkosi", b"mail.example"):
        assert value not in kept


async def test_the_same_value_keeps_its_placeholder_through_the_conversation(visitor):
    await visitor.begin()
    first = (await visitor.say("My e-mail is jo@mail.example")).of("redaction")[0]["text"]
    second = (await visitor.say("Write to JO@mail.example please")).of("redaction")[0]["text"]
    assert "<EMAIL_ADDRESS_1>" in first
    assert "<EMAIL_ADDRESS_1>" in second


@pytest.mark.commitment("N2", "H7", "P5")
async def test_nothing_is_stored_before_a_yes(visitor, settings):
    await visitor.client.get("/")
    await visitor.client.get("/v1/notice")
    assert rows(settings) == {}
    await visitor.begin(country="ZA", born="2012-01")
    assert rows(settings) == {}


@pytest.mark.commitment("D6")
async def test_refusing_everything_still_gets_full_answers_and_leaves_no_row(visitor, settings):
    begun = await visitor.begin({"store": False, "improve": False, "personalise": False})
    assert begun.json()["state"] == "ephemeral"
    assert (await visitor.say(HELLO)).done["status"] == "complete"
    assert "thandi.nkosi@mail.example" in (await visitor.say("what is my email?")).text
    assert rows(settings) == {}


async def test_a_yes_stores_a_subject_its_consents_and_the_redacted_turn(visitor, settings):
    await visitor.begin({"store": True})
    await visitor.say(HELLO)
    kept = {"subject": 1, "chat_session": 1, "consent_event": 3, "turn": 1, "vault": 1, "audit_event": 3}
    assert rows(settings) == kept


@pytest.mark.commitment("N5")
@pytest.mark.parametrize(
    ("country", "born", "state"),
    [
        ("ZA", "2012-01", "guardian_required"),
        ("DE", "2012-01", "guardian_required"),
        ("ZZ", "2012-01", "guardian_required"),
        ("ZA", "1990-01", "ephemeral"),
    ],
)
async def test_a_child_gets_a_kind_word_and_no_token(visitor, country, born, state):
    begun = (await visitor.begin(country=country, born=born)).json()
    assert begun["state"] == state
    assert (begun["token"] is None) == (state == "guardian_required")
    assert begun["message"]


async def test_a_stored_conversation_is_read_back_by_pages_with_own_values(visitor):
    await visitor.begin({"store": True})
    for text in (HELLO, "What is my name?", "thanks"):
        await visitor.say(text)
    first = (await visitor.client.get(f"/v1/sessions/{visitor.id}/turns?limit=2", headers=visitor.headers)).json()
    assert [turn["turn"] for turn in first["turns"]] == [3, 2]
    url = f"/v1/sessions/{visitor.id}/turns?limit=2&before={first['before']}"
    second = (await visitor.client.get(url, headers=visitor.headers)).json()
    assert [turn["turn"] for turn in second["turns"]] == [1]
    assert second["before"] is None
    assert second["turns"][0]["question"] == HELLO
    assert "Thandi" not in second["turns"][0]["redacted_question"]


@pytest.mark.commitment("R10")
async def test_end_and_forget_erases_everything_but_proof_that_names_nobody(visitor, settings):
    await visitor.begin({"store": True})
    await visitor.say(HELLO)
    erased = (await visitor.client.delete("/v1/me", headers=visitor.headers)).json()
    assert erased["erased"] is True
    assert set(rows(settings)) == {"subject", "consent_event", "audit_event"}
    assert SAID not in b"".join(path.read_bytes() for path in settings.var_dir.glob("chatbot.db*"))
    assert (await visitor.say("are you there?")).problem["code"] == "not_found"


@pytest.mark.commitment("R8", "G3b")
async def test_withdrawing_storage_erases_what_was_kept_and_hands_it_to_the_visitor(visitor, settings):
    await visitor.begin({"store": True})
    await visitor.say(HELLO)
    version = (await visitor.client.get("/v1/notice")).json()["version"]
    body = {"consents": {"store": False}, "notice_version": version}
    changed = (await visitor.client.put("/v1/me/consents", json=body, headers=visitor.headers)).json()
    assert changed["state"] == "ephemeral"
    proof, passing = {"subject", "consent_event", "audit_event"}, {"withdrawal", "handed_over"}
    assert set(rows(settings)) == proof | passing
    assert SAID not in b"".join(path.read_bytes() for path in settings.var_dir.glob("chatbot.db*"))
    visitor.token, visitor.state = changed["token"], changed["conversation"]
    assert "thandi.nkosi@mail.example" in (await visitor.say("what is my email?")).text


async def test_allowing_storage_later_keeps_the_conversation_from_its_first_turn(visitor, settings):
    await visitor.begin()
    await visitor.say(HELLO)
    version = (await visitor.client.get("/v1/notice")).json()["version"]
    body = {"consents": {"store": True}, "notice_version": version, "state": visitor.state}
    changed = (await visitor.client.put("/v1/me/consents", json=body, headers=visitor.headers)).json()
    visitor.token, visitor.state = changed["token"], None
    assert "thandi.nkosi@mail.example" in (await visitor.say("what is my email?")).text
    assert rows(settings)["turn"] == 2


@pytest.mark.parametrize(("first", "then"), [("my pin is", "3941"), ("My password is:", "Poppy")])
async def test_a_value_that_comes_in_the_next_message_is_still_hidden(visitor, first, then):
    await visitor.begin()
    await visitor.say(first)
    kept = (await visitor.say(then)).of("redaction")[0]["text"]
    assert then not in kept
    assert kept.startswith("<")
