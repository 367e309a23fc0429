"""The other two ways to be identified: a form that staff read, and an identity provider on this machine."""

import asyncio
import hashlib
import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from chatbot.cli import main
from chatbot.seals import encode
from consent.verifiers import LocalProvider

KEY = "k" * 32
FORM = b"I am the parent and answer for this child. Jane Doe"


@pytest.fixture
def settings(make_settings, sink):
    """Settings with an identity provider and without mail."""
    assert sink.port
    return make_settings(guardian_provider_url="http://127.0.0.1:9/identify", guardian_provider_key=KEY)


@pytest.fixture
def command(settings, monkeypatch):
    """Run `chatbot …` with the settings of this test."""
    monkeypatch.setenv("CHATBOT_VAR_DIR", str(settings.var_dir))

    async def run(*arguments):
        return await asyncio.to_thread(CliRunner().invoke, main, arguments)

    return run


@pytest.fixture
async def request_of(family):
    """Go to the provider; gives the code and what the provider was asked with."""

    async def go(code):
        sent = await family.client.get("/guardian/provider", params={"code": code})
        assert sent.status_code == 303
        return parse_qs(urlsplit(sent.headers["location"]).query)["request"][0]

    return go


def answer(request, key=KEY, **said):
    """Write a provider's signed assertion."""
    claims = {"request": request, "subject": "p-1", "guardian": True, "expires": int(time.time()) + 60} | said
    raw = json.dumps(claims).encode()
    return {"assertion": encode(raw), "signature": encode(LocalProvider(key.encode()).sign(raw))}


@pytest.mark.commitment("N8")
async def test_a_providers_signed_word_leads_to_the_decision(family, request_of):
    code = await family.invite()
    back = await family.client.get("/guardian/callback", params=answer(await request_of(code)))
    assert "Your decision" in (await family.client.get(back.headers["location"])).text
    row = await family.row()
    assert (row.stage, row.method, row.evidence_verified) == ("verified", "provider_local", True)


@pytest.mark.parametrize("wrong", [{"key": "x" * 32}, {"guardian": False}, {"expires": 1}, {"request": "AAAA"}])
async def test_any_other_word_verifies_nobody(family, request_of, wrong):
    request = await request_of(await family.invite())
    sent = answer(
        wrong.get("request", request), **{name: value for name, value in wrong.items() if name != "request"}
    )
    assert (await family.client.get("/guardian/callback", params=sent)).status_code in {400, 404}
    assert (await family.row()).stage == "identified"


async def test_another_pseudonym_never_opens_a_portal_that_is_somebody_elses(family, request_of):
    code = await family.invite()
    request = await request_of(code)
    await family.client.get("/guardian/callback", params=answer(request))
    assert (await family.client.get("/guardian/callback", params=answer(request))).status_code == 303
    assert (await family.client.get("/guardian/callback", params=answer(request, subject="p-2"))).status_code == 400


@pytest.mark.commitment("N8")
async def test_a_form_that_staff_approve_verifies_and_is_not_kept(family, command, tmp_path, settings):
    code, form = await family.invite(), tmp_path / "form.txt"
    form.write_bytes(FORM)
    said = await command("guardian", "review", code, "--form", str(form), "--reviewer", "staff-1", "--approve")
    assert said.exit_code == 0, said.output
    portal = "/guardian/portal/" + said.output.strip().rpartition("/")[2]
    assert "Your decision" in (await family.client.get(portal)).text
    assert not form.exists()
    assert (await family.row()).evidence_sha256 == hashlib.sha256(FORM).hexdigest()
    assert b"Jane Doe" not in b"".join(path.read_bytes() for path in settings.var_dir.glob("chatbot.db*"))


async def test_a_form_that_staff_reject_ends_the_invitation(family, command, tmp_path):
    code, form = await family.invite(), tmp_path / "form.txt"
    form.write_bytes(FORM)
    said = await command("guardian", "review", code, "--form", str(form), "--reviewer", "staff-1", "--reject")
    assert "http" not in said.output
    assert (await family.row()).stage == "refused"


async def test_staff_hold_a_session_and_lift_it_again_from_the_command_line(visitor, command):
    await visitor.begin({"store": True})
    assert (await command("guardian", "report-child", visitor.id)).exit_code == 0
    assert (await visitor.say("hello")).problem["code"] == "guardian_required"
    lift = ("guardian", "lift", visitor.id, "--officer", "officer-1", "--reason", "not_a_child")
    assert (await command(*lift)).exit_code == 0
    assert (await visitor.say("What is an ERP?")).status == 200
    again = await command(*lift)
    assert again.exit_code == 1
    assert "No session of this id is held" in again.output


async def test_without_a_mail_server_mail_is_not_offered(family):
    page = (await family.client.get(f"/guardian/{await family.invite()}")).text
    assert 'value="email_plus"' not in page
    assert 'value="signed_form"' in page
    assert "sends no mail" in (await family.client.get("/guardian/login")).text
