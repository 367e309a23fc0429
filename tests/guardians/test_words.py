"""What a child reads is in a child's words, measured; and no text anywhere hurries, tempts or shames."""

import re

import pytest
import yaml

from chatbot.guardians.words import load_words
from chatbot.settings import data_folder

DATA = data_folder()
TAGS = ("en", "af", "de")
WORDS = load_words(DATA / "notices", set(TAGS))
PRESSURE = yaml.safe_load((DATA / "lint" / "pressure.yaml").read_text(encoding="utf-8"))
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SENTENCE = re.compile(r"[.!?:;]+(?:\s|$)")
GRADE, LIX = 6.0, 30.0
HELD = ("held_title", "child_held", "held_erase", "decision_child_hold", "review_ask", "review_asked", "child_paused")


def syllables(word):
    """Count an English word's syllables: groups of vowels, a silent e at the end left out."""
    word = re.sub(r"[^a-z]", "", word.lower())
    silent = 1 if re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouyscxzgh]es$", word) else 0
    return max(1, len(re.findall(r"[aeiouy]+", word)) - silent)


def grade(text):
    """Give the school grade of an English text (Kincaid and others, Research Branch Report 8-75, 1975)."""
    words, sentences = WORD.findall(text), max(1, len(SENTENCE.findall(text)))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def lix(text):
    """Give the readability index of a text in any language (Björnsson, Läsbarhet, 1968)."""
    words, sentences = WORD.findall(text), max(1, len(SENTENCE.findall(text)))
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / len(words)


def texts(tag):
    """Give everything that a child reads on the way into a chat and in it, as whole passages."""
    child = WORDS[tag].child
    yield " ".join(child.text)
    yield " ".join(right.text for right in child.rights)
    yield child.pause
    strings = yaml.safe_load((DATA / "notices" / "strings" / f"{tag}.yaml").read_text(encoding="utf-8"))
    facts = {"support": "us", "date": "2 May", "purpose": "Keep it"}
    yield " ".join(strings[key].format(**facts) for key in HELD)
    yield " ".join(strings[f"guardian_event_{what}"].format(**facts) for what in ("given", "refused", "withdrawn"))


@pytest.mark.parametrize(
    ("word", "count"),
    [("cat", 1), ("table", 2), ("computer", 3), ("stopped", 1), ("wanted", 2), ("like", 1), ("information", 4),
     ("people", 2), ("names", 1), ("changes", 2), ("houses", 2), ("you", 1), ("really", 2)],
)  # fmt: skip
def test_the_counter_of_syllables_agrees_with_a_dictionary(word, count):
    assert syllables(word) == count


def test_the_grade_of_known_texts():
    """A primer is below grade 2; the Gettysburg Address is known as about grade 11; a statute is beyond school."""
    address = (
        "Four score and seven years ago our fathers brought forth on this continent a new nation, conceived in "
        "liberty, and dedicated to the proposition that all men are created equal. Now we are engaged in a great "
        "civil war, testing whether that nation, or any nation so conceived and so dedicated, can long endure."
    )
    assert grade("The cat sat on the mat. It was fat. The dog ran to the cat.") < 2
    assert 9 < grade(address) < 15
    assert grade("Notwithstanding contractual stipulations, responsible authorities determine admissibility.") > 18


@pytest.mark.commitment("N14")
def test_a_child_reads_english_of_the_sixth_grade_at_most():
    assert {text[:30]: round(grade(text), 1) for text in texts("en") if grade(text) > GRADE} == {}


@pytest.mark.commitment("N14")
@pytest.mark.parametrize("tag", ["af", "de"])
def test_a_child_reads_plain_afrikaans_and_german(tag):
    assert {text[:30]: round(lix(text)) for text in texts(tag) if lix(text) > LIX} == {}


@pytest.mark.commitment("N15")
@pytest.mark.parametrize("tag", TAGS)
def test_the_card_names_the_same_rights_in_every_language(tag):
    assert len(WORDS[tag].child.rights) == len(WORDS["en"].child.rights) == 5
    assert all(right.title and right.text for right in WORDS[tag].child.rights)


def shown(tag):
    """Give every text of a language that we show or send."""
    parts = ("strings", "guardian", "child", "subscribe")
    for folder in ("notices", "cookies", "site", *(f"notices/{part}" for part in parts)):
        path = DATA / folder / f"{tag}.yaml"
        if path.exists():
            yield path, path.read_text(encoding="utf-8")
    if tag == "en":
        yield from ((path, path.read_text(encoding="utf-8")) for path in (DATA / "prompts").glob("*.md"))


def pressing(tag, text):
    """Find the words of the list in a text, as whole words."""
    return [word for word in PRESSURE[tag] if re.search(rf"(?<!\w){re.escape(word)}", text, re.IGNORECASE)]


@pytest.mark.commitment("N11")
@pytest.mark.parametrize("tag", TAGS)
def test_no_text_hurries_tempts_or_shames(tag):
    assert {path.name: found for path, text in shown(tag) if (found := pressing(tag, text))} == {}


@pytest.mark.parametrize("text", ["Hurry, only today!", "You keep your STREAK", "Unlock a badge"])
def test_the_list_bites(text):
    assert pressing("en", text)
