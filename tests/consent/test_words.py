"""The words of the notice: plain enough for a child who reads them, and without any pressure."""

import re

import pytest

LANGUAGES = ["af", "de", "en"]


def lix(text: str) -> float:
    """Return Björnsson's readability index: words a sentence, plus the percentage of words over six letters."""
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text)
    sentences = len(re.findall(r"[.:;!?]+(?:\s|$)", text))
    return len(words) / max(1, sentences) + 100 * sum(len(word) > 6 for word in words) / len(words)


def test_the_index_tells_a_picture_book_from_a_statute():
    assert lix("The cat sat on the mat. It was fat.") < 10
    assert lix("Notwithstanding contractual stipulations, responsible authorities determine admissibility.") > 60


# Up to about 30 reads like a text for the sixth grade in English; German and Afrikaans join words, so the same
# ease has a higher figure (C.-H. Björnsson, Läsbarhet, 1968; J. Anderson, Journal of Reading 26, 1983).
CHILD = {"en": 30, "af": 34, "de": 38}
ANYBODY = {"en": 36, "af": 43, "de": 46}


def child_texts(words):
    """Return what somebody under age reads before they are told to fetch a parent."""
    questions = [words.age_question, words.country]
    return {
        "disclosure": words.disclosure,
        **{question.label: f"{question.label} {question.hint}" for question in questions},
        **words.messages.model_dump(),
    }


@pytest.mark.parametrize("tag", LANGUAGES)
def test_what_a_child_reads_is_in_childrens_words(notices, party, tag):
    for name, text in child_texts(notices.best(tag).words).items():
        assert lix(text.replace(party.support, "us")) <= CHILD[tag], name


@pytest.mark.parametrize("tag", LANGUAGES)
def test_what_is_asked_is_in_plain_words(notices, tag):
    for name, words in notices.best(tag).words.purposes.items():
        assert lix(words.text) <= ANYBODY[tag], name


# Words that push, shame, reward, or hurry; a notice has none of them.
PRESSURE = {
    "en": r"hurry|now only|last chance|don't miss|miss out|are you sure|no thanks|streak|reward|we recommend"
    r"|best experience|only \d+ (?:left|minutes)|come back soon|unlock|we value your privacy",
    "af": r"gou|maak gou|laaste kans|moenie uitmis|is jy seker|beloning|ons beveel aan|beste ervaring|reeks dae",
    "de": r"\bnur noch\b|letzte chance|nicht verpassen|sind sie sicher|belohnung|wir empfehlen|bestes erlebnis"
    r"|beeilen",
}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_word_of_the_notice_or_the_widget_pushes_shames_or_hurries(notices, tag):
    notice = notices.best(tag)
    shown = [notice.words.model_dump_json(), *notice.strings.values()]
    assert [found.group() for text in shown for found in re.finditer(PRESSURE[tag], text, re.IGNORECASE)] == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_saying_no_is_worded_as_shortly_and_neutrally_as_saying_yes(notices, tag):
    buttons = notices.best(tag).words.buttons
    assert abs(len(buttons.selected) - len(buttons.none)) <= 8
    assert "!" not in buttons.selected + buttons.none


def test_every_language_says_the_same_things(notices):
    shapes = {tag: shape(notice.words.model_dump()) for tag, notice in notices.by_language.items()}
    assert shapes["af"] == shapes["de"] == shapes["en"]


def shape(node):
    """Return the keys of nested texts without the texts."""
    return {key: shape(value) for key, value in node.items()} if isinstance(node, dict) else None
