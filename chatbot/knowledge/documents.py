"""Knowledge pages: Markdown with front matter, split at its headings.

title: CRM            front matter: the page's title, address and language
url: /help/crm
language: en
asked:                other wordings of what a section answers, by its anchor; they help to find it
  what-a-crm-is: ["Why would I need a CRM?"]
public: [Deutsch]     words that look like somebody's name and are not

# Page title          starts the page; text below it belongs to a section of that title
## Section            a section
### Part              a section within it
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from chatbot.knowledge.datafile import read_fronted, text_member
from chatbot.knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADING = re.compile(r"(#{1,3})\s+(\S.*?)\s*#*$")
NOT_IN_SLUG = re.compile(r"[^\w\s-]")
SPACES = re.compile(r"[\s_]+")
BIGGEST_FILE = 2_000_000


class Section(NamedTuple):
    """The text below one heading: level 1 to 3, the heading's words, its anchor in the page, its line.

    `asked` are other wordings of what it answers; they help to find it and are never shown.
    """

    level: int
    heading: str
    slug: str
    body: str
    line: int
    asked: tuple[str, ...] = ()


class Document(NamedTuple):
    """One page: its name (the file's stem), title, address, language and sections in order.

    `public` are words of the page that look personal to a machine and are not, as its author says.
    """

    name: str
    title: str
    url: str
    language: str
    sections: tuple[Section, ...]
    public: frozenset[str] = frozenset()


def slug(heading: str) -> str:
    """Give the anchor of a heading: "Do Not Track & Browser Settings" becomes do-not-track-browser-settings."""
    plain = unicodedata.normalize("NFKD", heading.replace("/", " ")).encode("ascii", "ignore").decode().lower()
    return SPACES.sub("-", NOT_IN_SLUG.sub("", plain).strip()) or "section"


def read_document(path: Path) -> Document:
    """Read one page; raises KnowledgeError with file and line."""
    if path.stat().st_size > BIGGEST_FILE:
        raise KnowledgeError(path, 1, f"is larger than {BIGGEST_FILE:,} bytes; split it")
    fronted = read_fronted(path)
    title, url, language = (text_member(path, fronted.members, name) for name in ("title", "url", "language"))
    asked = _asked(path, fronted.members.get("asked", {}))
    sections = [_with_asked(section, asked) for section in _sections(path, fronted.body, fronted.first_line, title)]
    if not sections:
        raise KnowledgeError(path, fronted.first_line, "has no text below its headings")
    if asked:
        raise KnowledgeError(path, 2, f"`asked:` names #{min(asked)}, but no heading has this anchor")
    return Document(
        path.stem, title, url, language, tuple(sections), _public(path, fronted.members.get("public", []))
    )


def _public(path: Path, member: object) -> frozenset[str]:
    if not isinstance(member, list) or not all(isinstance(word, str) for word in member):
        raise KnowledgeError(path, 2, "`public:` needs a list of words in square brackets")
    return frozenset(word.casefold() for word in member)


def _asked(path: Path, member: object) -> dict[str, list[str]]:
    if not isinstance(member, dict) or not all(isinstance(wordings, list) for wordings in member.values()):
        raise KnowledgeError(path, 2, "`asked:` needs an anchor and a list of wordings on each line")
    return {str(anchor): [str(wording) for wording in wordings] for anchor, wordings in member.items()}


def _with_asked(section: Section, asked: dict[str, list[str]]) -> Section:
    """Hand a section its wordings, and take them out of those still to be handed out."""
    return section._replace(asked=tuple(asked.pop(section.slug, ())))


def read_folder(*folders: Path) -> tuple[Document, ...]:
    """Read every page of the folders, in the order of their names."""
    paths = sorted(path for folder in folders for path in _pages(folder))
    documents = tuple(read_document(path) for path in paths)
    for document, path in zip(documents, paths, strict=True):
        twin = next(other for other in documents if other.name == document.name)
        if twin is not document:
            raise KnowledgeError(path, 1, "another page has the same file name; rename one")
    return documents


def _pages(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise KnowledgeError(folder, 1, "is not a folder")
    return [path for path in folder.rglob("*.md") if path.name.lower() != "readme.md"]


def _sections(path: Path, body: str, first_line: int, title: str) -> Iterator[Section]:
    level, heading, start, lines = 1, title, first_line, list[str]()
    seen: set[str] = set()
    fenced = False
    for number, line in enumerate([*body.split("\n"), "# end"], first_line):
        match = None if fenced else HEADING.fullmatch(line)
        fenced ^= line.startswith("```")
        if match is None:
            lines.append(line)
            continue
        if text := "\n".join(lines).strip():
            yield Section(level, heading, _unused(path, slug(heading), seen, start), text, start)
        level, heading, start, lines = len(match[1]), match[2], number, []


def _unused(path: Path, anchor: str, seen: set[str], line: int) -> str:
    if anchor in seen:
        raise KnowledgeError(path, line, f"the heading's anchor #{anchor} is used twice; reword one heading")
    seen.add(anchor)
    return anchor
