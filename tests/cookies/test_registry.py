"""The register of what is kept on a device: complete, in every language, and the source of the page."""

import re
import shutil

import pytest
from support.busy_site import DATA, SERVICE

from chatbot.cookies.page import cookie_policy
from chatbot.cookies.registry import OPTIONAL, Registry
from chatbot.site_words import load_site
from consent.data import DataError

SITE = load_site(DATA / "site", {"en"})
NAGGING = re.compile(
    r"\b(?:sorry|miss out|lose|best experience|only if you|are you sure|no thanks|hurry)\b|!",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def real():
    return Registry.load(DATA)


@pytest.mark.commitment("K1")
@pytest.mark.parametrize("which", ["real", "busy"])
def test_the_page_holds_every_key_with_purpose_lifetime_and_service_and_nothing_else(request, which):
    registry = request.getfixturevalue(which)
    page = cookie_policy(registry, SITE["en"]).body
    assert re.findall(r"^\| `([^`]+)`", page, re.MULTILINE) == [
        key.key for category in ("necessary", *OPTIONAL) for key in registry.keys if key.category == category
    ]
    for key in registry.keys:
        row = next(line for line in page.splitlines() if f"| `{key.key}`" in line)
        assert key.purpose["en"] in row
        assert registry.asked("en").lifetime(key) in row


@pytest.mark.commitment("K14")
def test_a_service_is_named_with_recipient_country_and_its_own_policy(busy):
    page = cookie_policy(busy, SITE["en"]).body
    assert f"[{SERVICE['name']}]({SERVICE['privacy']}): Counts visits. Example Counter GmbH, DE." in page


@pytest.mark.commitment("K12")
@pytest.mark.parametrize("language", ["en", "af", "de"])
def test_four_categories_are_asked_in_each_language_with_purpose_and_duration(busy, language):
    categories = busy.asked(language).categories()
    assert [each["id"] for each in categories] == ["necessary", "functional", "analytics", "marketing"]
    assert [each["id"] for each in categories if each["required"]] == ["necessary"]
    assert all(each["title"] and each["text"] for each in categories)
    assert all(key["purpose"] and key["lifetime"] for each in categories for key in each["keys"])


@pytest.mark.parametrize("words", ["You will lose the best experience", "No thanks, I hate savings"])
def test_the_rule_against_shaming_words_bites(words):
    assert NAGGING.search(words)


def test_no_word_of_the_question_shames_or_hurries(real):
    said = [text for words in real.words.values() for text in _texts(words.model_dump())]
    assert [text for text in said if NAGGING.search(text)] == []


def _texts(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    else:
        yield str(value)


def test_a_new_service_is_a_new_version(real, busy):
    assert real.version != busy.version


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("registers/storage.yaml", "category: necessary", "category: vital", "category"),
        ("registers/storage.yaml", "    days: 180", "    days: 180\n    service: nobody", "no service nobody"),
        ("registers/storage.yaml", "      de: Merkt", "      fr: Merkt", "every language"),
        ("cookies/de.yaml", "language: de", "language: fr", "de.yaml"),
        ("cookies/en.yaml", "reject: Reject all\n", "", "reject"),
    ],
)
def test_a_wrong_register_stops_the_start_and_says_where(tmp_path, file, old, new, says):
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=says):
        Registry.load(tmp_path / "data")
