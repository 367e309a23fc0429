"""Raw text in, redacted text out: complete, the same each time, restorable, and never raw on failure."""

import logging
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii.errors import RedactionError
from pii.normalise import storable
from pii.placeholders import PLACEHOLDER, neutralise
from pii.redactor import MAX_LENGTH, Redactor
from pii.spans import Span
from pii.stream import Restorer, restore, restore_reply
from pii.vault import Vault

NAMES = st.sampled_from(["Jane Doe", "Thandi", "Siyabonga Nkosi", "Zoë"])
VALUES = st.sampled_from(["jane@x.co", "082 555 1234", "+27 82 555 9999", "thandi@gmail.com"])
TYPED = st.sampled_from(["<PERSON_1>", "<PERSON_9>", "&lt;PIN_1&gt;", "<EMAIL_ADDRESS_1>"])
PLAIN = st.text("abc xyz,.!?<>\n\u200b\0", max_size=8)
MESSAGES = st.lists(st.one_of(NAMES, VALUES, PLAIN), max_size=8).map(" ".join)
REPLIES = st.lists(st.one_of(NAMES, VALUES, PLAIN, TYPED), max_size=8).map(" ".join)


def test_values_become_numbered_placeholders(small):
    redaction = small.redact("i am Jane Doe, jane@x.co or 082 555 1234")
    assert redaction.text.text == "i am <PERSON_1>, <EMAIL_ADDRESS_1> or <PHONE_NUMBER_1>"
    first = redaction.findings[0]
    assert (first.kind, first.placeholder, first.start, first.end) == ("PERSON", "<PERSON_1>", 5, 13)
    assert (first.score, first.source) == (0.9, "capitals")


def test_one_value_keeps_its_placeholder_through_the_session(small):
    vault = Vault()
    small.redact("jane@x.co", vault)
    again = small.redact("yes it is JANE@x.co, not bob@x.co", vault).text.text
    assert again == "yes it is <EMAIL_ADDRESS_1>, not <EMAIL_ADDRESS_2>"


def test_a_name_is_found_again_in_any_case_and_short_form(small):
    vault = Vault()
    small.redact("this is Siyabonga Nkosi", vault)
    assert small.redact("SIYABONGA NKOSI or siyabonga", vault).text.text == "<PERSON_1> or <PERSON_2>"
    assert small.redact("about nkosi's order, nkosinathi", vault).text.text == "about <PERSON_3>'s order, nkosinathi"


def test_the_short_form_is_found_in_the_same_message(small):
    assert small.redact("i am Thandi Zulu. regards, thandi").text.text == "i am <PERSON_1>. regards, <PERSON_2>"


def test_names_that_are_words_are_found_again_only_with_a_capital(small):
    vault = Vault()
    small.redact("i am Grace Hope", vault)
    assert small.redact("i hope GRACE sees it", vault).text.text == "i hope <PERSON_2> sees it"


def test_a_secret_is_found_again_even_when_it_is_a_word(small):
    vault = Vault()
    vault.placeholder_for("SECURITY_ANSWER", "Poppy")
    vault.placeholder_for("ORGANIZATION", "Systems")
    redacted = small.redact("poppy again, and our systems", vault).text.text
    assert redacted == "<SECURITY_ANSWER_1> again, and our systems"


def test_a_part_of_a_name_that_is_no_name_alone_stays(small):
    vault = Vault()
    vault.placeholder_for("PERSON", "Piet van der Merwe")
    assert small.redact("van toepassing op der merwe", vault).text.text == "van toepassing op der <PERSON_2>"


def test_the_question_reaches_rules_and_finder(small):
    assert small.redact("3941", question="What is your PIN?").text.text == "<PIN_1>"
    assert small.redact("3941").text.text == "3941"
    assert small._finder.asked[-2:] == [("3941", "What is your PIN?"), ("3941", None)]


def test_disguises_are_seen_through_and_offsets_are_those_of_the_typed_text(small):
    typed = "mail j\u200bane＠x．co now"
    redaction = small.redact(typed)
    assert redaction.text.text == "mail <EMAIL_ADDRESS_1> now"
    assert typed[redaction.findings[0].start : redaction.findings[0].end] == "j\u200bane＠x．co"


def test_a_placeholder_that_somebody_typed_never_resolves(small):
    vault = Vault()
    small.redact("jane@x.co", vault)
    for typed in ("<EMAIL_ADDRESS_1>", "<email_address_1>", "＜EMAIL_ADDRESS_1＞", "&lt;EMAIL_ADDRESS_1&gt;"):
        redacted = small.redact(f"write to {typed}", vault).text.text
        assert not PLACEHOLDER.search(redacted)
        assert "jane" not in restore(redacted, vault)


