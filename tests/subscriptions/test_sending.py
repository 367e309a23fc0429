"""A letter to many: only on a yes that stands as each message leaves, never twice, and stopped by one click."""

import asyncio
import json
import os
import re
import signal
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlmodel import select

from chatbot.cli import main
from chatbot.consents import auditing
from chatbot.errors import MailStopped
from chatbot.storage.tables import ChatSession
from chatbot.storage.tables.subscriptions import Delivery, Mailing
from chatbot.subscriptions import choosing, counting, letters, sending
from chatbot.subscriptions.counting import State
from consent import ledger
from consent.data import DataError
from consent.egress import MailError
from consent.tables import ConsentEvent
from tests.subscriptions.conftest import ADDRESS, command

FILE = """---
language: en
subject: What is new
---
# Two things

are **new**.
---
language: de
subject: Was neu ist
---
Zwei Dinge.
"""


@pytest.fixture
def send(services, letter):
    """Send a letter for a purpose; gives how its messages stand."""

    async def run(purpose, body="Something is new.", **how):
        return await sending.send(services.subscriptions, letter(purpose, body), "staff-1", **how)

    return run


def sent(counts):
    return {state: count for state, count in counts.items() if count}


@pytest.mark.commitment("U5", "H3")
async def test_offers_reach_only_those_who_agreed_to_offers(mailbox, send, visitor):
    """Updates and marketing are flags of their own: who agreed to one is not in the outbox of the other."""
    await visitor.begin({"store": True})
    await mailbox.subscribed("updates", email="one@mail.example")
    await mailbox.subscribed("marketing", email="two@mail.example")
    assert sent(await send("marketing")) == {"sent": 1}
    assert mailbox.sink.recipients[-1] == "two@mail.example"
    rows = await mailbox.rows(Delivery)
    assert len(rows) == 1
    async with mailbox.services.database.reading() as session:
        yes = await session.get(ConsentEvent, rows[0].event_id)
    assert (yes.purpose, yes.granted) == ("marketing", True)
    assert sent(await send("updates", "Something else is new.")) == {"sent": 1}
    assert mailbox.sink.recipients[-1] == "one@mail.example"


@pytest.mark.commitment("U5")
async def test_nobody_agreed_means_an_empty_outbox(mailbox, send, visitor, services):
    """Not a visitor whose earlier yes is in the ledger without an address, and never a minor."""
    await visitor.begin({"store": True})
    await mailbox.ask("marketing", year="2010")
    async with services.database.transaction() as session:
        subject = (await session.get(ChatSession, visitor.id)).subject_id
        how = ledger.Circumstances(services.notices.best("en"), "DE", "session-choices")
        await ledger.record(session, subject, {"marketing": True}, how, now=datetime.now(UTC))
    assert sent(await send("marketing")) == {}
    assert await mailbox.outbox() == []
    assert mailbox.sink.messages == []


@pytest.mark.commitment("H3")
async def test_a_yes_taken_back_between_queueing_and_sending_is_not_sent(mailbox, services, letter):
    """Each message asks the ledger as it leaves; the refusal is on record where there still is somebody."""
    desk, news = services.subscriptions, letter("marketing")
    pages = [await mailbox.subscribed("updates", "marketing", email=f"{name}@mail.example") for name in ("a", "b")]
    before = len(mailbox.sink.messages)
    await sending._queue(desk, news, "staff-1")
    await mailbox.press(pages[0], act="save", purpose=["updates"])
    await mailbox.press(pages[1], act="stop")
    assert sent(await sending.send(desk, news, "staff-1")) == {"withheld": 2}
    assert len(mailbox.sink.messages) == before
    [left] = await mailbox.rows()
    async with services.database.reading() as session:
        last = (await auditing.read(session, left.subject_id))[-1].fact
    assert (last.verb, last.purpose, last.recipient, last.reason) == ("deny", "marketing", "mail", "no_consent")


@pytest.mark.commitment("H3")
async def test_a_yes_that_ran_out_sends_nothing(mailbox, services, letter, monkeypatch):
    """Silence ends it, whether or not the sweep has come by."""
    await mailbox.subscribed("marketing")
    late = datetime.now(UTC) + timedelta(days=181)

    class Later(datetime):
        @classmethod
        def now(cls, _zone=None):
            return late

    monkeypatch.setattr(sending, "datetime", Later)
    assert sent(await sending.send(services.subscriptions, letter("marketing"), "staff-1")) == {}


