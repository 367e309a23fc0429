"""A policy that changes goes the road of a notice: on every page, in the chat and by mail before it takes effect."""

import asyncio
import html
import json
import shutil
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from click.testing import CliRunner

from chatbot.cli import main
from chatbot.cli.serve import prepare
from chatbot.consents import publishing
from chatbot.consents.announcing import NotPublished, Post, Told
from chatbot.consents.delivered import report
from chatbot.consents.policies import PolicyProposal
from chatbot.policies import Draft, Text
from chatbot.settings import data_folder
from chatbot.storage.tables import ConsentEvent
from chatbot.storage.tables.subscriptions import Mailing
from chatbot.subscriptions import letters

YES = {"store": True, "improve": True}
LINE = "We now keep nothing at all."


@pytest.fixture
def draft(services):
    """The privacy policy with one more line, dated today."""
    text = services.policies.current["privacy"].text
    return Draft(Text(text.title, datetime.now(UTC).date(), f"{text.body}\n{LINE}\n"))


@pytest.fixture
def publish(services, draft):
    """Publish the change, to take effect in so many days, telling the subscribers; the worker learns of it."""

    async def run(days=30, *, announced_days_ago=0, changed=draft, **post):
        now = datetime.now(UTC)
        proposal = PolicyProposal("privacy", changed, services.notices)
        given = {"subscribers": partial(letters.tell, services.subscriptions, "staff-1")} | post
        then, day = now - timedelta(days=announced_days_ago), now + timedelta(days=days)
        row = await publishing.publish(services.database, proposal, day, Post(**given), then)
        await services.editions.refresh(services.database)
        return row

    return run


def announced(answer):
    return [data for data in answer.of("notice") if data["code"] == "notice_announced"]


@pytest.mark.commitment("W1", "U6")
async def test_it_is_told_on_every_page_in_the_chat_once_and_by_mail(mailbox, visitor, services, publish):
    """With its day and the way to the difference; what told of it is counted, and reading it agrees to nothing."""
    await mailbox.subscribed("updates")
    await mailbox.subscribed("marketing", email="offers@mail.example")
    mailbox.sink.recipients.clear()
    await visitor.begin(YES)
    row = await publish()
    assert mailbox.sink.recipients == ["qzanele.canary@mail.example"]
    day, way = row.effective_from.date().isoformat(), f"/policies/privacy/difference?to={row.version}"
    assert f"privacy policy of Rousora changes on {day}" in mailbox.sink.texts[-1].replace("\n", " ")
    assert f"{services.subscriptions.site}{way}" in mailbox.sink.texts[-1].replace("=\n", "")
    before = len(await mailbox.rows(ConsentEvent))
    for path, language in (("/", "de"), ("/acceptable-use", "af"), ("/subscribe", "en")):
        page = (await visitor.client.get(f"{path}?language={language}")).text
        [told] = (await visitor.client.get("/v1/notice", params={"language": language})).json()["announcements"]
        assert (told["document"], told["purposes"], told["link"]) == ("privacy", [], way)
        assert day in told["message"]
        assert told["message"] in html.unescape(page)
        assert f'href="{html.escape(way)}&amp;language={language}"' in page
    assert LINE in (await visitor.client.get(way)).text
    first, second = [await visitor.say("Do you set up CRM?") for _ in range(2)]
    [line] = announced(first)
    assert (line["link"], day in line["message"]) == (way, True)
    assert announced(second) == []
    assert len(await mailbox.rows(ConsentEvent)) == before
    await services.editions.delivered.keep(services.database)
    assert await report(services.database) == {(row.id, "site"): 4, (row.id, "chat"): 1}


@pytest.mark.commitment("W1")
async def test_it_is_refused_without_a_day_to_come_without_words_and_while_no_mail_leaves(
    mailbox, services, publish, draft
):
    """Each channel is needed; then nothing is entered."""
    await mailbox.subscribed("updates")
    with pytest.raises(NotPublished, match="announced before it takes effect"):
        await publish(days=0)
    with pytest.raises(NotPublished, match="must be told by mail first"):
        await publish(subscribers=None)
    mailbox.sink.refuse = True
    with pytest.raises(NotPublished, match="took none of the messages"):
        await publish()
    strings = {tag: dict(each.strings) for tag, each in services.notices.by_language.items()}
    strings["de"]["announcement_policy"] = "Bald."
    mute = type(services.notices).restore(services.notices.content, strings)
    now = datetime.now(UTC)
    with pytest.raises(NotPublished, match=r"strings/de\.yaml"):
        proposal = PolicyProposal("privacy", draft, mute)
        await publishing.publish(services.database, proposal, now + timedelta(days=30), Post(), now)
    await services.editions.refresh(services.database)
    assert len(services.editions.of("privacy")) == 1
    assert services.editions.announced == []


