"""What a guardian may do afterwards: see, correct, erase, pause, take back."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from chatbot.decisions import holds
from chatbot.storage.tables.guardians import GuardianRow
from consent.receipt import verify

HELLO = "I live at 12 Long Street and my mail is kid@mail.example. What is an ERP?"


async def count(services, table):
    """Count a table's rows."""
    async with services.database.reading() as session:
        return (await (await session.connection()).execute(text(f"SELECT count(*) FROM {table}"))).scalar()


@pytest.fixture
async def home(family, visitor):
    """A child who has asked one question; gives the portal's path."""
    portal, code = await family.agreed("store")
    await family.enter(visitor, code)
    await visitor.say(HELLO)
    return portal


@pytest.mark.commitment("N17")
async def test_a_guardian_reads_what_was_said_with_details_hidden(family, home):
    page = (await family.client.get(home)).text
    assert "What is an ERP?" in page
    assert "kid@mail.example" not in page
    assert "Long Street" not in page
    assert "&lt;EMAIL_ADDRESS_1&gt;" in page


@pytest.mark.commitment("N17")
async def test_a_guardian_corrects_what_was_said_and_the_correction_is_redacted(family, home, visitor):
    note = "She meant <b>CRM</b>, write to mom@mail.example"
    page = (await family.press(home, "annotate", session=visitor.id, turn="1", value=note)).text
    assert "She meant &lt;b&gt;CRM&lt;/b&gt;" in page
    assert "mom@mail.example" not in page


async def test_a_guardian_reaches_no_other_childs_conversation(family, home, client):
    from support.visitors import Visitor

    other = Visitor(client)
    await other.begin({"store": True})
    await other.say("hello there")
    answer = await family.press(home, "annotate", session=other.id, turn="1", value="mine")
    assert answer.status_code == 404
    assert "hello there" not in (await client.get(home)).text


@pytest.mark.commitment("N17")
async def test_erasing_takes_the_conversations_and_leaves_the_permission(family, home, visitor, services):
    await family.press(home, "annotate", session=visitor.id, turn="1", value="wrong")
    assert "are erased" in (await family.press(home, "erase")).text
    assert [await count(services, name) for name in ("chat_session", "turn", "vault", "turn_note")] == [0, 0, 0, 0]
    assert (await visitor.say("hello")).problem["code"] == "not_found"
    assert (await family.row()).stage == "active"


@pytest.mark.commitment("N17")
@pytest.mark.parametrize("purposes", [["store"], []])
async def test_a_pause_stops_every_session_until_it_is_allowed_again(family, visitor, purposes):
    portal, code = await family.agreed(*purposes)
    await family.enter(visitor, code)
    await family.press(portal, "pause")
    assert (await visitor.say("hello")).problem["code"] == "guardian_required"
    assert (await family.enter(visitor, code)).status_code == 403
    await family.press(portal, "resume")
    assert (await visitor.say("What is an ERP?")).status == 200


@pytest.mark.commitment("N7")
async def test_taking_back_closes_and_erases_at_once_and_leaves_only_proof(family, home, visitor, services, settings):
    assert "taken back" in (await family.press(home, "revoke")).text
    assert (await visitor.say("hello")).problem["code"] == "guardian_required"
    assert [await count(services, name) for name in ("chat_session", "turn", "vault")] == [0, 0, 0]
    assert b"What is an ERP" not in b"".join(path.read_bytes() for path in settings.var_dir.glob("chatbot.db*"))
    row = await family.row()
    assert (row.stage, row.login, row.claim_sha256) == ("erased", None, None)
    async with services.database.reading() as session:
        events = await (await session.connection()).execute(
            text("SELECT event_type, actor FROM consent_event WHERE purpose = 'store' ORDER BY seq")
        )
    assert events.all() == [("given", "guardian"), ("withdrawn", "guardian")]


@pytest.mark.commitment("N7")
async def test_taking_back_also_ends_a_chat_that_is_kept_nowhere(family, visitor):
    portal, code = await family.agreed()
    await family.enter(visitor, code)
    await visitor.say("What is an ERP?")
    await family.press(portal, "revoke")
    assert (await visitor.say("and a CRM?")).problem["code"] == "guardian_required"


