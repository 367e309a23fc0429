"""Probabilities of words into spans: joining, either-way hiding, codes."""

import numpy as np
import pytest

from pii.model import labels
from pii.model.decode import Decoder
from pii.model.tokens import tokenise

LEAST = dict.fromkeys(labels.KINDS, 0.5)


def probabilities(*words):
    """One row a word: {label column: probability}, the rest outside."""
    strip = np.zeros((len(words), len(labels.LABELS)), np.float32)
    for row, given in zip(strip, words, strict=True):
        for column, value in given.items():
            row[column] = value
        row[0] = 1 - row.sum()
    return strip


def read(text, *words, least=LEAST):
    spans = Decoder(least).read(probabilities(*words), [(0, tokenise(text))])[0]
    return [(text[span.start : span.end], span.kind) for span in spans]


PERSON, PLACE, CODE = (labels.begin(kind) for kind in ("PERSON", "LOCATION", "ID_NUMBER"))


def test_words_of_one_kind_join_and_a_word_that_opens_stands_apart():
    found = read("jane doe john", {PERSON: 0.9}, {PERSON + 1: 0.9}, {PERSON: 0.9})
    assert found == [("jane doe", "PERSON"), ("john", "PERSON")]


def test_a_word_that_may_be_a_person_or_a_place_is_hidden_either_way():
    assert read("georgia", {PERSON: 0.3, PLACE: 0.35}) == [("georgia", "LOCATION")]


def test_a_word_below_its_level_stays_visible():
    assert read("hope", {PERSON: 0.45}) == []


def test_signs_alone_are_no_span():
    assert read("- jane", {PERSON: 0.9}, {}) == []


@pytest.mark.parametrize(
    ("word", "found"), [("KSCWTQHGDK", True), ("cz8832", True), ("8420134487", False), ("ab1", False)]
)
def test_codes_with_letters_are_reported_and_bare_numbers_left_to_the_rules(word, found):
    assert bool(read(word, {CODE: 0.9})) is found


def test_the_score_is_the_mean_of_the_words():
    span = Decoder(LEAST).read(probabilities({PERSON: 0.8}, {PERSON + 1: 0.6}), [(0, tokenise("jane doe"))])[0][0]
    assert span.score == pytest.approx(0.7, abs=0.001)


def test_messages_of_one_strip_keep_to_themselves():
    strip = probabilities({PERSON: 0.9}, {}, {PERSON + 1: 0.9})
    found = Decoder(LEAST).read(strip, [(0, tokenise("jane")), (2, tokenise("doe"))])
    assert [[(s.start, s.end) for s in spans] for spans in found] == [[(0, 4)], [(0, 3)]]
