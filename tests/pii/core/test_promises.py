"""What the policies promise about redaction, shown on the real redactor."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii.stream import restore
from pii.vault import Vault


def with_check_digit(body):
    """Append the digit that makes a card number pass Luhn's check."""
    doubled = [digit * 2 - 9 * (digit > 4) if at % 2 == 0 else digit for at, digit in enumerate(reversed(body))]
    return "".join(map(str, [*body, -sum(doubled) % 10]))


CARDS = st.tuples(st.sampled_from([[4], [5, 1], [5, 5], [2, 2, 2, 1]]), st.lists(st.integers(0, 9), min_size=14)).map(
    lambda parts: with_check_digit((parts[0] + parts[1])[:15])
)


TEMPLATES = ["my card is {}", "{}", "pay with {}, thanks", "kaart: {}"]


@pytest.mark.commitment("H12")
@settings(max_examples=150, deadline=None)
@given(
    CARDS,
    st.sampled_from(["", " ", "-"]),
    st.sampled_from(TEMPLATES),
)
def test_a_card_number_never_stays(full, card, separator, template):
    written = separator.join(card[at : at + 4] for at in range(0, 16, 4))
    for redaction in (full.redact(template.format(written)), full.redact_reply(template.format(written), Vault())):
        assert not [part for part in written.split() if part in redaction.text.text]
        assert "CREDIT_CARD" in {finding.kind for finding in redaction.findings}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I have diabetes and need help", "HEALTH"),
        ("i am a member of a trade union", "UNION"),
        ("as a Muslim I need Fridays off", "RELIGION"),
        ("I'm in grade 6", "CHILD"),
    ],
)
def test_a_statement_that_needs_care_is_flagged_where_it_stands(full, text, kind):
    for typed in (text, "\u200b" + text):
        flags = {flag.kind: flag for flag in full.redact(typed).flags}
        assert kind in flags
        assert 0 <= flags[kind].start < flags[kind].end <= len(typed)


CONVERSATION = [
    ("hi, my name is Thandi Mokoena", None, ["Thandi", "Mokoena"]),
    ("my number is 082 555 1234 and mail thandi.m@example.org", None, ["555", "example"]),
    ("3941", "What is your PIN?", ["3941"]),
    ("MOKOENA, thandi again, on +27 82 555 1234. the pin is 3941", None, ["MOKOENA", "thandi", "555", "3941"]),
]


def test_a_whole_conversation_stays_hidden_and_comes_back(full):
    vault, record = Vault(), []
    for text, question, personal in CONVERSATION:
        redacted = full.redact(text, vault, question=question).text.text
        assert not [value for value in personal if value in redacted]
        record.append(redacted)
    assert "<PHONE_NUMBER_2>" not in "".join(record)
    assert [restore(each, vault) for each in record[:3]] == [text for text, *_ in CONVERSATION[:3]]


@pytest.mark.parametrize("language", ["en", "af", "de", "zu", "xh", "tn", "ja", "ar"])
def test_every_language_gets_the_rules(full, language):
    greeting = {
        "en": "please write to",
        "af": "skryf asseblief aan",
        "de": "bitte schreiben Sie an",
        "zu": "ngicela ubhale ku",
        "xh": "nceda ubhalele ku",
        "tn": "ka kopo kwalela",
        "ja": "こちらに連絡してください",
        "ar": "من فضلك اكتب إلى",
    }[language]
    redacted = full.redact(f"{greeting} lerato@example.org +27 82 555 1234").text.text
    assert "lerato" not in redacted
    assert "555" not in redacted
