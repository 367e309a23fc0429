"""A notice or a policy that changes: everybody who subscribed to changes is written to before it takes effect."""

import shutil
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from click.testing import CliRunner

from chatbot.cli import main
from chatbot.consents import publishing
from chatbot.consents.announcing import NotPublished, Post, Reader
from chatbot.consents.editions import by_document, rows
from chatbot.consents.publishing import Proposal
from chatbot.settings import data_folder
from chatbot.start import load_notices, read_data
from chatbot.subscriptions import letters, sending
from consent.egress import MailError
from tests.subscriptions.conftest import command

MATERIAL = ("Keep this conversation", "Keep what we talk about")


@pytest.fixture
def folder(tmp_path):
    """A data folder in which what `store` asks has changed."""
    made = tmp_path / "data"
    shutil.copytree(data_folder(), made)
    path = made / "notices" / "en.yaml"
    words = path.read_text(encoding="utf-8")
    assert MATERIAL[0] in words
    path.write_text(words.replace(*MATERIAL, 1), encoding="utf-8")
    return made


@pytest.fixture
def changed(folder, settings):
    """The notice of that folder, as it could be published."""
    told = read_data(settings)
    return Proposal(load_notices(folder, told.party, told.answerer), abroad=False)


@pytest.fixture
def publish(services, changed):
    """Publish the change, to take effect in a month, telling the subscribers."""

    async def run(**post):
        now = datetime.now(UTC)
        post = {"subscribers": partial(letters.tell, services.subscriptions, "staff-1")} | post
        day = (now + timedelta(days=30)).replace(hour=0, minute=0, second=0, microsecond=0)
        return await publishing.publish(services.database, changed, day, Post(**post), now)

    return run


async def newest(services, document="notice"):
    """Give the last edition of a document."""
    return by_document(await rows(services.database))[document][-1]


@pytest.mark.commitment("W1", "U6")
async def test_everybody_who_subscribed_to_changes_is_written_to_and_counted(mailbox, publish):
    """Each in the own language, with the day and the words; who only wanted offers gets none of it."""
    await mailbox.subscribed("updates", email="one@mail.example")
    await mailbox.subscribed("updates", "marketing", email="two@mail.example")
    await mailbox.subscribed("marketing", email="three@mail.example")
    mailbox.sink.recipients.clear()
    row = await publish()
    assert sorted(mailbox.sink.recipients) == ["one@mail.example", "two@mail.example"]
    assert (row.mailed, row.mail_failed, row.mail_note) == (2, 0, "")
    assert "Keep what we talk about" in mailbox.sink.texts[-1]
    assert row.effective_from.date().isoformat() in mailbox.sink.texts[-1]
    assert (await newest(mailbox.services)).version == row.version


@pytest.mark.commitment("W1")
async def test_with_subscribers_a_change_is_refused_while_no_mail_leaves(mailbox, services, publish):
    """Neither without a mail server, nor past the subscribers, nor when the server takes none of it."""
    from dataclasses import replace

    await mailbox.subscribed("updates")
    off = partial(letters.tell, replace(services.subscriptions, mailer=None), "staff-1")
    with pytest.raises(NotPublished, match="Mail is off"):
        await publish(subscribers=off)
    with pytest.raises(NotPublished, match="must be told by mail first"):
        await publish(subscribers=None)
    mailbox.sink.refuse = True
    with pytest.raises(NotPublished, match="took none of the messages"):
        await publish()
    assert MATERIAL[1] not in str((await newest(services)).content)


@pytest.mark.commitment("W1")
async def test_an_address_that_refuses_is_recorded_as_failed_and_the_rest_is_told(
    mailbox, services, publish, monkeypatch
):
    """One dead mailbox holds nobody up."""
    for name in ("one", "two", "three"):
        await mailbox.subscribed("updates", email=f"{name}@mail.example")
    real = type(services.subscriptions.mailer).send

    async def picky(mailer, to, *rest):
        if to.startswith("two"):
            raise MailError("no such mailbox")
        await real(mailer, to, *rest)

    monkeypatch.setattr(type(services.subscriptions.mailer), "send", picky)
    row = await publish()
    assert (row.mailed, row.mail_failed) == (2, 1)


@pytest.mark.commitment("W1")
async def test_who_was_missed_stops_it_and_running_it_again_tells_only_them(mailbox, services, publish, monkeypatch):
    """Between queueing and publishing somebody subscribes: not published until they were written to as well."""
    await mailbox.subscribed("updates", email="one@mail.example")
    mailbox.sink.recipients.clear()
    real = sending._waiting

    async def late(desk, letter):
        found = await real(desk, letter)
        if not found and not mailbox.sink.recipients.count("two@mail.example"):
            await mailbox.subscribed("updates", email="two@mail.example")
        return found

    monkeypatch.setattr(sending, "_waiting", late)
    with pytest.raises(NotPublished, match="1 who subscribed to changes were not written to"):
        await publish()
    mailbox.sink.recipients.clear()
    row = await publish()
    assert mailbox.sink.recipients == ["two@mail.example"]
    assert row.mailed == 2


