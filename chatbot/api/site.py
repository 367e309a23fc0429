"""The website around the widget: the landing page, the policies, the assets, and the two well-known files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from litestar import Controller, MediaType, Request, Response, get
from litestar.params import FromPath, QueryParameter
from litestar.static_files import create_static_files_router

from chatbot.api import rendering
from chatbot.api.access import Worker
from chatbot.api.shell import Shell
from chatbot.cookies.page import cookie_policy

WIDGET = Path(__file__).resolve().parents[1] / "widget"
GPC_SINCE = "2026-11-21"
"""The day from which `Sec-GPC` is honoured here (W3C GPC draft, `lastUpdate`)."""
SECURITY_DAYS = 180


class Site(Controller):
    """The pages that people read."""

    include_in_schema = False

    @get("/", media_type=MediaType.HTML, sync_to_thread=False)
    def landing(self, request: Request[Any, Any, Any], services: Worker) -> str:
        """Show the landing page."""
        return rendering.landing(Shell(request, services))

    @get("/widget.js", media_type="text/javascript", sync_to_thread=False)
    def widget(self) -> Response[bytes]:
        """Give the widget's one script, to other sites too."""
        headers = {"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"}
        return Response((WIDGET / "widget.js").read_bytes(), media_type="text/javascript", headers=headers)

    @get(["/privacy", "/acceptable-use", "/cookies"], media_type=MediaType.HTML, sync_to_thread=False)
    def policy(self, request: Request[Any, Any, Any], services: Worker) -> str:
        """Show a policy as it is now; the one on cookies is written in each language from its register."""
        shell, edition = Shell(request, services), services.policies.current[request.url.path.strip("/")]
        if edition.policy != "cookies":
            return rendering.policy(shell, edition, current=True)
        shown = replace(edition, text=cookie_policy(services.cookies, shell.words))
        return rendering.policy(shell, shown, current=True, translated=True)

    @get(
        ["/privacy/versions", "/acceptable-use/versions", "/cookies/versions"],
        media_type=MediaType.HTML,
        sync_to_thread=False,
    )
    def versions(self, request: Request[Any, Any, Any], services: Worker) -> str:
        """List the versions of a policy."""
        editions = services.policies.editions(request.url.path.split("/")[1])
        return rendering.versions(Shell(request, services), editions)

    @get("/policies/{policy:str}/{version:str}", media_type=MediaType.HTML, sync_to_thread=False)
    def edition(
        self, request: Request[Any, Any, Any], services: Worker, policy: FromPath[str], version: FromPath[str]
    ) -> str:
        """Show one version of a policy."""
        edition, shell = services.policies.read(policy, version), Shell(request, services)
        return rendering.policy(shell, edition, current=edition == services.policies.current[policy])

    @get("/policies/{policy:str}/difference", media_type=MediaType.HTML, sync_to_thread=False)
    def difference(
        self,
        request: Request[Any, Any, Any],
        services: Worker,
        policy: FromPath[str],
        after: Annotated[str, QueryParameter(name="to")],
        before: Annotated[str, QueryParameter(name="from")] = "",
    ) -> str:
        """Show what changed between two versions of a policy; without the older one, since the version before."""
        new = services.policies.read(policy, after)
        old = services.policies.read(policy, before) if before else services.policies.before(new)
        return rendering.changes(Shell(request, services), old, new)

    @get("/help/{name:str}", media_type=MediaType.HTML, sync_to_thread=False)
    def help_page(self, request: Request[Any, Any, Any], services: Worker, name: FromPath[str]) -> str:
        """Show a page of the knowledge base, where citations lead."""
        return rendering.page(Shell(request, services), services.settings.data_dir / "knowledge", name)

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


assets = create_static_files_router(path="/assets", directories=[WIDGET / "assets", WIDGET / "vendor"], name="assets")
