"""Is the worker alive, is it ready, and how does it fare."""

from __future__ import annotations

import hmac
from http import HTTPStatus
from typing import Any

from litestar import Controller, Request, Response, get

from chatbot.api.access import BEARER, Worker
from chatbot.errors import NotFound

METRICS_TYPE = "text/plain; version=0.0.4"
LOOPBACK = frozenset({"127.0.0.1", "::1"})


class Health(Controller):
    """Health and metrics."""

    tags = ("operations",)

    @get("/health/live")
    async def live(self) -> dict[str, str]:
        """Answer while the worker's event loop turns."""
        return {"status": "live"}

    @get("/health/ready")
    async def ready(self, services: Worker) -> Response[dict[str, Any]]:
        """Tell whether the worker can serve: database, redaction, knowledge, and which model is in use."""
        checks = await services.readiness.checks()
        ready = all(checks.values())
        body = {
            "status": "ready" if ready else "not ready",
            "checks": checks,
            "model": services.answerer.name,
            "redaction": services.redaction.describe(),
            "notice_version": services.notices.version,
        }
        return Response(body, status_code=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)

    @get("/metrics", media_type=METRICS_TYPE)
    async def metrics(self, request: Request[Any, Any, Any], services: Worker) -> Response[bytes]:
        """Give the worker's metrics, to who holds the token, or without one to this machine alone."""
        token = services.settings.metrics_token.get_secret_value()
        if not (_holds(request, token) if token else _local(request)):
            raise NotFound("Metrics are for this machine alone, or for CHATBOT_METRICS_TOKEN.")
        return Response(services.metrics.published(), media_type=METRICS_TYPE)


def _holds(request: Request[Any, Any, Any], token: str) -> bool:
    return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"{BEARER}{token}".encode())


def _local(request: Request[Any, Any, Any]) -> bool:
    """Tell whether the request comes from this machine, and not through a proxy on it."""
    return bool(request.client and request.client.host in LOOPBACK) and "X-Forwarded-For" not in request.headers
