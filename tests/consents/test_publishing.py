"""A changed notice: announced before it takes effect, asked again only where it touches, every version readable."""

import html
import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError
from support.smtp_sink import smtp_sink

from chatbot.cli import main
from chatbot.consents.announcing import NotPublished, Post, Reader
from chatbot.consents.editions import by_document, rows
from chatbot.consents.publishing import Proposal, settle
from chatbot.consents.publishing import publish as publish_
from consent import egress
from consent.operators import Register
from tests.consents.conftest import EDITORIAL, MATERIAL

YES = {"store": True, "improve": True}
READERS = (Reader("jo@mail.example", "en"), Reader("ilse@mail.example", "de"))


def mailer(sink):
    return egress.mail(Register(operators=()), egress.MailServer("127.0.0.1", sink.port, "support@rousora.com"))


def announced(answer):
    return [data for data in answer.of("notice") if data["code"] == "notice_announced"]


async def notices_of(services):
    return by_document(await rows(services.database))["notice"]


async def notice(client, **query):
    return (await client.get("/v1/notice", params=query)).json()


@pytest.mark.commitment("W1")
async def test_a_material_change_without_announcement_is_refused(services, changed, now):
    await settle(services.database, Proposal(services.notices, abroad=False), now)
    proposal = Proposal(changed(*MATERIAL), abroad=False)
    for day in (now, now - timedelta(days=1)):
        with pytest.raises(NotPublished, match="announced before it takes effect"):
            await publish_(services.database, proposal, day, Post(), now)
    with pytest.raises(NotPublished, match="Mail is off"):
        await publish_(services.database, proposal, now + timedelta(days=30), Post(READERS), now)
    assert len(await notices_of(services)) == 1


@pytest.mark.commitment("W1", "U6")
async def test_the_change_is_told_on_the_site_in_the_chat_once_and_by_mail(visitor, services, changed, publish):
    await visitor.begin(YES)
    async with smtp_sink() as sink:
        row = await publish(changed(*MATERIAL), days=30, post=Post(READERS, mailer(sink)))
    assert sink.recipients == ["jo@mail.example", "ilse@mail.example"]
    assert "Keep what we talk about" in sink.texts[0]
    assert "Datenschutzhinweise" in sink.texts[1]
    assert (row.mailed, row.mail_failed) == (2, 0)
    [banner] = (await notice(visitor.client))["announcements"]
    assert (banner["document"], banner["version"], banner["purposes"]) == ("notice", row.version, ["store"])
    assert row.effective_from.date().isoformat() in banner["message"]
    for page in ("/", "/privacy"):
        assert banner["message"] in html.unescape((await visitor.client.get(page)).text)
    first, second = [await visitor.say("Do you set up CRM?") for _ in range(2)]
    [line] = announced(first)
    assert (line["message"], line["label"], line["link"]) == (banner["message"], "Read more", "/privacy")
    assert announced(second) == []


@pytest.mark.commitment("W1")
async def test_when_no_message_is_taken_nothing_is_published(services, changed, publish):
    async with smtp_sink() as sink:
        sink.refuse = True
        with pytest.raises(NotPublished, match="nobody on the list"):
            await publish(changed(*MATERIAL), days=30, post=Post(READERS, mailer(sink)))
    assert services.editions.announced == []


async def test_without_a_list_that_is_on_record(changed, publish):
    row = await publish(changed(*MATERIAL), days=30)
    assert (row.mailed, row.mail_note) == (0, "nobody subscribed, no addresses were given")


async def test_until_its_day_the_earlier_notice_is_in_force(visitor, services, changed, publish):
    before = services.notices.version
    await visitor.begin(YES)
    row = await publish(changed(*MATERIAL), days=1)
    assert (await notice(visitor.client))["version"] == before != row.version
    assert (await visitor.say("Do you set up CRM?")).status == 200


@pytest.mark.commitment("W3")
async def test_on_its_day_only_the_touched_purpose_is_asked_again(visitor, services, changed, publish):
    await visitor.begin(YES)
    row = await publish(changed(*MATERIAL), days=0, announced_days_ago=30)
    shown = await notice(visitor.client)
    assert shown["version"] == row.version
    assert shown["purposes"][0]["title"] == "Keep what we talk about"
    stale = await visitor.say("Do you set up CRM?")
    assert (stale.problem["code"], stale.problem["purposes"]) == ("consent_stale", ["store"])
    standing = (await visitor.client.get("/v1/me/consents", headers=visitor.headers)).json()["consents"]
    assert (standing["store"], standing["improve"]) == (False, True)
    body = {"consents": {"store": True}, "notice_version": row.version}
    again = (await visitor.client.put("/v1/me/consents", json=body, headers=visitor.headers)).json()
    assert (again["consents"]["store"], again["consents"]["improve"]) == (True, True)
    visitor.token = again["token"]
    assert (await visitor.say("Do you set up CRM?")).status == 200
    history = (await visitor.client.get("/v1/me/consents/history", headers=visitor.headers)).json()["events"]
    last = [event for event in history if event["notice_version"] == row.version]
    assert [event["purpose"] for event in last] == ["store"]


