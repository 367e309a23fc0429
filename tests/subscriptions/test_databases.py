"""The whole way on each kind of database: locks, unique rows and the end of an address mean the same on both."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from chatbot.consents.delivered import Delivered, report
from chatbot.storage.tables import Subject
from chatbot.storage.tables.subscriptions import Delivery
from chatbot.subscriptions import choosing, duties, sending
from tests.subscriptions.conftest import ADDRESS


@pytest.fixture
def settings(make_settings, sink, database_url):
    """Settings with mail, on an empty database."""
    given = {"database_url": database_url, "secret": "s" * 32, "public_url": "http://127.0.0.1:1"}
    return make_settings(smtp_host="127.0.0.1", smtp_port=sink.port, **given)


async def test_from_the_yes_to_the_mail_and_to_the_end(mailbox, services, letter):
    """Two senders at once, a change, a reminder, and silence."""
    page = await mailbox.subscribed("updates", "marketing")
    await mailbox.subscribed("updates", email="other@mail.example")
    done = await asyncio.gather(
        *(sending.send(services.subscriptions, letter("updates"), "staff-1") for _ in range(2))
    )
    assert max(each["sent"] for each in done) == 2
    assert [each.event_id is not None for each in await mailbox.rows(Delivery)] == [True, True]
    await mailbox.press(page, act="save", purpose=["marketing"])
    assert await mailbox.outbox() == ["sent", "sent"]
    now = datetime.now(UTC)
    assert (await duties.sweep(services.subscriptions, now + timedelta(days=167)))["reminded"] == 2
    assert (await duties.sweep(services.subscriptions, now + timedelta(days=181)))["ended"] == 2
    assert await mailbox.rows() == []


async def test_two_presses_at_the_same_moment_keep_one_row(mailbox):
    """A double click on the button of the mail's page."""
    await mailbox.ask("updates")
    pages = await asyncio.gather(*(mailbox.confirm() for _ in range(3)))
    assert {page.status_code for page in pages} == {200}
    assert len(await mailbox.rows()) == 1
    assert len(await mailbox.rows(Subject)) == 1
    desk, [link] = mailbox.services.subscriptions, mailbox.links("confirm")
    await choosing.stop(desk, desk.lookup(ADDRESS))
    assert (await mailbox.pressed(link)).status_code == 404
    assert await mailbox.rows() == []


async def test_what_was_told_is_counted_over_all_workers(services):
    """Each keeps its counts; together they are the report."""
    [row] = services.editions.of("privacy")
    for _ in range(2):
        worker = Delivered()
        worker.note(row, "site")
        await worker.keep(services.database)
        await worker.keep(services.database)
    assert (await report(services.database))[row.id, "site"] == 2
