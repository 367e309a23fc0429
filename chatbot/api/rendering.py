"""Pages in the site's shell: Markdown with the anchors that citations use, versions of policies, the cookie form."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from chatbot.errors import NotFound
from chatbot.knowledge.documents import slug
from chatbot.policies import Edition, difference, split

if TYPE_CHECKING:
    from collections.abc import Iterable

SITE = Path(__file__).resolve().parents[1] / "widget" / "site"
_UPDATED = re.compile(r'<p class="updated">.*?</p>')
_TAGS = {"same": "span", "added": "ins", "removed": "del"}


def landing() -> str:
    """Give the landing page."""
    return _with_footer((SITE / "index.html").read_text(encoding="utf-8"))


def shell(title: str, body: str, *, updated: str = "", language: str = "en") -> str:
    """Put HTML into the site's page shell; `updated` is HTML as well."""
    page = (SITE / "page.html").read_text(encoding="utf-8")
    if not updated:
        page = _UPDATED.sub("", page)
    page = _with_footer(page).replace("{{language}}", html.escape(language)).replace("{{updated}}", updated)
    return page.replace("{{title}}", html.escape(title)).replace("{{body}}", body)


def page(folder: Path, name: str) -> str:
    """Render a page of a folder by its name; NotFound for a name that is not there."""
    pages = {path.stem: path for path in folder.glob("*.md")}
    if name not in pages:
        raise NotFound("There is no such page.")
    return _rendered(pages[name], pages[name].stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _rendered(path: Path, _changed: int) -> str:
    """Render a page once until its file changes."""
    front, body = split(path)
    return shell(str(front.get("title", "")), markdown(body), updated=html.escape(str(front.get("last_updated", ""))))


def policy(edition: Edition, *, current: bool) -> str:
    """Render an edition of a policy with its date and the way to the other versions."""
    versions = f'<a href="/{edition.policy}/versions">Earlier versions</a>'
    old = "" if current else f' · <strong>not the current version</strong>: <a href="/{edition.policy}">read that</a>'
    updated = f'<time datetime="{edition.text.updated}">{edition.text.updated}</time> · {versions}{old}'
    return shell(edition.text.title, markdown(edition.text.body), updated=updated)


def versions(editions: list[Edition]) -> str:
    """List a policy's editions, and offer the difference between any two."""
    policy, title = editions[0].policy, editions[0].text.title
    rows = "".join(
        f'<tr><td><a href="/policies/{policy}/{each.version}">{each.text.updated}</a></td>'
        f"<td>{each.since}</td><td><code>{each.version}</code></td></tr>"
        for each in editions
    )
    table = (
        '<table><thead><tr><th scope="col">Last updated</th><th scope="col">Published here</th>'
        f'<th scope="col">Version</th></tr></thead><tbody>{rows}</tbody></table>'
    )
    form = (
        f'<h2>What changed?</h2><form class="compare" action="/policies/{policy}/difference">'
        f"{_select('from', 'From', editions, len(editions) - 1)}{_select('to', 'to', editions, 0)}"
        '<button class="cta">Show the difference</button></form>'
    )
    back = f'<p><a href="/{policy}">{html.escape(title)}</a></p>'
    return shell(f"{title}: versions", f"<h1>{html.escape(title)}: versions</h1>{back}{table}{form}")


def changes(before: Edition, after: Edition) -> str:
    """Show what changed between two editions: added and removed words, marked up for every reader."""
    title = f"{after.text.title}: what changed"
    paragraphs = "".join(
        "<p>" + "".join(f"<{_TAGS[kind]}>{html.escape(text)}</{_TAGS[kind]}>" for kind, text in parts) + "</p>"
        for parts in difference(before, after)
    )
    between = f"<p>From {before.text.updated} to {after.text.updated}. " + (
        "Added words are underlined, removed words are struck through.</p>"
        if paragraphs
        else "The words are the same.</p>"
    )
    back = f'<p><a href="/{after.policy}/versions">All versions</a></p>'
    return shell(title, f'<h1>{html.escape(title)}</h1>{between}<div class="changes">{paragraphs}</div>{back}')


@lru_cache(maxsize=64)
def markdown(source: str) -> str:
    """Render Markdown; HTML in it stays text."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("heading_open", _heading)
    # A wide table scrolls sideways on a narrow screen, and so must be reachable by keyboard.
    parser.add_render_rule("table_open", lambda *_: '<table tabindex="0">\n')
    return str(parser.render(source))


def _select(name: str, label: str, editions: Iterable[Edition], chosen: int) -> str:
    options = "".join(
        f'<option value="{each.version}"{" selected" if index == chosen else ""}>'
        f"{each.text.updated} ({each.version[:8]})</option>"
        for index, each in enumerate(editions)
    )
    return f'<label>{label} <select name="{name}">{options}</select></label>'


def _with_footer(page: str) -> str:
    return page.replace("{{footer}}", (SITE / "footer.html").read_text(encoding="utf-8").rstrip("\n"))


def _heading(_renderer: Any, tokens: Any, index: int, _options: Any, _env: Any) -> str:
    token = tokens[index]
    return f'<{token.tag} id="{slug(tokens[index + 1].content)}">'