def test_allowed_terms_stay_and_hidden_terms_go(small):
    text = "ask Rousora at Support@Rousora.com about Zoho Crm"
    assert small.redact(text).text.text == text


@given(MESSAGES)
def test_what_is_redacted_comes_back_exactly_and_nothing_personal_stays(small, text):
    text, vault = storable(neutralise(text)), Vault()
    redaction = small.redact(text, vault)
    assert restore(redaction.text.text, vault) == text
    for value in ("Jane", "Thandi", "Siyabonga", "Nkosi", "@", "555"):
        assert value not in redaction.text.text
    spans = [(finding.start, finding.end) for finding in redaction.findings]
    assert spans == sorted(spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert [(span.start, span.end) for span in small.find(text)] == spans


@given(REPLIES, st.lists(st.integers(0, 100), max_size=6))
def test_the_record_of_a_reply_restores_to_what_the_visitor_saw(small, reply, cuts):
    vault = Vault()
    small.redact("i am Thandi, thandi@gmail.com", vault)
    restorer = Restorer(vault)
    ends = [0, *sorted(min(cut, len(reply)) for cut in cuts), len(reply)]
    seen = "".join(restorer.feed(reply[a:b]) for a, b in pairwise(ends)) + restorer.close()
    record = small.redact_reply(reply, vault)
    assert restore_reply(record.text.text, vault) == seen
    for value in ("Jane", "Thandi", "Nkosi", "@", "555"):
        assert value not in record.text.text


def test_a_reply_keeps_its_own_placeholders_and_loses_foreign_and_made_up_ones(small):
    vault = Vault()
    small.redact("i am Thandi", vault)
    record = small.redact_reply("hi <PERSON_1>, ask <PERSON_7> or Jane Doe", vault)
    assert record.text.text == "hi <PERSON_1>, ask ‹PERSON_7› or <PERSON_2>"
    assert [finding.placeholder for finding in record.findings] == ["<PERSON_2>"]


class Broken:
    """A finder that fails with the text in its message, as libraries do."""

    name = "broken"

    def find_batch(self, texts, *_):
        raise ValueError(f"cannot read {texts}")


@pytest.mark.parametrize("call", ["find", "redact", "redact_reply"])
def test_any_failure_is_an_error_without_the_text(small, call, caplog):
    broken = Redactor(Broken(), rules=small._rules)
    arguments = ("i am Siyabonga", Vault()) if call != "find" else ("i am Siyabonga",)
    with caplog.at_level(logging.DEBUG), pytest.raises(RedactionError) as caught:
        getattr(broken, call)(*arguments)
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None
    assert "Siyabonga" not in f"{caught.value!r} {caplog.text}"
    assert "ValueError" in caplog.text


class Wrong:
    """A finder whose offsets lie outside the text."""

    name = "wrong"

    def find_batch(self, texts, *_):
        return [[Span(0, 5_000, "PERSON", 0.9), Span(-4, 3, "PERSON", 0.9)] for _ in texts]


def test_offsets_outside_the_text_hide_what_they_can(small):
    assert Redactor(Wrong(), rules=small._rules).redact("siyabonga").text.text == "<PERSON_1>"


@pytest.mark.parametrize("text", [None, b"bytes", 5, "x" * (MAX_LENGTH + 1)])
def test_what_is_no_text_or_too_long_is_refused(small, text):
    with pytest.raises(RedactionError):
        small.redact(text)


@pytest.mark.parametrize("text", ["", " ", "\U0001f600" * 50, "<" * 5_000, "\u200b" * 5_000, "٣" * 50])
def test_odd_text_passes(full, text):
    redaction = full.redact(text)
    assert restore(redaction.text.text, Vault()) == redaction.text.text


@pytest.mark.parametrize("odd", ["\x00", chr(0xD800), chr(0xDFFF)])
def test_what_no_database_can_hold_becomes_a_replacement_character(small, odd):
    redaction = small.redact(f"a{odd}b")
    assert redaction.text.text == "a\ufffdb"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_comes_back_from_the_real_redactor(full, text):
    text, vault = storable(neutralise(text)), Vault()
    assert restore(full.redact(text, vault).text.text, vault) == text


def test_it_names_what_it_uses(full):
    described = full.describe()
    assert described["finder"]
    assert described["recognizers"]
