"""The website around the widget: the landing page, the policies, the assets, and the two well-known files."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from litestar import MediaType, Response, get
from litestar.params import FromPath
from litestar.static_files import create_static_files_router
from markdown_it import MarkdownIt

from chatbot.errors import NotFound
from chatbot.knowledge.documents import slug

if TYPE_CHECKING:
    from chatbot.settings import Settings

WIDGET = Path(__file__).resolve().parents[1] / "widget"
SITE = WIDGET / "site"
POLICIES = {"privacy": "privacy", "acceptable-use": "acceptable-use"}
GPC_SINCE = "2026-11-21"
"""The day from which `Sec-GPC` is honoured here (W3C GPC draft, `lastUpdate`)."""
_UPDATED = re.compile(r'<p class="updated">.*?</p>')
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


def pages(settings: Settings) -> list[Any]:
    """Give the site's handlers."""
    policies = settings.data_dir / "policies"

    @get("/", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
    def landing() -> str:
        return (SITE / "index.html").read_text(encoding="utf-8")

    @get("/widget.js", media_type="text/javascript", include_in_schema=False, sync_to_thread=False)
    def widget() -> Response[bytes]:
        headers = {"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"}
        return Response((WIDGET / "widget.js").read_bytes(), media_type="text/javascript", headers=headers)

    @get("/privacy", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
    def privacy() -> str:
        return policy_page(policies / "privacy.md")

    @get("/acceptable-use", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
    def acceptable_use() -> str:
        return policy_page(policies / "acceptable-use.md")

    @get("/help/{name:str}", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
    def help_page(name: FromPath[str]) -> str:
        return policy_page(_known_page(settings.data_dir / "knowledge", name))

    @get("/.well-known/gpc.json", include_in_schema=False, sync_to_thread=False)
    def gpc() -> dict[str, Any]:
        return {"gpc": True, "lastUpdate": GPC_SINCE}

    @get("/.well-known/security.txt", media_type=MediaType.TEXT, include_in_schema=False, sync_to_thread=False)
    def security() -> str:
        expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=180)
        return (
            f"Contact: mailto:{_contact(settings)}\nExpires: {expires.isoformat()}\nPreferred-Languages: en, af, de\n"
        )

    assets = create_static_files_router(path="/assets", directories=[WIDGET / "assets"], name="assets")
    return [landing, widget, privacy, acceptable_use, help_page, gpc, security, assets]


@cache
def _contact(settings: Settings) -> str:
    party = yaml.safe_load((settings.data_dir / "registers" / "party.yaml").read_text(encoding="utf-8"))
    return str(party["reports"])


def _known_page(folder: Path, name: str) -> Path:
    """Find a knowledge page by its name; only names that are there are looked at."""
    pages = {page.stem: page for page in folder.glob("*.md")}
    if name not in pages:
        raise NotFound("There is no such page.")
    return pages[name]


def policy_page(path: Path) -> str:
    """Render a policy's Markdown into the site's page shell; headings get the anchors that citations use."""
    source = path.read_text(encoding="utf-8")
    match = _FRONT_MATTER.match(source)
    front = yaml.safe_load(match[1]) if match else {}
    body = _markdown().render(source[match.end() :] if match else source)
    shell = (SITE / "page.html").read_text(encoding="utf-8")
    if "last_updated" not in front:
        shell = _UPDATED.sub("", shell)
    filled = {"title": front.get("title", ""), "updated": str(front.get("last_updated", ""))}
    page = shell.replace("{{body}}", body)
    for name, value in filled.items():
        page = page.replace(f"{{{{{name}}}}}", html.escape(value))
    return page


def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("heading_open", _heading)
    return parser


def _heading(_renderer: Any, tokens: Any, index: int, _options: Any, _env: Any) -> str:
    token = tokens[index]
    return f'<{token.tag} id="{slug(tokens[index + 1].content)}">'