async def test_a_list_that_is_given_is_told_besides(mailbox, services, publish):
    """The subscribers here and the readers on the list are counted together."""
    await mailbox.subscribed("updates")
    readers = (Reader("list@mail.example", "de"),)
    row = await publish(readers=readers, mailer=services.subscriptions.mailer)
    assert row.mailed == 2


async def test_a_better_word_is_told_to_nobody(mailbox, services, settings):
    """Only what touches a purpose is announced."""
    await mailbox.subscribed("updates")
    told = read_data(settings)
    words = dict(told.notices.content) | {"party": told.party.model_dump(mode="json") | {"address": "Main Road 1"}}
    better = type(told.notices).restore(words, {"en": told.notices.best("en").strings})
    before, now = len(mailbox.sink.messages), datetime.now(UTC)
    await publishing.publish(services.database, Proposal(better, abroad=False), now, Post(), now)
    assert len(mailbox.sink.messages) == before


@pytest.mark.commitment("W1")
async def test_without_words_for_the_site_and_the_chat_nothing_is_published(services, changed):
    """What cannot be announced on the pages and in the chat is refused, in whichever language it fails."""
    for wrong in ("", "soon", "{nobody}"):
        strings = {tag: dict(each.strings) for tag, each in changed.notices.by_language.items()}
        strings["af"]["announcement"] = wrong
        notices = type(changed.notices).restore(changed.notices.content, strings)
        now = datetime.now(UTC)
        proposal = Proposal(notices, abroad=False)
        with pytest.raises(NotPublished, match=r"strings/af\.yaml"):
            await publishing.publish(services.database, proposal, now + timedelta(days=30), Post(), now)


@pytest.mark.commitment("W1", "W3")
async def test_when_the_words_of_updates_change_their_yes_no_longer_stands(mailbox, services, tmp_path, letter):
    """It was announced while it stood; from its day on nothing is sent until the page is saved again."""
    page = await mailbox.subscribed("updates", "marketing")
    made = tmp_path / "changed"
    shutil.copytree(data_folder(), made)
    path = made / "notices" / "en.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Tell me when something changes", "Tell me of news"))
    told = read_data(services.settings)
    proposal = Proposal(load_notices(made, told.party, told.answerer), abroad=False)
    then, now = datetime.now(UTC) - timedelta(days=30), datetime.now(UTC)
    tell = partial(letters.tell, services.subscriptions, "staff-1")
    assert (await publishing.publish(services.database, proposal, now, Post(subscribers=tell), then)).mailed == 1
    await services.editions.refresh(services.database)
    assert (await sending.send(services.subscriptions, letter("updates"), "staff-1"))["sent"] == 0
    assert (await sending.send(services.subscriptions, letter("marketing"), "staff-1"))["sent"] == 1
    shown = (await mailbox.client.get(page)).text
    assert shown.count(" checked") == 1
    await mailbox.press(page, act="save", purpose=["updates", "marketing"])
    assert (await sending.send(services.subscriptions, letter("updates", "More."), "staff-1"))["sent"] == 1


class TestCommand:
    """The commands of staff, over the real settings."""

    @pytest.fixture
    def run(self, settings, folder, monkeypatch):
        """Run a command with the changed data files, as after a first start with the old ones."""
        from chatbot.cli.serve import prepare

        prepare(settings)
        monkeypatch.setenv("CHATBOT_VAR_DIR", str(settings.var_dir))
        monkeypatch.setenv("CHATBOT_DATA_DIR", str(folder))
        return lambda *arguments: CliRunner().invoke(main, list(arguments))

    def test_publishing_goes_through_the_subscribers(self, run):
        """Nobody subscribed, so it is published and says so."""
        day = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
        done = run("notice", "publish", "--effective-from", day, "--officer", "staff-1")
        assert done.exit_code == 0, done.output
        assert "nobody subscribed" in done.output

    @pytest.mark.commitment("W1", "U6")
    async def test_the_command_tells_the_subscribers_before_it_publishes(self, mailbox, settings, folder):
        """In a process of its own, as staff run it; the list of notices says how many were told."""
        await mailbox.subscribed("updates")
        env = {
            "CHATBOT_VAR_DIR": str(settings.var_dir),
            "CHATBOT_DATA_DIR": str(folder),
            "CHATBOT_SMTP_HOST": settings.smtp_host,
            "CHATBOT_SMTP_PORT": str(settings.smtp_port),
        }
        day = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
        status, said = await command(env, "notice", "publish", "--effective-from", day, "--officer", "staff-1")
        assert (status, "mailed 1, failed 0" in said) == (0, True)
        assert day in mailbox.sink.texts[-1]
