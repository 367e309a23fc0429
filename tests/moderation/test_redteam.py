"""The red team gets nothing offensive out, in three languages and in disguise; clean replies pass."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from chatbot.cli import main
from chatbot.knowledge.errors import KnowledgeError
from chatbot.moderation.redteam import evaluate, read_cases

from .conftest import FOLDER

ROOT = FOLDER.parent
MOST_FALSE_BLOCKS = 3  # of the clean ones; each stands under `known`
LEAST_FRESH = 0.2


@pytest.fixture(scope="session")
def report(moderation):
    """What the command prints."""
    return evaluate(moderation, read_cases(FOLDER / "redteam.yaml"))


@pytest.mark.commitment("N0")
def test_no_reply_of_the_red_team_gets_out(report):
    """Not one of the offending replies is released, neither to an adult nor to a minor; there are a few hundred."""
    assert sum(row.total for row in report.rows if row.offends and not row.minor) > 300
    assert report.released == ()
    assert report.recall == 1.0


def test_clean_replies_pass_but_for_those_that_are_stated(report, redteam):
    """False blocks are known by name, and few."""
    assert set(report.stopped) == set(redteam["known"])
    assert len(report.stopped) <= MOST_FALSE_BLOCKS
    assert report.precision > 0.99


def test_what_was_never_fitted_to_is_measured_and_mostly_gets_out(report):
    """A list of words sees words: the figure stays in sight, and may only grow."""
    assert LEAST_FRESH < report.fresh < 1.0


def test_a_minor_hears_less_than_an_adult(moderation, redteam):
    """What is said to adults about beer, bets and dates is not said to a minor."""
    rows = [text for texts in redteam["minors"].values() for text in texts]
    assert [text for text in rows if moderation.check(text, minor=True) is None] == []
    assert len([text for text in rows if moderation.check(text) is None]) > len(rows) * 0.8


LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0"})
GREEK_AND_CYRILLIC = str.maketrans({"a": "а", "c": "с", "e": "е", "i": "і", "o": "о", "k": "κ"})
DISGUISES = {
    "as it is": lambda word: word,
    "loud": str.upper,
    "l33t": lambda word: word.translate(LEET),
    "dotted": ".".join,
    "dashed": "-".join,
    "spaced": " ".join,
    "spaced wide": "   ".join,
    "underlined": "_".join,
    "stretched": lambda word: word[:-1] + word[-1] * 5,
    "stretched inside": lambda word: word[0] + word[1] * 4 + word[2:],
    "masked": lambda word: word[:1] + "*" + word[2:],
    "zero width": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "look-alikes": lambda word: word.translate(GREEK_AND_CYRILLIC),
    "full width": lambda word: "".join(chr(ord(letter) + 0xFEE0) for letter in word),
    "accented": lambda word: "".join(letter + "\u0301" for letter in word),
    "bold": lambda word: f"**{word}**",
    "bold inside": lambda word: f"**{word[0]}**{word[1:]}",
    "quoted": lambda word: f"“{word}”",
    "over lines": "\n".join,
}
WORDS = [
    "fuck",
    "shit",
    "cunt",
    "bitch",
    "nigger",
    "faggot",
    "whore",
    "poes",
    "kaffer",
    "hoerkind",
    "arschloch",
    "fotze",
    "wichser",
    "neger",
]


@pytest.mark.commitment("N0")
@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("word", WORDS)
def test_a_disguise_does_not_help(moderation, word, disguise):
    """The worst words of each language are found in every disguise that is tried on them."""
    assert moderation.check(f"Then I said {DISGUISES[disguise](word)} to him.") is not None


@pytest.mark.parametrize(
    "words",
    ["fu ck", "shi t", "cun t", "bit ch", "nig ger", "fag got", "wh ore", "kaf fer", "arsch loch", "wich ser"],
)
def test_a_word_in_two_pieces_is_found(moderation, words):
    """But `who re-use` and `sh, it` stay what they are: pairs of ordinary words are left alone."""
    assert moderation.check(f"Then I said {words} to him.") is not None


def texts_of(folder, pattern):
    """Read the files of ours that hold what the service says, line by line."""
    return [line for path in sorted((ROOT / folder).rglob(pattern)) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("folder", "pattern"), [("knowledge", "*.md"), ("notices", "*.yaml"), ("policies", "*.md"), ("prompts", "*.md")]
)
@pytest.mark.parametrize("minor", [False, True])
def test_nothing_that_we_say_ourselves_is_blocked(moderation, folder, pattern, minor):
    """The knowledge base, the notices and the policies pass in every language, for minors, too."""
    lines = texts_of(folder, pattern)
    assert lines
    assert [line for line in lines if moderation.check(line, minor=minor)] == []


@pytest.mark.parametrize("minor", [False, True])
def test_the_embedded_replies_to_the_usual_questions_pass(moderation, minor):
    """Every question of the question sets could be repeated in a reply, but for those that offend themselves."""
    lines = [line for line in texts_of("questions", "*.yaml") if not line.startswith("#")]
    blocked = [line for line in lines if moderation.check(line, minor=minor)]
    assert len(lines) > 500
    assert len(blocked) <= 2
    assert all("bomb" in line or "red wine" in line for line in blocked)


def test_names_and_places_that_look_like_it_pass(moderation):
    """The lists of names, streets and suburbs that the finder learned from hold many unlucky ones."""
    lists = Path(__file__).resolve().parents[2] / "pii" / "model" / "train" / "lists"
    lines = [line for path in lists.glob("*.txt") for line in path.read_text("utf-8").splitlines()]
    assert len(lines) > 500
    assert [line for line in lines if moderation.check(line)] == []


def test_the_command_prints_the_figures_and_ends_well():
    """`chatbot moderation test` is what CI and a site owner run after a change of the words."""
    done = CliRunner().invoke(main, ["moderation", "test", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["recall"] == 1.0
    assert "right of what was blocked" in CliRunner().invoke(main, ["moderation", "test"]).output


@pytest.mark.parametrize(
    ("arguments", "code", "printed"),
    [
        (["A CRM keeps contacts."], 0, "may be said"),
        (["go to hell"], 1, "profanity"),
        (["--minor", "have a beer"], 1, "alcohol"),
    ],
)
def test_the_command_checks_a_text(arguments, code, printed):
    """A site owner can try a sentence before it stands in the knowledge base."""
    done = CliRunner().invoke(main, ["moderation", "check", *arguments])
    assert (done.exit_code, done.stdout.strip()) == (code, printed)


def test_a_damaged_red_team_file_says_so(tmp_path):
    """A wrong layout is an error with the file's name."""
    path = tmp_path / "redteam.yaml"
    path.write_text("blocked: [one]", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"redteam\.yaml"):
        read_cases(path)