async def test_the_same_letter_again_goes_to_nobody_twice(mailbox, send):
    """Who subscribes later is not part of what was sent before."""
    await mailbox.subscribed("updates", email="one@mail.example")
    assert sent(await send("updates")) == {"sent": 1}
    await mailbox.subscribed("updates", email="two@mail.example")
    before = len(mailbox.sink.messages)
    assert sent(await send("updates")) == {"sent": 1}
    assert len(mailbox.sink.messages) == before
    assert len(await mailbox.rows(Mailing)) == 1


async def test_two_senders_at_once_send_each_message_once(mailbox, services, letter):
    """A message is claimed before it leaves."""
    for number in range(6):
        await mailbox.subscribed("updates", email=f"{number}@mail.example")
    before = len(mailbox.sink.messages)
    await asyncio.gather(*(sending.send(services.subscriptions, letter("updates"), "staff-1") for _ in range(3)))
    assert len(mailbox.sink.messages) - before == 6
    assert await mailbox.outbox() == ["sent"] * 6


async def test_what_was_being_sent_when_the_service_died_is_sent_again_on_a_yes_that_stands(
    mailbox, services, letter, monkeypatch
):
    """Nobody knows whether it arrived; its claim holds for a while, and the ledger is asked anew."""
    desk, news = services.subscriptions, letter("updates")
    for number in range(3):
        await mailbox.subscribed("updates", email=f"{number}@mail.example")
    before = len(mailbox.sink.messages)
    await sending._queue(desk, news, "staff-1")
    one, other, _ = [row.id for row in await mailbox.rows(Delivery)]
    assert await sending._claim(desk, news, one)
    assert await sending._claim(desk, news, other)
    assert await sending._claim(desk, news, one) is None
    await choosing.stop(desk, desk.lookup("1@mail.example"))
    monkeypatch.setattr(sending, "LEASE", timedelta(0))
    assert sent(await sending.send(desk, news, "staff-1")) == {"sent": 2, "withheld": 1}
    assert mailbox.sink.recipients[before:] == ["0@mail.example", "2@mail.example"]


async def test_what_the_server_refused_is_tried_again_only_when_told(mailbox, send):
    """A refusal is counted, and the rest goes on."""
    await mailbox.subscribed("updates")
    mailbox.sink.refuse = True
    assert sent(await send("updates")) == {"failed": 1}
    mailbox.sink.refuse = False
    assert sent(await send("updates")) == {"failed": 1}
    assert sent(await send("updates", again=True)) == {"sent": 1}


async def test_one_refused_address_stops_nobody_else(mailbox, services, letter, monkeypatch):
    """Each message stands for itself."""
    for number in range(3):
        await mailbox.subscribed("updates", email=f"{number}@mail.example")
    real = type(services.subscriptions.mailer).send

    async def picky(mailer, to, *rest):
        if to.startswith("1@"):
            raise MailError("no such mailbox")
        await real(mailer, to, *rest)

    monkeypatch.setattr(type(services.subscriptions.mailer), "send", picky)
    assert sent(await sending.send(services.subscriptions, letter("updates"), "staff-1")) == {"sent": 2, "failed": 1}


@pytest.mark.commitment("H3")
async def test_every_mail_stops_with_one_click_as_rfc_8058_says(mailbox, send):
    """The header is one line that a mail program can read; its POST stops just that, opening it stops nothing."""
    await mailbox.subscribed("updates", "marketing")
    await send("marketing")
    message = mailbox.sink.messages[-1]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    line = next(line for line in mailbox.sink.raw[-1].split(b"\r\n") if line.startswith(b"List-Unsubscribe: "))
    path = re.fullmatch(rb"List-Unsubscribe: <http://127\.0\.0\.1:1(/subscribe/stop/[\w-]+)>", line)[1].decode()
    assert path == mailbox.links("stop")[0]
    assert "Stop this mail?" in (await mailbox.client.get(path)).text
    assert await mailbox.standing() == {"updates": True, "marketing": True}
    click = await mailbox.client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert click.status_code == 200
    assert await mailbox.standing() == {"updates": True, "marketing": False}
    assert (await mailbox.client.get(mailbox.links("manage")[0])).status_code == 200


async def test_a_letter_that_is_passed_on_gives_no_yes(mailbox, send):
    """Its link takes back and shows what stands; whoever presses more than the page offers changes nothing else."""
    await mailbox.subscribed("updates")
    await send("updates")
    page = mailbox.links("manage")[0]
    shown = (await mailbox.client.get(page)).text
    assert 'value="updates"' in shown
    assert 'value="marketing"' not in shown
    assert "only takes back" in shown
    [before] = await mailbox.rows()
    await mailbox.press(page, act="save", purpose=["updates", "marketing"])
    [after] = await mailbox.rows()
    assert (await mailbox.events(), after.next_end) == ([("updates", "given")], before.next_end)
    ended = await mailbox.press(page, act="save")
    assert "Your address is destroyed." in ended.text


