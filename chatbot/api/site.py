"""The website around the widget: the landing page, the policies, the assets, and the two well-known files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from litestar import Controller, MediaType, Response, get
from litestar.params import FromPath
from litestar.static_files import create_static_files_router

from chatbot.api import rendering
from chatbot.api.access import Worker

WIDGET = Path(__file__).resolve().parents[1] / "widget"
GPC_SINCE = "2026-11-21"
"""The day from which `Sec-GPC` is honoured here (W3C GPC draft, `lastUpdate`)."""
SECURITY_DAYS = 180


class Site(Controller):
    """The pages that people read."""

    include_in_schema = False

    @get("/", media_type=MediaType.HTML, sync_to_thread=False)
    def landing(self) -> str:
        """Show the landing page."""
        return (rendering.SITE / "index.html").read_text(encoding="utf-8")

    @get("/widget.js", media_type="text/javascript", sync_to_thread=False)
    def widget(self) -> Response[bytes]:
        """Give the widget's one script, to other sites too."""
        headers = {"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"}
        return Response((WIDGET / "widget.js").read_bytes(), media_type="text/javascript", headers=headers)

    @get("/privacy", media_type=MediaType.HTML, sync_to_thread=False)
    def privacy(self, services: Worker) -> str:
        """Show the privacy policy."""
        return rendering.page(services.settings.data_dir / "policies", "privacy")

    @get("/acceptable-use", media_type=MediaType.HTML, sync_to_thread=False)
    def acceptable_use(self, services: Worker) -> str:
        """Show the acceptable use policy."""
        return rendering.page(services.settings.data_dir / "policies", "acceptable-use")

    @get("/help/{name:str}", media_type=MediaType.HTML, sync_to_thread=False)
    def help_page(self, services: Worker, name: FromPath[str]) -> str:
        """Show a page of the knowledge base, where citations lead."""
        return rendering.page(services.settings.data_dir / "knowledge", name)

    @get("/.well-known/gpc.json", sync_to_thread=False)
    def gpc(self) -> dict[str, Any]:
        """Say that Global Privacy Control is honoured."""
        return {"gpc": True, "lastUpdate": GPC_SINCE}

    @get("/.well-known/security.txt", media_type=MediaType.TEXT, sync_to_thread=False)
    def security_txt(self, services: Worker) -> str:
        """Say where to report a weakness (RFC 9116)."""
        contact = services.notices.best("en").party.reports
        expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=SECURITY_DAYS)
        return f"Contact: mailto:{contact}\nExpires: {expires.isoformat()}\nPreferred-Languages: en, af, de\n"


assets = create_static_files_router(path="/assets", directories=[WIDGET / "assets"], name="assets")
