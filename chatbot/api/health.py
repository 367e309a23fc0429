"""Is the worker alive, is it ready, and how does it fare."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from litestar import Controller, Response, get
from sqlalchemy.exc import SQLAlchemyError

from chatbot.api.access import Worker

if TYPE_CHECKING:
    from chatbot.services import Services

METRICS_TYPE = "text/plain; version=0.0.4"
PROBE = "Health check: my e-mail is probe@example.org"


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
        database, redaction, passages = await asyncio.gather(
            _database(services), _redaction(services), asyncio.to_thread(services.knowledge.warm)
        )
        checks = {"database": database, "redaction": redaction, "knowledge": passages > 0}
        ready = all(checks.values())
        body = {
            "status": "ready" if ready else "not ready",
            "checks": checks,
            "model": services.answerer.name,
            "redaction": services.redaction.describe(),
            "notice_version": services.notices.version,
        }
        return Response(body, status_code=200 if ready else 503)

    @get("/metrics", media_type=METRICS_TYPE)
    async def metrics(self, services: Worker) -> Response[bytes]:
        """Give the worker's metrics; no ids, no text."""
        return Response(services.metrics.render(), media_type=METRICS_TYPE)


async def _database(services: Services) -> bool:
    try:
        async with services.database.reading() as session:
            await session.connection()
    except (SQLAlchemyError, OSError):
        return False
    return True


async def _redaction(services: Services) -> bool:
    try:
        return "probe@" not in (await services.redaction.redact(PROBE)).text.text
    except Exception:  # noqa: BLE001 — whatever stops redaction makes the worker not ready
        return False
