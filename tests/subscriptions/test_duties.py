"""A yes by e-mail runs out by the law of the place: told two weeks before, once, and silence destroys the address."""

from datetime import UTC, datetime, timedelta

import pytest

from chatbot.subscriptions import duties
from tests.subscriptions.conftest import ADDRESS


@pytest.fixture
def at(services):
    """Do what is due so many days from now."""

    async def sweep(days):
        return await duties.sweep(services.subscriptions, datetime.now(UTC) + timedelta(days=days))

    return sweep


def reminders(mailbox):
    return [message for message in mailbox.sink.messages if "your yes ends" in message["Subject"]]


@pytest.mark.commitment("H3")
async def test_two_weeks_before_the_end_a_reminder_comes_once(mailbox, at):
    """Before that nothing, and afterwards not again."""
    await mailbox.subscribed("updates")
    assert [(await at(day))["reminded"] for day in (165, 167, 168)] == [0, 1, 0]
    [mail] = reminders(mailbox)
    [row] = await mailbox.rows()
    assert f"{row.next_end:%Y-%m-%d}" in mail["Subject"]
    title = mailbox.services.notices.best("en").words.purposes["updates"].title
    assert title in mail.get_content().replace("\n", " ")


@pytest.mark.commitment("H3")
@pytest.mark.parametrize(("days", "left"), [(179, 1), (181, 0)])
async def test_silence_destroys_the_address_when_the_yes_ends(mailbox, at, settings, days, left):
    """The row goes and the address with it, from the write-ahead log too; the ledger stays."""
    await mailbox.subscribed("updates", "marketing")
    sealed = (await mailbox.rows())[0].address
    assert (await at(days))["ended"] == 1 - left
    assert len(await mailbox.rows()) == left
    await mailbox.services.database.checkpoint()
    kept = b"".join(path.read_bytes() for path in settings.var_dir.glob("chatbot.db*"))
    assert (sealed in kept) is bool(left)
    assert len(await mailbox.events()) == 2


async def test_saving_after_the_reminder_lets_it_go_on(mailbox, at):
    """The reminder's link leads to the page; a new yes holds for its own time, and is reminded of again."""
    await mailbox.subscribed("updates")
    await at(167)
    await mailbox.press(mailbox.links("manage")[0], act="save", purpose=["updates"])
    [row] = await mailbox.rows()
    assert row.remind_at == row.next_end - timedelta(days=14)
    assert (await at(167))["reminded"] == 1


async def test_where_one_yes_ends_and_another_goes_on_only_that_one_is_gone(mailbox, at, services):
    """Each purpose has its own time; the address stays for what still stands."""
    await mailbox.subscribed("updates")
    await mailbox.subscribed("marketing")
    async with services.database.transaction() as session:
        [row] = await mailbox.rows()
        session.add(row)
        row.next_end = datetime.now(UTC) - timedelta(minutes=1)
    assert (await at(0))["ended"] == 0
    [row] = await mailbox.rows()
    assert row.next_end > datetime.now(UTC)


async def test_a_reminder_that_no_server_took_is_due_again_the_next_day(mailbox, at):
    """Not every minute."""
    await mailbox.subscribed("updates")
    mailbox.sink.refuse = True
    assert (await at(167))["reminded"] == 0
    mailbox.sink.refuse = False
    assert (await at(167.5))["reminded"] == 0
    assert (await at(168.5))["reminded"] == 1


@pytest.mark.commitment("H3")
async def test_a_reminder_whose_worker_died_is_sent_by_the_next_under_one_mark(mailbox, at, services, monkeypatch):
    """Whether the first one arrived nobody knows; who gets both can tell, and nobody gets none."""
    await mailbox.subscribed("updates")
    real = type(services.subscriptions).send

    async def dies(desk, *arguments, **values):
        await real(desk, *arguments, **values)
        raise KeyboardInterrupt

    monkeypatch.setattr(type(services.subscriptions), "send", dies)
    with pytest.raises(KeyboardInterrupt):
        await at(167)
    monkeypatch.undo()
    assert (await at(167))["reminded"] == 0, "its claim holds for a while"
    assert (await at(167.1))["reminded"] == 1
    assert len({mail["Message-ID"] for mail in reminders(mailbox)}) == 1
    assert len(reminders(mailbox)) == 2
    assert (await at(168))["reminded"] == 0


async def test_two_workers_remind_once(mailbox, services):
    """A row is claimed before the mail leaves."""
    import asyncio

    await mailbox.subscribed("updates")
    then = datetime.now(UTC) + timedelta(days=167)
    done = await asyncio.gather(*(duties.sweep(services.subscriptions, then) for _ in range(3)))
    assert sum(each["reminded"] for each in done) == 1
    assert len(reminders(mailbox)) == 1
    assert mailbox.sink.recipients[-1] == ADDRESS


async def test_the_record_of_what_was_sent_goes_after_its_time(mailbox, services, letter):
    """What was sent on which yes is proof for as long as the register of records says, and no longer."""
    from chatbot.officers.duties import clean
    from chatbot.storage.tables.subscriptions import Delivery, Mailing
    from chatbot.subscriptions import sending

    await mailbox.subscribed("updates")
    await sending.send(services.subscriptions, letter("updates"), "staff-1")
    days = services.rules.records.period("mailing").days
    for passed, left in ((days - 1, 1), (days + 1, 0)):
        async with services.database.transaction() as session:
            await clean(session, services.rules.records, datetime.now(UTC) + timedelta(days=passed))
        assert (len(await mailbox.rows(Delivery)), len(await mailbox.rows(Mailing))) == (left, left)
