"""A damaged list stops the start with a sentence that says where; the grammar of phrases does what it says."""

import pytest

from chatbot.knowledge.errors import KnowledgeError
from chatbot.moderation import Moderation

SHARED = "leet: {'0': o}\nglued: []\nordinary: []\nsigns: []\n"


@pytest.fixture
def lists(tmp_path):
    """Load moderation from one list of a test's own."""

    def make(adults, shared=SHARED):
        (tmp_path / "xx.yaml").write_text(
            f"adults: {adults}\nminors: {{harsh: {{words: [oof]}}}}\n", encoding="utf-8"
        )
        (tmp_path / "shared.yaml").write_text(shared, encoding="utf-8")
        return Moderation.load(tmp_path)

    return make


@pytest.mark.parametrize(
    ("adults", "said"),
    [
        ("{}", "needs its categories under `adults:`"),
        ("{rude: [oops]}", "`rude` may hold words, core, phrases"),
        ("{rude: {wrods: [oops]}}", "`rude` may hold words, core, phrases"),
        ("{rude: {words: [no]}}", "must be a list of texts"),
        ("{rude: {phrases: ['you (are|re stupid']}}", "cannot read the phrase|bracket is not closed"),
        ("{rude: {phrases: ['you ]']}}", "cannot read the phrase"),
    ],
)
def test_a_damaged_list_says_what_is_wrong(lists, adults, said):
    """Nothing is skipped in silence: a reply would go out unchecked."""
    with pytest.raises(KnowledgeError, match=said):
        lists(adults)


def test_without_lists_nothing_starts(tmp_path):
    """An empty folder is an error, not an open door."""
    with pytest.raises(KnowledgeError, match="no word lists"):
        Moderation.load(tmp_path)


def test_a_damaged_table_of_signs_says_so(lists):
    """Signs need the letters that they stand for."""
    with pytest.raises(KnowledgeError, match="leet"):
        lists("{rude: {words: [oops]}}", "leet: [1, 2]\n")


GRAMMAR = [
    ("you (are|re) bad", "they say you are bad", True),
    ("you (are|re) bad", "you're bad", True),
    ("you (are|re) bad", "you were bad", False),
    ("so [very] bad", "so bad", True),
    ("so [very] bad", "so very bad", True),
    ("so [very] bad", "so much bad", False),
    ("make ... bomb", "make a very big bomb", True),
    ("make ... bomb", "make one two three four bomb", False),
    ("!(not|never) go away", "please go away", True),
    ("!(not|never) go away", "do not go away", False),
    ("shoot you !(a|an)", "I shoot you.", True),
    ("shoot you !(a|an)", "I shoot you", True),
    ("shoot you !(a|an)", "I shoot you a mail", False),
    ("(your (cat|dog)|him) stinks", "your dog stinks", True),
    ("(your (cat|dog)|him) stinks", "your stinks", False),
    ("bad* day", "badly day", True),
    ("go away", "Go. Away", False),
    ("go away", "go, away", True),
    ("go away", "go-away", False),
]


@pytest.mark.parametrize(("phrase", "text", "found"), GRAMMAR)
def test_a_phrase_means_what_the_grammar_says(lists, phrase, text, found):
    """One row for each sign of the grammar, met and not met."""
    moderation = lists(f"{{rude: {{phrases: ['{phrase}']}}}}")
    assert (moderation.check(text) is not None) is found


def test_what_is_for_minors_is_for_minors_only(lists):
    """The second list adds to the first."""
    moderation = lists("{rude: {words: [oops]}}")
    assert moderation.check("oof") is None
    assert moderation.check("oof", minor=True).category == "harsh"
    assert moderation.check("oops", minor=True).category == "rude"
