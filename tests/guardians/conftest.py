"""A child, a guardian in a browser without scripts, and the clock."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select
from support.smtp_sink import smtp_sink

from chatbot.guardians import duties
from chatbot.storage.tables.guardians import GuardianRow

LINK = re.compile(r"https?://[^/\s]+(/guardian/\S+)")
CODE = re.compile(r'class="code">([0-9A-Z-]{14})<')


@pytest.fixture
async def sink():
    """A mail server on loopback."""
    async with smtp_sink() as server:
        yield server


@pytest.fixture
def settings(make_settings, sink):
    """Settings with mail."""
    return make_settings(smtp_host="127.0.0.1", smtp_port=sink.port, public_url="http://127.0.0.1:1")


class Family:
    """A child at the widget and a guardian at the pages."""

    def __init__(self, client, services, sink):
        self.client, self.services, self.sink = client, services, sink

    async def invite(self, country="ZA"):
        made = await self.client.post("/v1/guardian/invitations", json={"country": country, "language": "en"})
        assert made.status_code == 201, made.text
        return made.json()["code"]

    async def identify(self, code, address="parent@mail.example"):
        sent = await self.client.post(f"/guardian/{code}", data={"act": "email_plus", "value": address})
        assert sent.status_code == 200, sent.text
        return self.last_link()

    def last_link(self):
        return LINK.search(self.sink.texts[-1])[1]

    async def later(self, hours):
        """Move every invitation into the past, which is the same as waiting; then do what is due."""
        async with self.services.database.transaction() as session:
            for row in (await session.exec(select(GuardianRow))).all():
                row.invited_at -= timedelta(hours=hours)
                row.expires_at -= timedelta(hours=hours)
                row.first_at = row.first_at and row.first_at - timedelta(hours=hours)
        return await duties.sweep(self.services, datetime.now(UTC))

    async def verified(self):
        """Go as far as the decision; gives the portal's path."""
        first = await self.identify(await self.invite())
        assert (await self.client.post(first)).status_code == 200
        await self.later(25)
        done = await self.client.post(self.last_link())
        assert done.status_code == 303, done.text
        return done.headers["location"]

    async def agreed(self, *purposes):
        """Go as far as consent; gives the portal's path and the child's code."""
        portal = await self.verified()
        page = await self.press(portal, "consent", purpose=list(purposes), version=self.services.notices.version)
        return portal, CODE.search(page.text)[1]

    async def press(self, portal, act, **fields):
        return await self.client.post(portal, data={"act": act} | fields)

    async def enter(self, visitor, code):
        """The child comes in with the guardian's code."""
        begun = await self.client.post("/v1/guardian/sessions", json={"code": code})
        if begun.status_code == 201:
            visitor.id, visitor.token = begun.json()["id"], begun.json()["token"]
        return begun

    async def row(self):
        async with self.services.database.reading() as session:
            return (await session.exec(select(GuardianRow))).one()


@pytest.fixture
def family(client, services, sink):
    """A child and a guardian."""
    return Family(client, services, sink)


@pytest.fixture
def key():
    """A fresh idempotency key."""
    return str(uuid.uuid4())
