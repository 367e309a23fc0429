"""The outermost layer of every request: counts it, logs its route and status, and sets the security headers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import structlog
from litestar.enums import ScopeType

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

    from chatbot.observe.metrics import Metrics

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
)
HEADERS = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
]
NO_STORE = (b"cache-control", b"no-store")
log = structlog.get_logger()


class Observed:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _complete(list(message["headers"]), scope["path"])
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            self._tell(scope, status, time.perf_counter() - begun)

    def _tell(self, scope: HTTPScope, status: int, seconds: float) -> None:
        route = _route(scope)
        self._metrics.request(route, status)
        log.info("request", method=scope["method"], route=route, status=status, duration_ms=round(seconds * 1e3, 1))


def _complete(headers: list[tuple[bytes, bytes]], path: str) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    headers += [pair for pair in HEADERS if pair[0] not in present]
    if path.startswith("/v1/") and NO_STORE[0] not in present:
        headers.append(NO_STORE)
    return headers


def _route(scope: Any) -> str:
    # The pattern, never the path: a path can hold an id.
    return str(scope.get("path_template") or "unmatched")
