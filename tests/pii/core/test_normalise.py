"""Disguised text reads as plain text, and every finding lands on what was typed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.normalise import normalise
from pii.spans import Span

CASES = [
    ("plain ASCII", "plain ASCII"),
    ("Zoë Müller", "Zoë Müller"),
    ("Zoe\u0308", "Zoë"),
    ("t\u200bh\u00ada\ufeffn\u2060di", "thandi"),
    ("０８２ ５５５ １２３４", "082 555 1234"),
    ("٠٨٢٥٥٥", "082555"),
    ("𝟎𝟖𝟐 𝐉𝐚𝐧𝐞", "082 Jane"),
    ("jane＠gmail．com", "jane@gmail.com"),
    ("jаnе@gmаil.соm", "jane@gmail.com"),  # Cyrillic look-alikes inside Latin words
    ("Τhаndi", "Thandi"),  # a Greek capital
    ("Привет Jane", "Привет Jane"),  # Russian stays Russian
    ("082\u00a0555\u20091234", "082 555 1234"),
    ("082–555—1234", "082-555-1234"),
    ("“it’s”", '"it\'s"'),
    ("oﬃce", "office"),
    ("j\u0336a\u0336n\u0336e", "jane"),
    ("a\u2028b", "a\nb"),
    ("名前", "名前"),
    ("", ""),
]


@pytest.mark.parametrize(("typed", "plain"), CASES)
def test_disguises_fall(typed, plain):
    assert normalise(typed).text == plain


def test_plain_text_costs_nothing():
    text = "I am Jane"
    assert normalise(text).text is text
    assert normalise(text).origin is None


def test_a_finding_covers_the_hidden_characters_inside_it():
    typed = "mail j\u200ba\u200bne@x.co\u200b now"
    normal = normalise(typed)
    at = normal.text.index("jane")
    assert typed[slice(*normal.place(at, at + 9))].strip("\u200b") == "j\u200ba\u200bne@x.co"


@given(st.text())
def test_every_place_maps_back_in_order(text):
    normal = normalise(text)
    if normal.origin is None:
        assert normal.text == text
        return
    assert len(normal.origin) == len(normal.text) + 1
    assert list(normal.origin) == sorted(normal.origin)
    spans = [Span(index, index + 1, "PERSON", 0.5) for index in range(len(normal.text))]
    moved = list(normal.all_back(spans))
    assert all(left.end <= right.start for left, right in pairwise(moved))
    assert all(0 <= span.start < span.end <= len(text) for span in moved)


@given(st.text())
def test_normal_text_is_normal(text):
    once = normalise(text).text
    assert normalise(once).text == once
