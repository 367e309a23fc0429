"""Prompts are checked on load, filled in one pass, and versioned by their content."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chatbot.knowledge.errors import KnowledgeError
from chatbot.llm.prompts import AUDIENCES, Prompts

PROMPTS = Path(__file__).resolve().parents[2] / "data" / "prompts"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(PROMPTS, tmp_path / "prompts"))


@pytest.mark.parametrize("name", [path.name for path in PROMPTS.glob("*.md")])
def test_a_changed_word_of_any_prompt_changes_the_version(folder, name):
    before = Prompts.read(folder).version
    path = folder / name
    path.write_text(f"{path.read_text()}\nOne more word.\n")
    assert Prompts.read(folder).version != before


def test_another_language_falls_back_to_english():
    prompt = Prompts.read(PROMPTS).choose("answer", "xx", "child")
    assert (prompt.language, prompt.audience) == ("en", "child")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_value_that_looks_like_a_variable_stays_as_it_is(audience):
    prompt = Prompts.read(PROMPTS).choose("answer", "en", audience)
    text = prompt.fill(company="{passages}", language="English", passages="{company} {language}")
    assert "{passages}" in text
    assert "{company} {language}" in text


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("{company}", "{visitor_name}"), r"answer\.md:\d+: unknown variable \{visitor_name\}"),
        (("audience: adult", "audience: everybody"), r"answer\.md:2: audience must be one of"),
        (("purpose:", "reason:"), r"answer\.md:2: front matter needs `purpose"),
        (("audience: adult", "audience: child"), r"same id, language and audience"),
        (("id: answer\n", "id: other\n"), r"answer\.md:\d+: unknown variable \{company\}; there are: none"),
    ],
)
def test_a_wrong_prompt_is_named_with_its_line(folder, change, error):
    path = folder / "answer.md"
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(KnowledgeError, match=error):
        Prompts.read(folder)


@pytest.mark.parametrize(
    ("name", "missing"),
    [("answer.md", "answer"), ("memory.md", "memory"), ("length-short.md", "short"), ("length-long.md", "long")],
)
def test_a_missing_prompt_is_named(folder, name, missing):
    (folder / name).unlink()
    with pytest.raises(KnowledgeError, match=f"needs the prompt `{missing}` in English for the audience adult"):
        Prompts.read(folder)