async def test_a_guardian_gets_a_receipt_that_verifies(family, home):
    receipt = json.loads((await family.client.get(f"{home}/receipt")).text)
    verify(receipt)
    assert {row["purpose"] for row in receipt["processing"]} >= {"store"}


async def test_a_new_code_replaces_the_old_one(family, visitor):
    portal, old = await family.agreed()
    page = await family.press(portal, "code")
    assert (await family.enter(visitor, old)).status_code == 404
    new = page.text.partition('class="code">')[2][:14]
    assert (await family.enter(visitor, new)).status_code == 201


async def test_a_link_by_mail_leads_back_to_the_portal(family, home):
    before = len(family.sink.messages)
    said = await family.client.post("/guardian/login", data={"value": "PARENT@mail.example"})
    unknown = await family.client.post("/guardian/login", data={"value": "someone@mail.example"})
    assert said.text == unknown.text, "the answer does not say whether an address is known"
    assert len(family.sink.messages) == before + 1
    assert "Your page as a guardian" in (await family.client.get(family.last_link())).text


async def test_a_changed_notice_waits_for_the_guardian(family, home, visitor):
    async with family.services.database.transaction() as session:
        await (await session.connection()).execute(text("UPDATE guardianship SET notice_version = 'older'"))
    assert (await visitor.say("hello")).problem["code"] == "guardian_required"
    await family.press(home, "choices", purpose=["store"], version=family.services.notices.version)
    assert (await visitor.say("What is an ERP?")).status == 200


async def test_no_page_of_the_guardian_sets_a_cookie_runs_a_script_or_is_stored(family, home):
    for path in ("/guardian/login", "/guardian/report", home):
        answer = await family.client.get(path)
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
        assert "<script" not in answer.text
        assert "script-src 'none'" in answer.headers["content-security-policy"]


async def test_a_guardian_who_names_a_language_is_answered_and_written_to_in_it(family):
    """The child chose English; the parent reads German: pages, mails, and the words on record."""
    code = await family.invite()
    page = await family.client.get(f"/guardian/{code}?language=de")
    assert '<html lang="de">' in page.text
    sent = await family.client.post(
        f"/guardian/{code}?language=de", data={"act": "email_plus", "value": "parent@mail.example"}
    )
    assert '<html lang="de">' in sent.text
    assert "bestätigen" in family.sink.texts[-1]
    assert (await family.row()).language == "de"
    assert (await family.client.get(family.last_link())).status_code == 200


@pytest.mark.commitment("L5")
@pytest.mark.parametrize("act", ["erase", "revoke"])
async def test_a_guardian_who_erases_under_a_legal_hold_is_told_law_and_day(family, home, visitor, services, act):
    """What was said lies frozen: no page shows it to anybody, and the guardian learns why it is not gone yet."""
    now = datetime.now(UTC)
    order = holds.Order("legal-claims", "CASE-1", "officer-1", now.date() + timedelta(days=9))
    async with services.database.transaction() as session:
        await holds.place(session, visitor.id, order, now)
    page = (await family.press(home, act)).text
    assert order.until.isoformat() in page
    assert "GDPR Art. 17(3)(e)" in page
    assert await count(services, "turn") == 1
    assert "What is an ERP?" not in (await family.client.get(home)).text


async def test_a_mail_server_that_is_away_does_not_tell_who_is_known(family, home):
    """The answer leaves before the mail does, so neither its words nor its time depend on the address."""
    family.sink.refuse = True
    said = await family.client.post("/guardian/login", data={"value": "parent@mail.example"})
    unknown = await family.client.post("/guardian/login", data={"value": "someone@mail.example"})
    assert (said.status_code, said.text) == (unknown.status_code, unknown.text) == (200, said.text)


async def test_a_providers_pseudonym_is_no_address_to_log_in_with(family, home):
    """Both are found by the same print; a pseudonym that looks like an address must not be written to."""
    async with family.services.database.transaction() as session:
        row = (await session.exec(select(GuardianRow))).one()
        row.login = family.services.guardians.print_of("provider:eve@mail.example")
    before = len(family.sink.messages)
    await family.client.post("/guardian/login", data={"value": "provider:eve@mail.example"})
    assert len(family.sink.messages) == before
