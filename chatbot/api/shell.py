"""The site's page shell for one request: in the visitor's language, with the way to the others, and its error pages.

The language is the one in the address (`?language=de`), else the one that the page itself is about, else what the
browser asks for. One that was named in the address travels on in every link, because no cookie remembers it.
"""

from __future__ import annotations

import html
import re
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from litestar import MediaType, Request, Response

from chatbot.consents.announcing import announce
from chatbot.consents.delivered import SITE as ON_THE_SITE
from chatbot.observe.middleware import CSP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chatbot.services import Services
    from chatbot.site_words import SiteWords
    from chatbot.storage.tables.consents import NoticeEdition

SITE = Path(__file__).resolve().parents[1] / "widget" / "site"
NO_SCRIPTS = CSP.replace("script-src 'self'", "script-src 'none'")
PRIVATE = {"Cache-Control": "no-store", "Content-Security-Policy": NO_SCRIPTS}
"""The headers of a page whose address is a key, or that says what went wrong: kept nowhere, and without scripts."""
MACHINES = ("/v1/", "/assets/", "/health/", "/metrics", "/.well-known/", "/schema")
_UPDATED = re.compile(r'<p class="updated">.*?</p>')
_SCRIPT = re.compile(r"\s*<script[^>]*></script>")
_SAY = re.compile(r"\{\{say:(\w+)\}\}")


class Shell:
    """What goes round every page, for one request."""

    def __init__(self, request: Request[Any, Any, Any], services: Services, language: str = "") -> None:
        named = request.query_params.get("language", "")
        accepted = (tag.split(";")[0] for tag in request.headers.get("Accept-Language", "").split(","))
        notice = services.notices.best(named, language, *accepted)
        self._others, self._party = services.site, notice.party
        kept = (pair for pair in request.query_params.multi_items() if pair[0] != "language")
        self._query = sorted(kept)  # Litestar gives them in any order
        self.words: SiteWords = services.site[notice.language]
        self._editions = services.editions
        self.keep = f"?language={notice.language}" if named[:2].lower() == notice.language else ""

    @property
    def language(self) -> str:
        """The language of the page's own words."""
        return self.words.language

    def say(self, key: str, **values: object) -> str:
        """Give a text of the site, filled in and escaped."""
        return html.escape(self.words.say(key, **({"support": self._party.support} | values)))

    def page(self, title: str, body: str, *, updated: str = "") -> str:
        """Put HTML into the shell; ``updated`` is HTML as well."""
        source = (SITE / "page.html").read_text(encoding="utf-8")
        return self.fill(source if updated else _UPDATED.sub("", source), title=title, body=body, updated=updated)

    def fill(self, source: str, **parts: str) -> str:
        """Fill a page's file: its words and links first, its body last, so that nothing in a body is filled."""
        footer = (SITE / "footer.html").read_text(encoding="utf-8").rstrip("\n")
        filled = _SAY.sub(lambda match: self.say(match[1]), source.replace("{{footer}}", footer))
        filled = filled.replace("{{language}}", self.language).replace("{{keep}}", self.keep)
        filled = filled.replace("{{announcement}}", self._announcement())
        filled = filled.replace("{{switch}}", self._switch()).replace("{{support}}", html.escape(self._party.support))
        filled = filled.replace("{{title}}", html.escape(parts.get("title", "")))
        return filled.replace("{{updated}}", parts.get("updated", "")).replace("{{body}}", parts.get("body", ""))

    def original(self, body: str) -> str:
        """Mark English text in a page of another language, and say so."""
        if self.language == "en":
            return body
        return f'<p class="original">{self.say("original")}</p><div lang="en">{body}</div>'

    def _announcement(self) -> str:
        """Tell on every page of what comes, and lead to what changes."""
        return "".join(self._coming(row) for row in self._editions.announced)

    def _coming(self, row: NoticeEdition) -> str:
        self._editions.delivered.note(row, ON_THE_SITE)
        said = announce(row, self._editions.words(row), self.language)
        link = f'<a href="{html.escape(said.path + self.keep.replace("?", "&" if "?" in said.path else "?"))}">'
        return f'<p class="announcement">{html.escape(said.message)} {link}{html.escape(said.label)}</a></p>'

    def _switch(self) -> str:
        """Offer every language as a link to the same page; the one on show is no link."""
        return "".join(self._choice(words) for words in self._others.values())

    def _choice(self, words: SiteWords) -> str:
        marks = f'lang="{words.language}"'
        if words.language == self.language:
            return f'<span {marks} aria-current="true">{html.escape(words.name)}</span>'
        query = html.escape(urlencode([*self._query, ("language", words.language)]))
        return f'<a {marks} hreflang="{words.language}" href="?{query}">{html.escape(words.name)}</a>'


def private(shell: Shell, body: str, status: int = 200) -> Response[str]:
    """Give a page that runs no script and is kept nowhere; its title is its heading."""
    title = html.unescape(re.sub(r"<[^>]+>", "", body.partition("</h1>")[0]))
    page = _SCRIPT.sub("", shell.page(title, body))
    return Response(page, media_type=MediaType.HTML, status_code=status, headers=dict(PRIVATE))


def failed(shell: Shell, problem: Mapping[str, Any], status: int) -> Response[str]:
    """Give a problem as a page, in the visitor's language, with whom to ask."""
    title, text = shell.words.problem(str(problem.get("code", "")), str(problem.get("detail", "")))
    back = f'<p><a href="/{shell.keep}">{shell.say("home")}</a></p>'
    body = f"<h1>{html.escape(title)}</h1><p>{html.escape(text)}</p><p>{shell.say('error_help')}</p>{back}"
    return private(shell, body, status)


def for_people(table: Mapping[Any, Callable[[Any, Any], Response[Any]]]) -> dict[Any, Any]:
    """Let every handler of errors answer a browser that opens a page with a page, and a program as before."""
    return {kind: _spoken(handler) for kind, handler in table.items()}


def _spoken(handler: Callable[[Any, Any], Response[Any]]) -> Callable[[Any, Any], Response[Any]]:
    def handle(request: Request[Any, Any, Any], error: Any) -> Response[Any]:
        told = handler(request, error)
        if not _opens_a_page(request) or not isinstance(told.content, dict):
            return told
        status = told.status_code or HTTPStatus.INTERNAL_SERVER_ERROR
        page = failed(Shell(request, request.app.state.services), told.content, status)
        page.headers.update({name: value for name, value in told.headers.items() if name == "Retry-After"})
        return page

    return handle


def _opens_a_page(request: Request[Any, Any, Any]) -> bool:
    return "text/html" in request.headers.get("Accept", "") and not request.url.path.startswith(MACHINES)