async def test_a_link_that_was_asked_for_gives_a_yes_for_two_weeks(mailbox, services, monkeypatch):
    """Long enough for a reminder; afterwards it takes back like any other."""
    page = await mailbox.subscribed("updates")
    then = time.time() + 14 * 86400 + 1
    monkeypatch.setattr("chatbot.subscriptions.parts.time.time", lambda: then)
    await mailbox.press(page, act="save", purpose=["updates", "marketing"])
    assert await mailbox.standing() == {"updates": True}
    monkeypatch.undo()
    await mailbox.press(page, act="save", purpose=["updates", "marketing"])
    assert await mailbox.standing() == {"updates": True, "marketing": True}


async def test_an_old_mail_stops_what_was_begun_anew(mailbox, send):
    """The link names the address's hash, not the row that was there then."""
    await mailbox.subscribed("marketing")
    await send("marketing")
    [stop] = mailbox.links("stop")
    await mailbox.client.post(stop)
    await mailbox.subscribed("marketing")
    await mailbox.client.post(stop)
    assert await mailbox.rows() == []


async def test_each_mail_is_in_the_subscribers_language_or_in_english(mailbox, send):
    """And says why it came."""
    await mailbox.client.post(
        "/subscribe?language=de",
        data={"email": ADDRESS, "country": "DE", "month": "07", "year": "1990", "purpose": "updates"},
    )
    await mailbox.confirm()
    await mailbox.subscribed("updates", email="en@mail.example")
    await send("updates")
    one, other = mailbox.sink.messages[-2:]
    assert (one["Subject"], other["Subject"]) == ("Neues", "News")
    assert "Sie bekommen diese Mail, weil" in one.get_content()
    assert "You get this mail because you agreed on" in other.get_content()


async def test_without_a_mail_server_nothing_is_queued(services, letter, mailbox):
    """It says which setting is missing."""
    from dataclasses import replace

    with pytest.raises(MailStopped, match="CHATBOT_SMTP_HOST"):
        await sending.send(replace(services.subscriptions, mailer=None), letter("updates"), "staff-1")
    assert await mailbox.rows(Mailing) == []


async def test_who_had_it_sent_is_on_record(mailbox, send, services):
    """In the mailing's row, and in a chain of its own."""
    await mailbox.subscribed("updates")
    await send("updates")
    [row] = await mailbox.rows(Mailing)
    assert row.by == "staff-1"
    async with services.database.reading() as session:
        [entry] = await auditing.read(session, sending.STREAM)
    assert (entry.fact.role, entry.fact.actor, entry.fact.purpose) == ("officer", "staff-1", "updates")