@pytest.mark.commitment("W3")
async def test_use_and_acknowledgement_agree_to_nothing(visitor, services, changed, publish):
    await visitor.begin(YES)
    row = await publish(changed(*MATERIAL), days=0, announced_days_ago=30)
    body = {"notice_version": row.version}
    url = "/v1/me/acknowledgements"
    assert (await visitor.client.post(url, json=body, headers=visitor.headers)).json()["kept"] is True
    assert (await visitor.say("Do you set up CRM?")).problem["code"] == "consent_stale"
    async with services.database.reading() as session:
        run = (await session.connection()).exec_driver_sql
        assert (await run("SELECT notice_version FROM acknowledgement")).fetchall() == [(row.version,)]
        assert (await run("SELECT count(*) FROM consent_event")).scalar() == 3
    assert (await visitor.client.post(url, json={"notice_version": "x"}, headers=visitor.headers)).status_code == 404


async def test_an_acknowledgement_of_somebody_unstored_is_not_kept(visitor, services):
    await visitor.begin()
    body = {"notice_version": services.notices.version}
    said = await visitor.client.post("/v1/me/acknowledgements", json=body, headers=visitor.headers)
    assert said.json()["kept"] is False


async def test_a_change_of_a_purpose_that_was_refused_asks_nothing(visitor, changed, publish):
    await visitor.begin({"improve": True})
    await publish(changed(*MATERIAL), days=0, announced_days_ago=30)
    assert (await visitor.say("Do you set up CRM?")).status == 200


async def test_a_better_word_takes_effect_at_once_and_asks_nobody(services, visitor, changed, now):
    await visitor.begin(YES)
    await settle(services.database, Proposal(services.notices, abroad=False), now)
    better = changed(*EDITORIAL)
    assert await settle(services.database, Proposal(better, abroad=False), now) == frozenset()
    await services.editions.refresh(services.database)
    assert services.notices.version == better.version
    assert (await visitor.say("Do you set up CRM?")).status == 200


async def test_changed_data_files_alone_change_no_purpose(services, changed, now):
    before = services.notices.version
    await settle(services.database, Proposal(services.notices, abroad=False), now)
    assert await settle(services.database, Proposal(changed(*MATERIAL), abroad=False), now) == {"store"}
    await services.editions.refresh(services.database)
    assert services.notices.version == before


@pytest.mark.commitment("W4", "W5")
async def test_every_version_stays_readable_with_its_differences(client, services, changed, publish):
    before = services.notices.version
    row = await publish(changed(*MATERIAL), days=1)
    listed = (await client.get("/v1/notice/versions")).json()
    assert listed["current"] == before
    assert [each["version"] for each in listed["versions"]] == [before, row.version]
    old = (await client.get(f"/v1/notice/versions/{before}")).json()
    assert old["content"]["words"]["en"]["purposes"]["store"]["title"] == MATERIAL[0]
    diff = (await client.get("/v1/notice/diff", params={"from": before, "to": row.version})).json()
    assert diff["touched"] == ["store"]
    assert diff["changes"] == [
        {"place": "words.en.purposes.store.title", "before": MATERIAL[0], "after": MATERIAL[1]}
    ]
    for path in ("versions/unknown", f"diff?from={before}&to=unknown"):
        assert (await client.get(f"/v1/notice/{path}")).status_code == 404


@pytest.mark.parametrize("table", ["notice_edition", "acknowledgement", "audit_event"])
async def test_what_is_proof_can_be_neither_changed_nor_deleted(visitor, services, publish, changed, table):
    await visitor.begin(YES)
    await publish(changed(*MATERIAL), days=1)
    body = {"notice_version": services.notices.version}
    await visitor.client.post("/v1/me/acknowledgements", json=body, headers=visitor.headers)
    for change in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with services.database.transaction() as session:
                await (await session.connection()).execute(sql(change))


def test_the_command_publishes_lists_and_compares(settings, services_closed, edited, monkeypatch, now):
    folder = edited(*MATERIAL)
    monkeypatch.setenv("CHATBOT_VAR_DIR", str(settings.var_dir))
    monkeypatch.setenv("CHATBOT_DATA_DIR", str(folder))
    run = CliRunner().invoke
    refused = run(main, ["notice", "publish"])
    assert refused.exit_code == 1
    assert "announced before it takes effect" in refused.output
    day = (now + timedelta(days=30)).date().isoformat()
    published = run(main, ["notice", "publish", "--effective-from", day, "--json"])
    assert json.loads(published.stdout)[0]["purposes"] == ["store"]
    listed = json.loads(run(main, ["notice", "list", "--json"]).stdout)
    listed = [row for row in listed if row["document"] == "notice"]
    assert [row["effective_from"][:10] == day for row in listed] == [False, True]
    old, new = [row["version"][:8] for row in listed]
    assert json.loads(run(main, ["notice", "diff", old, new, "--json"]).stdout)[0]["after"] == MATERIAL[1]
    assert run(main, ["notice", "diff", old, "zzz"]).exit_code == 2
    assert run(main, ["notice", "publish", "--effective-from", day]).exit_code == 1


@pytest.fixture
def services_closed(settings):
    """A prepared database, as after a first start."""
    from chatbot.cli.serve import prepare

    prepare(settings)
