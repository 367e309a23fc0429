"""The word lists: public terms stay, hidden terms go, and a wrong list refuses to load."""

import pytest

from pii.datafiles import common_words, particles
from pii.errors import DataError
from pii.redactor import Redactor
from pii.spans import Span
from pii.wordlists import AllowList, hide_list

ALLOWED = [
    ("PERSON", "Zoho"),
    ("ORGANIZATION", "zoho crm"),
    ("PERSON", "Odoo Bitrix24"),
    ("EMAIL_ADDRESS", "SUPPORT@rousora.com"),
    ("URL", "https://www.rousora.com/pricing"),
    ("URL", "rousora.com"),
    ("ORGANIZATION", "the Information Regulator"),
    ("LOCATION", "the"),
    ("PERSON", "wie ist"),
]
NOT_ALLOWED = [
    ("PERSON", "Jane Zoho"),
    ("PERSON", "An"),
    ("PASSWORD", "the"),
    ("EMAIL_ADDRESS", "jane@rousora.com"),
    ("EMAIL_ADDRESS", "support@rousora.com.evil.org"),
    ("URL", "https://rousora.com/?mail=jane"),
    ("URL", "https://jane@rousora.com/"),
    ("URL", "https://rousora.com.evil.org/"),
    ("URL", "https://evilrousora.com/"),
    ("URL", "http://[rousora.com"),
    ("PHONE_NUMBER", "082 555 1234"),
]


@pytest.mark.parametrize(("kind", "value"), ALLOWED)
def test_public_terms_are_allowed(kind, value):
    assert AllowList().allows(Span(4, 4 + len(value), kind, 0.9), f"see {value} now")


@pytest.mark.parametrize(("kind", "value"), NOT_ALLOWED)
def test_other_values_are_not(kind, value):
    assert not AllowList().allows(Span(4, 4 + len(value), kind, 0.9), f"see {value} now")


def test_a_name_inside_our_own_address_is_allowed():
    assert AllowList().allows(Span(5, 12, "PERSON", 0.9), "mail support@rousora.com.")
    assert not AllowList().allows(Span(5, 9, "PERSON", 0.9), "mail jane@rousora.com.")


def test_our_phone_number_is_allowed_in_any_spelling(tmp_path):
    path = tmp_path / "allow.txt"
    path.write_text("+27 11 555 0000\n")
    assert AllowList(path).allows(Span(0, 12, "PHONE_NUMBER", 0.9), "011 555-0000")


def test_what_is_on_the_hide_list_goes_everywhere(tmp_path, small):
    path = tmp_path / "hide.txt"
    path.write_text("# ours\nORGANIZATION Project Aloe\nID_NUMBER zoho-771\n")
    redactor = Redactor(small._finder, rules=small._rules, hide=hide_list(path))
    redacted = redactor.redact("about PROJECT aloe and Zoho-771, not project aloes").text.text
    assert redacted == "about <ORGANIZATION_1> and <ID_NUMBER_1>, not project aloes"


@pytest.mark.parametrize("line", ["person Jane", "PERSON", "PERSON ...", "Jane", "PERSON " + "x" * 300])
def test_a_wrong_hide_list_refuses_to_load(tmp_path, line):
    path = tmp_path / "hide.txt"
    path.write_text(line)
    with pytest.raises(DataError, match=r"hide\.txt"):
        hide_list(path)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"])
def test_a_missing_or_binary_list_refuses_to_load(tmp_path, content):
    path = tmp_path / "allow.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"allow\.txt"):
        AllowList(path)


def test_the_shipped_lists_load():
    assert {"will", "hope", "mark", "may", "grace", "china"} <= common_words()
    assert "van" in particles()
    assert not hide_list()
