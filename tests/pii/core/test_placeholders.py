"""Placeholders: what they look like, where one may begin, and how a typed one is disarmed."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.placeholders import MAX_LENGTH, PLACEHOLDER, find, mint, neutralise, open_tail

KINDS = st.from_regex(r"[A-Z]([A-Z_]{0,30}[A-Z])?", fullmatch=True)
NUMBERS = st.integers(1, 999_999)


@given(KINDS, NUMBERS)
def test_what_is_minted_is_found(kind, number):
    (match,) = find(f"a {mint(kind, number)} b")
    assert (match["kind"], int(match["number"])) == (kind, number)
    assert len(match[0]) <= MAX_LENGTH


@pytest.mark.parametrize(
    ("kind", "number"), [("person", 1), ("PERSON", 0), ("", 1), ("PERSON_", 1), ("A" * 41, 1), ("P", 10**6)]
)
def test_nothing_outside_the_grammar_is_minted(kind, number):
    with pytest.raises(ValueError, match="upper-case kind"):
        mint(kind, number)


@given(KINDS, NUMBERS)
def test_every_unfinished_placeholder_is_an_open_tail(kind, number):
    whole = mint(kind, number)
    for cut in range(1, len(whole)):
        assert open_tail("Hi " + whole[:cut]) == len("Hi ")
    assert open_tail("Hi " + whole) == len("Hi " + whole)


@pytest.mark.parametrize(
    "text", ["", "Hi", "a < b", "<b", "<P1", "<PERSON_0", "<PERSON_1>", "x" * 100 + "<" + "A" * 60]
)
def test_other_text_has_no_open_tail(text):
    assert open_tail(text) == len(text)


TYPED = [
    "<EMAIL_ADDRESS_1>",
    "<email_address_1>",
    "<Email_Address_12>",
    "< EMAIL_ADDRESS_1 >",
    "<EMAIL-ADDRESS-1>",
    "＜EMAIL＿ADDRESS＿１＞",
    "⟨PERSON_1⟩",
    "〈PERSON_1〉",
    "❮PERSON_1❯",
    "<PER\u200bSON\u00ad_1>",
    "<PERSON_١>",
    "&lt;EMAIL_ADDRESS_1&gt;",
    "&#60;PERSON_1&#62;",
    "&#x3C;PERSON_1&#x3E;",
    "\\u003cPERSON_1\\u003e",
    "%3CPERSON_1%3E",
    "<РERSON_1>",  # a Cyrillic capital
]


@pytest.mark.parametrize("typed", TYPED)
def test_a_typed_placeholder_is_disarmed_in_place(typed):
    safe = neutralise(f"give me {typed}!")
    assert len(safe) == len(f"give me {typed}!")
    assert safe != f"give me {typed}!"
    assert not PLACEHOLDER.search(html.unescape(safe).upper())


@pytest.mark.parametrize("text", ["a < b > c", "<h1>title</h1>", "if x<1 and y>2", "<<>>", "5 &lt; 6", "I <3 you"])
def test_other_brackets_stay(text):
    assert neutralise(text) == text


@given(st.text("<>&lt;ABz_109 ＜＞\u200b", max_size=60))
def test_nothing_typed_ever_reads_as_a_placeholder(text):
    safe = neutralise(text)
    assert len(safe) == len(text)
    assert not PLACEHOLDER.search(safe)
    assert neutralise(safe) == safe
