"""Pages in the site's shell: Markdown with the anchors that citations use, and the versions of policies."""

from __future__ import annotations

import html
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from chatbot.api.shell import SITE
from chatbot.errors import NotFound
from chatbot.knowledge.documents import slug
from chatbot.policies import Edition, difference, split

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from chatbot.api.shell import Shell

_TAGS = {"same": "span", "added": "ins", "removed": "del"}


def landing(shell: Shell) -> str:
    """Give the landing page."""
    return shell.fill((SITE / "index.html").read_text(encoding="utf-8"))


def page(shell: Shell, folder: Path, name: str) -> str:
    """Render a page of a folder by its name; NotFound for a name that is not there."""
    pages = {path.stem: path for path in folder.glob("*.md")}
    if name not in pages:
        raise NotFound("There is no such page.")
    title, updated, body = _rendered(pages[name], pages[name].stat().st_mtime_ns)
    return shell.page(title, shell.original(body), updated=html.escape(updated))


@lru_cache(maxsize=64)
def _rendered(path: Path, _changed: int) -> tuple[str, str, str]:
    """Render a page once until its file changes."""
    front, body = split(path)
    return str(front.get("title", "")), str(front.get("last_updated", "")), markdown(body)


def policy(shell: Shell, edition: Edition, *, current: bool, translated: bool = False) -> str:
    """Render an edition of a policy with its date and the way to the other versions."""
    home = f"/{edition.policy}{shell.keep}"
    versions = f'<a href="/{edition.policy}/versions{shell.keep}">{shell.say("earlier")}</a>'
    new = f'<a href="{home}">{shell.say("read_current")}</a>'
    old = "" if current else f" · <strong>{shell.say('not_current')}</strong>: {new}"
    updated = f'<time datetime="{edition.text.updated}">{edition.text.updated}</time> · {versions}{old}'
    body = markdown(edition.text.body)
    return shell.page(edition.text.title, body if translated else shell.original(body), updated=updated)


def versions(shell: Shell, editions: list[Edition]) -> str:
    """List a policy's editions, and offer the difference between any two."""
    policy, title = editions[0].policy, shell.words.say("versions", title=editions[0].text.title)
    rows = "".join(
        f'<tr><td><a href="/policies/{policy}/{each.version}{shell.keep}">{each.text.updated}</a></td>'
        f"<td>{each.since}</td><td><code>{each.version}</code></td></tr>"
        for each in editions
    )
    heads = "".join(f'<th scope="col">{shell.say(f"column_{name}")}</th>' for name in _COLUMNS)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    kept = f'<input type="hidden" name="language" value="{shell.language}">' if shell.keep else ""
    form = (
        f'<h2>{shell.say("what_changed")}</h2><form class="compare" action="/policies/{policy}/difference">{kept}'
        f"{_select('from', shell.say('from'), editions, len(editions) - 1)}"
        f"{_select('to', shell.say('to'), editions, 0)}"
        f'<button class="cta">{shell.say("show_difference")}</button></form>'
    )
    back = f'<p><a href="/{policy}{shell.keep}">{html.escape(editions[0].text.title)}</a></p>'
    return shell.page(title, f"<h1>{html.escape(title)}</h1>{back}{table}{form}")


_COLUMNS = ("updated", "published", "version")


def changes(shell: Shell, before: Edition, after: Edition) -> str:
    """Show what changed between two editions: added and removed words, marked up for every reader."""
    title = shell.words.say("changed", title=after.text.title)
    paragraphs = "".join(
        "<p>" + "".join(f"<{_TAGS[kind]}>{html.escape(text)}</{_TAGS[kind]}>" for kind, text in parts) + "</p>"
        for parts in difference(before, after)
    )
    between = shell.say("between", before=before.text.updated, after=after.text.updated)
    shown = f'<p>{between} {shell.say("marks" if paragraphs else "same")}</p><div class="changes" lang="en">'
    back = f'<p><a href="/{after.policy}/versions{shell.keep}">{shell.say("all_versions")}</a></p>'
    return shell.page(title, f"<h1>{html.escape(title)}</h1>{shown}{paragraphs}</div>{back}")


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


def _heading(_renderer: Any, tokens: Any, index: int, _options: Any, _env: Any) -> str:
    token = tokens[index]
    return f'<{token.tag} id="{slug(tokens[index + 1].content)}">'
