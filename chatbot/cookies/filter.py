"""The last look at every response: a cookie that is not registered, or not agreed to, is never set."""

from __future__ import annotations

from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

import structlog
from litestar.enums import ScopeType

from chatbot.cookies.choice import NAME, Choice, parse
from chatbot.cookies.registry import NECESSARY, Registry

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

SET_COOKIE = b"set-cookie"
log = structlog.get_logger()


def standing(header: str) -> Choice | None:
    """Read the choice that stands from a Cookie header."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return None
    return parse(jar[NAME].value, datetime.now(UTC).date()) if NAME in jar else None


class CookieFilter:
    """ASGI middleware that drops each Set-Cookie which nobody agreed to."""

    def __init__(self, app: ASGIApp, registry: Registry) -> None:
        self._app, self._registry = app, registry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return

        async def send_filtered(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._allowed(list(message["headers"]), scope)
            await send(message)

        await self._app(scope, receive, send_filtered)

    def _allowed(self, headers: list[tuple[bytes, bytes]], scope: Scope) -> list[tuple[bytes, bytes]]:
        if not any(name.lower() == SET_COOKIE for name, _ in headers):
            return headers
        sent = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
        choice = standing(sent)
        return [pair for pair in headers if pair[0].lower() != SET_COOKIE or self._may_set(pair[1], choice)]

    def _may_set(self, header: bytes, choice: Choice | None) -> bool:
        name = header.split(b"=", 1)[0].strip().decode("latin-1")
        key = self._registry.key(name, datetime.now(UTC).date())
        agreed = key is not None and (
            key.category == NECESSARY or (choice is not None and choice.allows(key.category, self._registry.version))
        )
        if not agreed:
            log.warning("cookie_dropped", registered=key is not None)
        return agreed