class TestCommand:
    """`chatbot mail`, in a process of its own where it can be killed."""

    @pytest.fixture
    def file(self, tmp_path):
        """A letter in two languages."""
        path = tmp_path / "letter.md"
        path.write_text(FILE, encoding="utf-8")
        return path

    @pytest.fixture
    def env(self, settings):
        """The settings as a process gets them."""
        return {
            "CHATBOT_VAR_DIR": str(settings.var_dir),
            "CHATBOT_SMTP_HOST": settings.smtp_host,
            "CHATBOT_SMTP_PORT": str(settings.smtp_port),
            "CHATBOT_PUBLIC_URL": settings.public_url,
        }

    async def test_it_counts_first_sends_then_and_lists(self, mailbox, env, file):
        """A dry run writes nothing."""
        await mailbox.subscribed("updates")
        arguments = ("mail", "send", file, "--purpose", "updates", "--officer", "staff-1", "--json")
        assert (await command(env, *arguments, "--dry-run"))[1].strip() == '[{"en": 1}]'
        assert await mailbox.rows(Mailing) == []
        status, said = await command(env, *arguments)
        assert (status, json.loads(said)[0]["sent"]) == (0, 1)
        assert mailbox.sink.messages[-1]["Subject"] == "What is new"
        assert "are **new**." in mailbox.sink.texts[-1]
        [listed] = json.loads((await command(env, "mail", "list", "--json"))[1])
        assert (listed["by"], listed["purpose"], listed["sent"]) == ("staff-1", "updates", 1)
        assert ADDRESS not in said

    async def test_killed_half_way_it_goes_on_and_only_what_was_in_hand_comes_twice(self, mailbox, env, file):
        """Killed after the mail server took a message and before it said so, then the same command again."""
        people = [f"{number}@mail.example" for number in range(8)]
        for each in people:
            await mailbox.subscribed("updates", email=each)
        mailbox.sink.recipients.clear()
        mailbox.sink.messages.clear()
        talk, reached = mailbox.sink.talk, asyncio.Event()

        class Mute:
            """Says nothing any more once the fourth message is taken."""

            def __init__(self, writer):
                self.writer, self.close, self.drain = writer, writer.close, writer.drain

            def write(self, data):
                if len(mailbox.sink.messages) < 4:
                    self.writer.write(data)
                else:
                    reached.set()

        server = await asyncio.start_server(lambda reader, writer: talk(reader, Mute(writer)), "127.0.0.1", 0)
        arguments = ["mail", "send", str(file), "--purpose", "updates", "--officer", "staff-1"]
        slowly = env | {"CHATBOT_SMTP_PORT": str(server.sockets[0].getsockname()[1])}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "chatbot", *arguments, env=os.environ | slowly
        )
        async with asyncio.timeout(60):
            await reached.wait()
        process.send_signal(signal.SIGKILL)
        await process.wait()
        server.close()
        assert await mailbox.outbox() == ["sent"] * 3 + ["sending"] + ["queued"] * 4
        async with mailbox.services.database.transaction() as session:  # a minute goes by
            for row in (await session.exec(select(Delivery))).all():
                row.at -= sending.LEASE
        status, said = await command(env, *arguments, "--json")
        assert (status, sent(json.loads(said)[0])) == (0, {"sent": 8})
        assert sorted(mailbox.sink.recipients) == sorted([*people, people[3]])
        marks = [message["Message-ID"] for message in mailbox.sink.messages]
        assert (len(marks), len(set(marks))) == (9, 8)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Hello", "begin with ---"),
            ("---\nlanguage: de\nsubject: x\n---\nHallo\n", "in English"),
            ("---\nlanguage: en\n---\nHello\n", "needs language and subject"),
            ("---\nlanguage: en\nsubject: |\n  a\n  b\n---\nHello\n", "one line"),
            (FILE + "---\nlanguage: fr\nsubject: x\n---\nBonjour\n", "no notice is in fr"),
        ],
    )
    def test_a_file_that_is_none_is_refused_in_plain_words(self, settings, tmp_path, monkeypatch, text, words):
        """Before anything is written or sent."""
        path = tmp_path / "letter.md"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("CHATBOT_VAR_DIR", str(settings.var_dir))
        monkeypatch.setenv("CHATBOT_SMTP_HOST", "127.0.0.1")
        from chatbot.cli.serve import prepare

        prepare(settings)
        arguments = ["mail", "send", str(path), "--purpose", "updates", "--officer", "staff-1"]
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 1
        assert words in done.output

    def test_it_takes_only_the_purposes_that_are_asked_when_subscribing(self, file, services):
        """The command's choices are the register's."""
        from chatbot.cli.mail import PURPOSES

        assert tuple(row.id for row in services.notices.best("en").purposes.subscribing()) == PURPOSES
        refused = CliRunner().invoke(main, ["mail", "send", str(file), "--purpose", "store", "--officer", "a"])
        assert refused.exit_code == 2


async def test_every_state_is_counted(mailbox, send, services):
    """What is told adds up to what was queued."""
    await mailbox.subscribed("updates")
    await send("updates")
    async with services.database.reading() as session:
        [identity] = (await session.exec(select(Mailing.id))).all()
    counts = await counting.counts(services.subscriptions, identity)
    assert set(counts) == {state.value for state in State}
    assert sum(counts.values()) == len(await mailbox.rows(Delivery))


@pytest.mark.parametrize("subject", ["a\\rb", "a\\nb", "a\\u2028b", " "])
def test_a_letter_whose_subject_is_no_single_line_is_refused_before_anything_is_queued(tmp_path, subject):
    """Later it would stop in the middle of a mailing, with a message that counts as being sent for ever."""
    path = tmp_path / "letter.md"
    path.write_text(f'---\nlanguage: en\nsubject: "{subject}"\n---\nSome text.\n', encoding="utf-8")
    with pytest.raises(DataError, match="one line"):
        letters.from_file(path, "updates", ["en"])


def test_a_letter_that_is_no_text_and_a_database_that_is_away_are_one_plain_line(
    make_settings, monkeypatch, tmp_path
):
    """No traceback for whoever mixes up two files, or two folders."""
    monkeypatch.setenv("CHATBOT_VAR_DIR", str(make_settings().var_dir))
    path = tmp_path / "letter.docx"
    path.write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(DataError, match="UTF-8"):
        letters.from_file(path, "updates", ["en"])
    said = CliRunner().invoke(main, ["mail", "list"])
    assert (said.exit_code, said.stderr.count("\n")) == (1, 1)
    assert "doctor" in said.stderr