@pytest.mark.commitment("W1", "W2", "W4", "W5")
async def test_until_its_day_the_earlier_one_is_served_and_both_can_be_read(client, services, publish, draft):
    """On its day the new one is served without a restart, under its own date."""
    old = services.policies.current["privacy"]
    row = await publish()
    assert LINE not in (await client.get("/privacy")).text
    assert LINE in (await client.get(f"/policies/privacy/{row.version}")).text
    assert f"{row.effective_from.date()}" in (await client.get("/privacy/versions")).text
    rows = services.editions.of("privacy")
    rows[-1].effective_from = datetime.now(UTC)
    page = (await client.get("/privacy")).text
    assert LINE in page
    assert f'Last updated: <time datetime="{draft.text.updated}">' in page
    assert services.editions.announced == []
    assert (await client.get(f"/policies/privacy/{old.version}")).status_code == 200


@pytest.mark.commitment("W1")
async def test_the_chat_quotes_a_policy_only_while_its_file_says_what_is_in_force(visitor, services, publish):
    """The index is made from the files: what they say before its day, or when another took effect, is left out."""
    question = "How do you protect my data?"
    await visitor.begin(YES)

    async def quoted():
        answer = await visitor.say(question)
        return {each["url"].partition("#")[0] for each in answer.of("citation")} & {"/privacy", "/acceptable-use"}

    assert "/privacy" in (before := await quoted())
    await publish(days=30)
    assert await quoted() == before
    services.editions.of("privacy")[-1].effective_from = datetime.now(UTC)
    assert "/privacy" not in await quoted()


@pytest.mark.commitment("W1")
async def test_two_changes_at_once_are_each_told_under_an_id_of_their_own(visitor, services, publish, draft):
    """A listener who lost the connection between them gets the second one."""
    await visitor.begin(YES)
    await publish()
    proposal = PolicyProposal("acceptable-use", draft, services.notices)
    now = datetime.now(UTC)
    await publishing.publish(services.database, proposal, now + timedelta(days=9), Post(), now)
    await services.editions.refresh(services.database)
    answer = await visitor.say("Do you set up CRM?")
    assert len({line["link"] for line in announced(answer)}) == 2
    ids = [id_ for id_, kind, _ in answer.events if kind == "notice"]
    assert len(set(ids)) == len(ids) == 2


@pytest.mark.commitment("W3")
async def test_it_asks_nothing_again_and_an_acknowledgement_is_not_consent(visitor, services, publish, mailbox):
    """What was agreed to stands; that the policy was seen is kept beside it."""
    await visitor.begin(YES)
    row = await publish(days=0, announced_days_ago=30)
    assert services.policies.current["privacy"].version == row.version
    assert (await visitor.say("Do you set up CRM?")).status == 200
    before = len(await mailbox.rows(ConsentEvent))
    body = {"notice_version": row.version}
    said = await visitor.client.post("/v1/me/acknowledgements", json=body, headers=visitor.headers)
    assert said.json()["kept"] is True
    assert len(await mailbox.rows(ConsentEvent)) == before


async def test_a_rewording_of_what_is_still_to_come_does_not_bring_it_forward(services, publish, draft):
    """What it rewords is announced for a day: the words are not served before that day."""
    row = await publish(days=30)
    reworded = draft._replace(
        text=draft.text._replace(body=f"{draft.text.body}\nBetter said.\n"), editorial_since=draft.text.updated
    )
    for days in (0, 29):
        with pytest.raises(NotPublished, match="give that day or a later one"):
            await publish(days=days, changed=reworded)
    assert LINE not in services.policies.current["privacy"].text.body
    later = await publish(days=31, changed=reworded)
    assert later.effective_from > row.effective_from
    assert LINE not in services.policies.current["privacy"].text.body


