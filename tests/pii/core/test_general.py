"""Text for another conversation: kinds instead of placeholders, and nothing of the numbers."""

import pytest

from pii import placeholders
from pii.general import generalise
from pii.text import Redacted, from_storage


@pytest.mark.parametrize(
    ("text", "general"),
    [
        ("", ""),
        ("What is an ERP?", "What is an ERP?"),
        ("I am <PERSON_1>", "I am [person]"),
        ("<IBAN_CODE_1>, <IBAN_CODE_27> or <ZA_ID_NUMBER_3>", "[iban code], [iban code] or [za id number]"),
        ("typed \u2039PERSON_1\u203a stays disarmed", "typed \u2039PERSON_1\u203a stays disarmed"),
        ("<PERSON_0> and <person_1> are no placeholders", "<PERSON_0> and <person_1> are no placeholders"),
    ],
)
def test_a_placeholder_becomes_its_kind(text, general):
    """Every number goes, so that nothing of it resolves anywhere."""
    made = generalise(from_storage(text), 300)
    assert isinstance(made, Redacted)
    assert made.text == general
    assert list(placeholders.find(made.text)) == []


@pytest.mark.parametrize("longest", range(12))
def test_a_cut_never_leaves_a_placeholder(longest):
    """Wherever the text is cut, what is left holds no placeholder and no beginning of one."""
    made = generalise(from_storage("I <PERSON_1>"), longest).text
    assert made == "I [person]"[:longest]
    assert "<" not in made
