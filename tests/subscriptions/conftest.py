"""Somebody with a mailbox and a browser without scripts, a letter to many, and the clock."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE
from datetime import UTC, datetime

import pytest
from sqlmodel import select
from support.smtp_sink import smtp_sink

from chatbot.storage.tables.subscriptions import Delivery, Subscription
from chatbot.subscriptions.counting import Letter, Text
from consent import ledger
from consent.tables import ConsentEvent

ADDRESS = "qzanele.canary@mail.example"
LINK = re.compile(r"https?://[^/\s]+(/subscribe/\S+)")
VERSION = re.compile(r'name="version" value="(\w+)"')
FORM = {"email": ADDRESS, "country": "ZA", "month": "07", "year": "1990"}


@pytest.fixture
async def sink():
    """A mail server on loopback."""
    async with smtp_sink() as server:
        yield server


@pytest.fixture
def settings(make_settings, sink):
    """Settings with mail."""
    return make_settings(smtp_host="127.0.0.1", smtp_port=sink.port, public_url="http://127.0.0.1:1")


async def command(env, *arguments):
    """Run a command in a process of its own; gives its exit status and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chatbot", *map(str, arguments)), env=os.environ | env, stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    return process.returncode, (out or err).decode()


class Mailbox:
    """Somebody who subscribes: fills in the form, reads mail, presses buttons."""

    def __init__(self, client, services, sink):
        self.client, self.services, self.sink = client, services, sink

    async def ask(self, *purposes, **changed):
        return await self.client.post("/subscribe", data=FORM | {"purpose": list(purposes)} | changed)

    def links(self, kind):
        """Every link of a kind in the last mail."""
        return [link for link in LINK.findall(self.sink.texts[-1].replace("\r", "")) if f"/{kind}/" in link]

    async def press(self, path, **fields):
        """Open a page and press its button."""
        page = await self.client.get(path)
        version = VERSION.search(page.text)
        return await self.client.post(path, data=({"version": version[1]} if version else {}) | fields)

    async def pressed(self, path):
        """Press a page's button once more, as a double click does."""
        return await self.client.post(path, data={"version": self.services.notices.version})

    async def confirm(self):
        return await self.press(self.links("confirm")[0])

    async def subscribed(self, *purposes, **changed):
        """From the form to a yes; gives the path of the subscription's own page."""
        assert (await self.ask(*purposes, **changed)).status_code == 200
        page = await self.confirm()
        assert page.status_code == 200, page.text
        return self.page(changed.get("email", ADDRESS))

    def page(self, address=ADDRESS):
        desk = self.services.subscriptions
        return "/subscribe/manage/" + desk.page(desk.lookup(address)).rpartition("/")[2]

    async def rows(self, table=Subscription):
        async with self.services.database.reading() as session:
            return (await session.exec(select(table))).all()

    async def events(self):
        async with self.services.database.reading() as session:
            found = await session.exec(select(ConsentEvent).order_by(ConsentEvent.at, ConsentEvent.seq))
            return [(each.purpose, each.event_type) for each in found.all()]

    async def standing(self):
        [row] = await self.rows()
        async with self.services.database.reading() as session:
            return await ledger.standing(session, row.subject_id, datetime.now(UTC))

    async def outbox(self):
        return [each.state for each in await self.rows(Delivery)]


@pytest.fixture
def mailbox(client, services, sink):
    """Somebody with a mailbox."""
    return Mailbox(client, services, sink)


@pytest.fixture
def letter():
    """Write a letter to everybody who agreed to a purpose."""

    def write(purpose, body="Something is new.", **more):
        texts = {"en": Text("News", body), "de": Text("Neues", "Etwas ist neu.")}
        return Letter(f"{purpose}-{len(body)}", "mailing", purpose, texts, **more)

    return write