async def test_two_who_publish_at_once_enter_one_edition(services, publish, draft):
    """Who comes second was compared with what is not the newest any more: nothing of it is entered."""

    async def other(_row, _notices):
        await publish()
        return Told(0, 0, 0)

    with pytest.raises(NotPublished, match="published at this moment"):
        await publish(subscribers=other)
    assert len(services.editions.of("privacy")) == 2
    proposals = [PolicyProposal("terms", draft, services.notices)] * 2
    now = datetime.now(UTC)
    assert await asyncio.gather(*(publishing.settle(services.database, each, now) for each in proposals)) == [
        frozenset(),
        frozenset(),
    ]
    await services.editions.refresh(services.database)
    assert len(services.editions.of("terms")) == 1


async def test_a_count_that_could_not_be_kept_takes_no_other_along(services, publish, monkeypatch):
    """While the database is away nothing is lost and nothing is counted twice."""
    row, told = await publish(), services.editions.delivered
    for channel in ("chat", "site"):
        told.note(row, channel)
    with monkeypatch.context() as away:
        away.setattr(services.database, "transaction", _away)
        with pytest.raises(OSError, match="away"):
            await told.keep(services.database)
    for _ in range(2):
        await told.keep(services.database)
    assert await report(services.database) == {(row.id, "chat"): 1, (row.id, "site"): 1}


def _away():
    raise OSError("away")


@pytest.mark.parametrize(("since", "waits"), [("same", False), ("other", True), ("none", True)])
async def test_only_a_rewording_of_the_text_in_force_is_entered_untold(services, draft, mailbox, since, waits):
    """The file names the date of the text that it rewords; left there for the next change, it no longer counts."""
    await mailbox.subscribed("updates")
    before = len(mailbox.sink.messages)
    dates = {"same": services.policies.current["privacy"].text.updated, "other": date(2020, 1, 1), "none": None}
    proposal = PolicyProposal("privacy", draft._replace(editorial_since=dates[since]), services.notices)
    waiting = await publishing.settle(services.database, proposal, datetime.now(UTC))
    await services.editions.refresh(services.database)
    assert bool(waiting) is waits
    assert (LINE in services.policies.current["privacy"].text.body) is not waits
    assert services.editions.announced == []
    assert len(mailbox.sink.messages) == before


def test_the_command_goes_the_whole_road(settings, tmp_path, monkeypatch):
    """A start with a changed text says what to do; publishing tells everybody; then list and diff show it."""
    prepare(settings)
    made = tmp_path / "data"
    shutil.copytree(data_folder(), made)
    monkeypatch.setenv("CHATBOT_VAR_DIR", str(settings.var_dir))
    monkeypatch.setenv("CHATBOT_DATA_DIR", str(made))

    def run(*arguments):
        return CliRunner().invoke(main, ["notice", *arguments])

    day = (datetime.now(UTC) + timedelta(days=30)).date()
    assert "published already" in run("publish", "--document", "privacy", "--effective-from", str(day)).output
    assert run("publish", "--document", "terms", "--effective-from", str(day)).exit_code == 2
    path = made / "policies" / "acceptable-use.md"
    text = path.read_text(encoding="utf-8").replace("last_updated: 2025-09-03", f"last_updated: {day}")
    path.write_text(f"{text}\n{LINE}\n", encoding="utf-8")
    assert "announced before" in run("publish", "--document", "acceptable-use").output
    done = run("publish", "--document", "acceptable-use", "--effective-from", str(day), "--officer", "staff-1")
    assert done.exit_code == 0, done.output
    assert "nobody subscribed" in done.output
    listed = [row for row in json.loads(run("list", "--json").stdout) if row["document"] == "acceptable-use"]
    assert [row["effective_from"][:10] == str(day) for row in listed] == [False, True]
    assert (listed[1]["site"], listed[1]["chat"], listed[1]["mailed"]) == (0, 0, 0)
    changes = json.loads(run("diff", *(row["version"] for row in listed), "--json").stdout)
    assert LINE in json.dumps(changes)


async def test_who_had_it_told_is_on_record(mailbox, publish):
    """A mailing of its own kind, by an id of the staff register."""
    await mailbox.subscribed("updates")
    await publish()
    [row] = await mailbox.rows(Mailing)
    assert (row.kind, row.by) == ("policy", "staff-1")
