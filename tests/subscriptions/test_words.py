"""The words for subscribers: complete in every language, filled by the same names, and without any pressure."""

import re
import shutil

import pytest
import yaml

from chatbot.settings import data_folder
from chatbot.subscriptions.words import load_words
from consent.data import DataError

NOTICES = data_folder() / "notices"
TAGS = {"en", "af", "de"}
WORDS = load_words(NOTICES, TAGS)
PRESSURE = yaml.safe_load((data_folder() / "lint" / "pressure.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("tag", sorted(TAGS))
def test_no_word_hurries_tempts_or_shames(tag):
    """The same list as for every other text."""
    said = " ".join(WORDS[tag].text.values()).lower()
    assert [word for word in PRESSURE[tag] if re.search(rf"\b{re.escape(word)}\b", said)] == []


@pytest.mark.parametrize("tag", sorted(TAGS))
def test_every_text_is_filled_by_the_same_names_in_every_language(tag):
    """So that no mail fails in one language alone."""
    names = {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in WORDS["en"].text.items()}
    assert {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in WORDS[tag].text.items()} == names


@pytest.mark.parametrize("tag", sorted(TAGS))
def test_stopping_is_worded_as_shortly_as_agreeing(tag):
    """Neither button is longer than the other by much."""
    words = WORDS[tag].text
    assert abs(len(words["confirm_button"]) - len(words["stop_button"])) <= 10


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  save: ", "  safe: ", "missing save"),
        ("language: af", "language: nl", "language must be af"),
        ("Desember]", "Desember, Smarch]", "months"),
    ],
)
def test_a_file_that_is_wrong_stops_the_start(tmp_path, old, new, told):
    """And the error names the place."""
    folder = tmp_path / "notices"
    shutil.copytree(NOTICES, folder)
    path = folder / "subscribe" / "af.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=told):
        load_words(folder, TAGS)
