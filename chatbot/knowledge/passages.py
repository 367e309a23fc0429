"""Cut a page into passages: one per section, long ones at sentence ends, tiny ones joined to their lead-in."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatbot.knowledge.documents import Document, Section

LONGEST = 120  # words; longer sections are cut
TINY = 22  # words; a bare list of phrases that is shorter joins the section before it
WORD = re.compile(r"[^\W_][\w'\u2019-]*")
PART = 3  # the level of ###
BARE_LIST = re.compile(r"- [^.]*")
BLOCK_END = re.compile(r"\n\s*\n")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ<\"'(])")


class Passage(NamedTuple):
    """A quotable piece of a page.

    `id` stays the same while page and heading do, `url` opens the place, `text` is redacted Markdown.
    """

    id: str
    title: str
    heading: str
    text: str
    url: str
    language: str


class Draft(NamedTuple):
    """A passage on its way into the knowledge file, with other wordings of what it answers, and words to leave."""

    passage: Passage
    asked: tuple[str, ...]
    public: frozenset[str] = frozenset()


def cut(document: Document) -> Iterator[Draft]:
    """Give the passages of a page in reading order."""
    for section in _joined(document.sections):
        for number, text in enumerate(_pieces(section.body), 1):
            suffix = f"-{number}" if number > 1 else ""
            anchor = "" if section.level == 1 else f"#{section.slug}"
            identity = f"{document.name}#{section.slug}{suffix}"
            passage = Passage(
                identity, document.title, section.heading, text, document.url + anchor, document.language
            )
            yield Draft(passage, section.asked, document.public)


def sentences(block: str) -> list[str]:
    """Split a paragraph at its sentence ends; a list stays whole."""
    return [block] if "\n- " in f"\n{block}" else SENTENCE_END.split(block)


def blocks(text: str) -> list[str]:
    """Split text into paragraphs and lists; a lead-in that ends with a colon keeps its list."""
    found: list[str] = []
    for block in BLOCK_END.split(text.strip()):
        if found and found[-1].rstrip().endswith(":"):
            found[-1] += f"\n\n{block}"
        else:
            found.append(block)
    return found


def words(text: str) -> int:
    """Count words; list markers and punctuation are none."""
    return len(WORD.findall(text))


def _joined(sections: tuple[Section, ...]) -> list[Section]:
    joined: list[Section] = []
    for section in sections:
        last = joined[-1] if joined else None
        if last and _is_scrap(section) and words(last.body) + words(section.body) <= LONGEST:
            body = f"{last.body}\n\n**{section.heading}**\n\n{section.body}"
            joined[-1] = last._replace(body=body, asked=(*last.asked, *section.asked))
        else:
            joined.append(section)
    return [_with_parts(section, joined[place + 1 :]) for place, section in enumerate(joined)]


def _is_scrap(section: Section) -> bool:
    return section.level == PART and words(section.body) < TINY and BARE_LIST.fullmatch(section.body) is not None


def _with_parts(section: Section, following: list[Section]) -> Section:
    """Complete a section that only announces its parts ("…the following rights:") with their headings."""
    if not section.body.rstrip().endswith(":"):
        return section
    parts = takewhile(lambda other: other.level > section.level, following)
    return section._replace(body=section.body + "\n\n" + "\n".join(f"- {part.heading}" for part in parts))


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for block in blocks(text):
        for unit in [block] if words(block) <= LONGEST else _split_long(block):
            if pieces and words(pieces[-1]) + words(unit) <= LONGEST:
                pieces[-1] += f"\n\n{unit}"
            else:
                pieces.append(unit)
    return pieces


def _split_long(block: str) -> list[str]:
    """Cut a block that is longer than a passage: a list between items, a paragraph between sentences."""
    is_list = "\n- " in f"\n{block}"
    units = re.split(r"\n(?=- )", block) if is_list else sentences(block)
    joint = "\n" if is_list else " "
    parts: list[str] = []
    for unit in units:
        if parts and words(parts[-1]) + words(unit) <= LONGEST:
            parts[-1] += joint + unit
        else:
            parts.append(unit)
    return parts
