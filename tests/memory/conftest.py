"""Visitors who come back, and a model that remembers every word that it was sent."""

import asyncio
import uuid
from dataclasses import replace

import pytest
from sqlmodel import select
from support.remembering_model import RememberingModel
from support.visitors import GROWN_UP, Visitor

from chatbot.cli.serve import prepare
from chatbot.knowledge.search import Knowledge
from chatbot.llm.prompts import Prompts
from chatbot.llm.provider import Door, ProviderAnswerer
from chatbot.running import opened
from chatbot.start import answerer_config, start
from chatbot.storage.tables import ChatSession, MemoryRow

YES = {"store": True, "personalise": True}


@pytest.fixture
def model():
    return RememberingModel()


@pytest.fixture(scope="session")
def knowledge(knowledge_file):
    """The real knowledge base, opened and warmed once."""
    made = Knowledge.open(knowledge_file)
    made.warm()
    yield made
    made.close()


@pytest.fixture
async def services(settings, redactor, model, knowledge):
    """A worker whose model is the remembering one, at home."""
    await asyncio.to_thread(prepare, settings)
    made = start(settings, redactor)

    async def close():
        pass

    door = Door("own-machine", "ZA", abroad=False, check=lambda: None, close=close)
    config = replace(answerer_config(settings), company="Rousora")
    answerer = ProviderAnswerer(model, Prompts.read(config.prompts), config, door, made.embedded)
    made = replace(made, answerer=answerer, knowledge=knowledge)
    async with opened(made):
        yield made


@pytest.fixture
def site(client, services, model):
    """The site as visitors use it who come back."""
    return Site(client, services, model)


class Site:
    """What a visitor can do here, and what can be looked at behind it."""

    def __init__(self, client, services, model):
        self._client, self._services, self._model = client, services, model

    async def come_back(self, token, consents=None, **answers):
        """Begin another conversation with the token of an earlier one."""
        later = Visitor(self._client)
        notice = (await self._client.get("/v1/notice")).json()
        chosen = YES if consents is None else consents
        body = GROWN_UP | {"consents": chosen, "notice_version": notice["version"]} | answers
        headers = {"Idempotency-Key": str(uuid.uuid4()), "Authorization": f"Bearer {token}"}
        response = await self._client.post("/v1/sessions", json=body, headers=headers)
        assert response.status_code == 201, response.text
        later.id, later.token = response.json()["id"], response.json()["token"]
        return later

    async def choose(self, visitor, **consents):
        """Change a visitor's choices; the visitor gets the new token."""
        version = (await self._client.get("/v1/notice")).json()["version"]
        body = {"consents": consents, "notice_version": version}
        response = await self._client.put("/v1/me/consents", json=body, headers=visitor.headers)
        visitor.token = response.json().get("token", visitor.token)
        return response

    async def memory(self, visitor, method="GET", length=None):
        """Call the interface of memory: GET, PUT with a length, DELETE."""
        body = {"preferences": {"length": length}} if length else None
        return await self._client.request(method, "/v1/me/memory", json=body, headers=visitor.headers)

    async def kept(self):
        """Give what is kept: conversations with their subjects, and the rows of memory."""
        async with self._services.database.reading() as session:
            sessions = {row.id: row.subject_id for row in await session.exec(select(ChatSession))}
            rows = {row.subject_id: row for row in await session.exec(select(MemoryRow))}
        return sessions, rows

    def told(self):
        """Give all that the model was told in its last call."""
        return "\n".join(text for _, text in self._model.sent[-1])
