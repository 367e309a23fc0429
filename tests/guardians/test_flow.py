"""From a child's code to a guardian's consent, over HTTP and real mail."""

import pytest

ADDRESS = "parent@mail.example"


def disk(settings):
    """Give everything that the database's files hold."""
    return b"".join(path.read_bytes() for path in settings.var_dir.glob("chatbot.db*"))


@pytest.mark.commitment("N2", "N13")
async def test_an_invitation_keeps_nothing_about_the_child(family, visitor):
    await visitor.begin(country="ZA", born="2014-03")
    await family.invite()
    row = await family.row()
    kept = {name for name, value in row.model_dump().items() if value not in (None, "")}
    assert kept == {
        *("id", "stage", "code_sha256", "country", "language", "age_rule"),
        *("invited_at", "expires_at", "changed_at"),
    }


async def test_an_invitation_refuses_any_detail_of_the_child(client):
    body = {"country": "ZA", "language": "en", "email": "child@mail.example"}
    assert (await client.post("/v1/guardian/invitations", json=body)).status_code == 400


@pytest.mark.commitment("N6", "N8")
async def test_two_mails_with_a_day_between_them_lead_to_the_decision(family):
    code = await family.invite()
    first = await family.identify(code)
    assert "Confirm" in (await family.client.get(first)).text
    assert (await family.row()).first_at is None, "opening the link confirms nothing"
    await family.client.post(first)
    assert (await family.later(1))["second_mails"] == 0
    assert (await family.later(24))["second_mails"] == 1
    assert (await family.later(0))["second_mails"] == 0
    done = await family.client.post(family.last_link())
    decision = await family.client.get(done.headers["location"])
    assert "Your decision" in decision.text
    assert " checked" not in decision.text
    assert (await family.row()).stage == "verified"


@pytest.mark.commitment("N8")
async def test_the_address_is_gone_once_the_guardian_is_verified(family, settings):
    await family.verified()
    row = await family.row()
    assert row.address is None
    assert row.evidence_verified is True
    assert len(row.evidence_sha256) == 64
    await family.services.database.checkpoint()
    assert ADDRESS.encode() not in disk(settings)


async def test_the_address_is_sealed_while_it_is_still_needed(family, settings):
    await family.identify(await family.invite())
    assert (await family.row()).address
    assert ADDRESS.encode() not in disk(settings)


@pytest.mark.commitment("N6")
@pytest.mark.parametrize("act", ["consent", "choices", "code", "resume", "pause"])
async def test_nobody_gets_to_consent_before_being_verified(family, act):
    await family.identify(await family.invite())
    row = await family.row()
    portal = family.services.guardians.portal(row.id)
    answer = await family.press(portal, act, version=family.services.notices.version)
    assert answer.status_code == 400
    assert (await family.row()).stage == "identified"


async def test_the_childs_code_opens_no_decision(family):
    code = await family.invite()
    assert (await family.client.get(f"/guardian/portal/{code}")).status_code == 404
    assert (await family.enter(object(), code)).status_code == 404


@pytest.mark.commitment("N6", "N12")
async def test_a_childs_session_is_a_minors_and_never_more_than_the_guardian_may_allow(family, visitor, services):
    every = ["store", "improve", "personalise", "marketing", "transfer"]
    portal, code = await family.agreed(*every)
    begun = await family.enter(visitor, code)
    assert begun.json()["state"] == "stored"
    claims = services.seals.claims(visitor.token, 0)
    assert claims.minor is True
    assert claims.purposes == ("store",)
    assert (await visitor.say("What is an ERP?")).done["status"] == "complete"
    assert portal


@pytest.mark.commitment("N9")
async def test_without_storing_the_childs_chat_leaves_no_message_here(family, visitor):
    _, code = await family.agreed()
    assert (await family.enter(visitor, code)).json()["state"] == "ephemeral"
    assert (await visitor.say("What is an ERP?")).done["state"]


async def test_an_old_mail_opens_nothing_once_the_guardian_has_decided(family):
    await family.agreed("store")
    assert (await family.client.post(family.last_link())).status_code == 404


async def test_a_child_cannot_change_what_the_guardian_chose(family, visitor, services):
    _, code = await family.agreed("store")
    await family.enter(visitor, code)
    body = {"consents": {"improve": True}, "notice_version": services.notices.version}
    answer = await family.client.put("/v1/me/consents", json=body, headers=visitor.headers)
    assert answer.json()["code"] == "guardian_required"


async def test_saying_no_ends_it_and_keeps_nothing(family):
    portal = await family.verified()
    assert "You did not agree" in (await family.press(portal, "refuse")).text
    row = await family.row()
    assert (row.stage, row.login, row.evidence_sha256) == ("erased", None, "")


async def test_an_invitation_ends_after_a_week(family):
    code = await family.invite()
    assert (await family.later(7 * 24 + 1))["expired"] == 1
    assert "not open any more" in (await family.client.get(f"/guardian/{code}")).text
    answer = await family.client.post(f"/guardian/{code}", data={"act": "email_plus", "value": ADDRESS})
    assert answer.status_code == 400


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c.example", "a@b.example\r\nBcc: x@y", "<a@b.example>"])
async def test_what_is_no_address_is_refused(family, address):
    code = await family.invite()
    answer = await family.client.post(f"/guardian/{code}", data={"act": "email_plus", "value": address})
    assert answer.status_code == 400
    assert family.sink.messages == []


async def test_a_mistyped_address_can_be_given_again(family):
    code = await family.invite()
    await family.identify(code, "wrong@mail.example")
    await family.identify(code)
    assert family.sink.recipients == ["wrong@mail.example", ADDRESS]
