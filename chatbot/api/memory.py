"""What is remembered between a visitor's conversations: see it, say how answers shall be, forget all of it or one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from litestar import Controller, Request, delete, get, put
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from chatbot.api import access
from chatbot.api.access import Worker
from chatbot.api.decisions import kept_by_law
from chatbot.api.wire import ErasedOut, Wire
from chatbot.conversation import choices, remembering
from chatbot.llm.answerer import Length

if TYPE_CHECKING:
    from chatbot.llm.answerer import Memory


class Preferences(Struct, forbid_unknown_fields=True, kw_only=True):
    """How answers shall be; a closed list, so that nothing personal can be preferred."""

    length: Length


class NewPreferences(Wire):
    """The preferences from now on."""

    preferences: Preferences


class MemoryOut(Struct, kw_only=True):
    """What is remembered: `topics` are titles of pages that earlier conversations cited, latest first."""

    active: bool = True
    preferences: Preferences
    topics: list[str]


class ForgottenOut(Struct, kw_only=True):
    """Nothing that was said or chosen until now is used any more."""

    forgotten: bool = True


class MyMemory(Controller):
    """The visitor's memory; there is none without a yes to `personalise` and to `store`."""

    path = "/v1/me/memory"
    tags = ("me",)

    @get()
    async def show(self, request: Request[Any, Any, Any], services: Worker) -> MemoryOut:
        """Give what is remembered; 403 while the visitor has not agreed to it."""
        claims = access.claims(request, services)
        await services.limits.count("message", claims.session_id)  # a refusal is written down each time
        return _told(await remembering.show(services, claims))

    @put()
    async def prefer(
        self, request: Request[Any, Any, Any], services: Worker, data: JSONBody[NewPreferences]
    ) -> MemoryOut:
        """Say how answers shall be, from the next reply on."""
        claims = access.claims(request, services)
        await services.limits.count("message", claims.session_id)
        return _told(await remembering.prefer(services, claims, data.preferences.length))

    @delete(status_code=200)
    async def forget(self, request: Request[Any, Any, Any], services: Worker) -> ForgottenOut:
        """Forget preferences and what was said before; the conversations stay, as far as they are kept."""
        claims = access.claims(request, services)
        await services.limits.count("message", claims.session_id)
        await remembering.forget(services, claims)
        return ForgottenOut()


class OneConversation(Controller):
    """One conversation among those that memory holds together."""

    path = "/v1/sessions/{session_id:str}"
    tags = ("me",)

    @delete(status_code=200)
    async def erase(self, request: Request[Any, Any, Any], services: Worker, session_id: FromPath[str]) -> ErasedOut:
        """Erase this conversation alone, and with it what it was remembered for; `DELETE /v1/me` erases them all."""
        claims = access.claims(request, services, session_id)
        reference = await choices.erase(services, claims, alone=True)
        held = await kept_by_law(services, [claims.session_id], claims.language)
        return ErasedOut(erased=True, at=datetime.now(UTC), reference=reference, held=held)


def _told(memory: Memory) -> MemoryOut:
    return MemoryOut(preferences=Preferences(length=memory.length), topics=list(memory.topics))
