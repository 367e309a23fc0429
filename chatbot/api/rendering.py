"""Markdown pages of the data folder, rendered into the site's page shell with the anchors that citations use."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt

from chatbot.errors import NotFound
from chatbot.knowledge.documents import slug

SITE = Path(__file__).resolve().parents[1] / "widget" / "site"
_UPDATED = re.compile(r'<p class="updated">.*?</p>')
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


def page(folder: Path, name: str) -> str:
    """Render a page of a folder by its name; NotFound for a name that is not there."""
    pages = {path.stem: path for path in folder.glob("*.md")}
    if name not in pages:
        raise NotFound("There is no such page.")
    return _rendered(pages[name], pages[name].stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _rendered(path: Path, _changed: int) -> str:
    """Render a page once until its file changes."""
    source = path.read_text(encoding="utf-8")
    match = _FRONT_MATTER.match(source)
    front = yaml.safe_load(match[1]) if match else {}
    body = _markdown().render(source[match.end() :] if match else source)
    shell = (SITE / "page.html").read_text(encoding="utf-8")
    if "last_updated" not in front:
        shell = _UPDATED.sub("", shell)
    filled = shell.replace("{{body}}", body)
    for place, value in {"title": front.get("title", ""), "updated": front.get("last_updated", "")}.items():
        filled = filled.replace(f"{{{{{place}}}}}", html.escape(str(value)))
    return filled


def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("heading_open", _heading)
    return parser


def _heading(_renderer: Any, tokens: Any, index: int, _options: Any, _env: Any) -> str:
    token = tokens[index]
    return f'<{token.tag} id="{slug(tokens[index + 1].content)}">'
