"""Pages are read and cut by heading, and a bad page is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot.knowledge.documents import read_document, read_folder, slug
from chatbot.knowledge.errors import KnowledgeError
from chatbot.knowledge.passages import LONGEST, cut, words

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("What a CRM is", "what-a-crm-is"),
        ("Do Not Track & Browser Settings", "do-not-track-browser-settings"),
        ('Right to Erasure ("Right to be Forgotten")', "right-to-erasure-right-to-be-forgotten"),
        ("CRM/ERP Data", "crm-erp-data"),
        ("3. Prohibited Activities", "3-prohibited-activities"),
        ("Überblick für Gäste", "uberblick-fur-gaste"),
        ("???", "section"),
    ],
)
def test_a_heading_has_a_readable_anchor(heading, anchor):
    assert slug(heading) == anchor


def test_a_page_is_cut_at_its_headings_and_each_passage_opens_its_place(write):
    body = "# The tool\n\nTop.\n\n## What it is\n\nA tool.\n\n### Part\n\nDetail here.\n"
    found = [(p.id, p.url, p.text) for p, *_ in cut(read_document(write("crm", body)))]
    assert found == [
        ("crm#the-tool", "/help/crm", "Top."),
        ("crm#what-it-is", "/help/crm#what-it-is", "A tool."),
        ("crm#part", "/help/crm#part", "Detail here."),
    ]


def test_text_before_the_first_heading_belongs_to_the_page(write):
    (draft,) = cut(read_document(write("crm", "Just text.\n")))
    assert (draft.passage.id, draft.passage.heading) == ("crm#crm", "Crm")


def test_a_long_section_is_cut_between_sentences_and_loses_nothing(write):
    body = " ".join(f"Sentence number {n} says something plain." for n in range(60))
    texts = [draft.passage.text for draft in cut(read_document(write("long", f"## Long\n\n{body}\n")))]
    assert len(texts) > 2
    assert all(words(text) <= LONGEST and text.endswith(".") for text in texts)
    assert " ".join(texts) == body


def test_a_long_list_is_cut_between_items(write):
    items = "\n".join(f"- item {n} with seven more words in it" for n in range(40))
    texts = [draft.passage.text for draft in cut(read_document(write("list", f"## List\n\n{items}\n")))]
    assert "\n".join(texts) == items
    assert all(text.startswith("- ") for text in texts)


def test_bare_lists_join_the_section_that_announces_them(write):
    lists = "### Identity\n\n- Name\n\n### Contact\n\n- Phone\n\n"
    body = f"## Data\n\nWe may collect:\n\n{lists}### Use\n\nWe use it well.\n"
    first, second = cut(read_document(write("data", body)))
    assert first.passage.text == "We may collect:\n\n**Identity**\n\n- Name\n\n**Contact**\n\n- Phone"
    assert second.passage.id == "data#use"


def test_a_section_that_announces_its_parts_lists_them(write):
    parts = "### Access\n\nYou may ask.\n\n### Erasure\n\nYou may erase.\n\n"
    body = f"## Rights\n\nYou have these rights:\n\n{parts}## Other\n\nX.\n"
    first, *_ = cut(read_document(write("rights", body)))
    assert first.passage.text == "You have these rights:\n\n- Access\n- Erasure"


def test_a_hash_inside_code_is_no_heading(write):
    (draft,) = cut(read_document(write("code", "## Code\n\n```\n# not a heading\n```\n")))
    assert "# not a heading" in draft.passage.text


BAD = [
    ("no front matter", "# Title\n\nText.\n", r":1: must begin with front matter"),
    ("open front matter", "---\ntitle: A\n", r":1: front matter is never closed"),
    ("no title", "---\nurl: /a\nlanguage: en\n---\nText.\n", r":2: front matter needs `title"),
    ("number as title", "---\ntitle: 3\nurl: /a\nlanguage: en\n---\nText.\n", r":2: front matter needs `title"),
    ("bad yaml", "---\ntitle: A\nurl: ]\n---\nText.\n", r":3: is not valid YAML"),
    ("list as front matter", "---\n- a\n---\nText.\n", r":2: must be `name: value` lines"),
    ("empty page", "---\ntitle: A\nurl: /a\nlanguage: en\n---\n\n## Only a heading\n", r":6: has no text"),
    ("same anchor", "---\ntitle: A\nurl: /a\nlanguage: en\n---\n## B\nx\n## B\ny\n", r":8: the heading's anchor #b"),
    (
        "unknown anchor",
        "---\ntitle: A\nurl: /a\nlanguage: en\nasked: {c: [x]}\n---\n## B\nx\n",
        r":2: `asked:` names #c",
    ),
    ("public is text", "---\ntitle: A\nurl: /a\nlanguage: en\npublic: x\n---\n## B\nx\n", r":2: `public:` needs"),
    ("asked is text", "---\ntitle: A\nurl: /a\nlanguage: en\nasked: x\n---\n## B\nx\n", r":2: `asked:` needs"),
]


@pytest.mark.parametrize(("content", "error"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_page_is_named_with_its_line(pages, content, error):
    (pages / "bad.md").write_text(content)
    with pytest.raises(KnowledgeError, match=r"bad\.md" + error):
        read_folder(pages)


def test_a_page_that_is_not_text_is_named_with_its_line(pages):
    (pages / "bad.md").write_bytes(b"---\ntitle: A\n\xff\xfe\n---\n")
    with pytest.raises(KnowledgeError, match=r"bad\.md:3: is not UTF-8"):
        read_folder(pages)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(KnowledgeError, match="is not a folder"):
        read_folder(tmp_path / "nowhere")


def test_two_pages_of_one_name_are_refused(pages, write):
    write("same", "Text.\n")
    (pages / "more").mkdir()
    (pages / "more" / "same.md").write_text((pages / "same.md").read_text())
    with pytest.raises(KnowledgeError, match="same file name"):
        read_folder(pages)


def test_the_repositorys_pages_are_sound_and_enough():
    documents = read_folder(DATA / "knowledge", DATA / "policies")
    passages = [draft.passage for document in documents for draft in cut(document)]
    assert len([passage for passage in passages if passage.url.startswith("/help/")]) >= 50
    assert len({passage.id for passage in passages}) == len(passages)
    assert max(words(passage.text) for passage in passages) <= LONGEST
