"""Words of a message: nothing is lost, and page addresses stay whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.model import features
from pii.model.tokens import tokenise


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("it's jane", ["it", "'s", "jane"]),
        ("Thandi’s card", ["Thandi", "’s", "card"]),
        ("O'Brien", ["O", "'", "Brien"]),
        ("45 Quail Ct # 200", ["45", "Quail", "Ct", "#", "200"]),
        ("mail jane.doe@example.co.za now", ["mail", "jane.doe@example.co.za", "now"]),
        ("see https://example.com/jane?x=1 ok", ["see", "https://example.com/jane?x=1", "ok"]),
        ("cminh730, #NewDelhi", ["cminh730", ",", "#", "NewDelhi"]),
        ("王小明好", ["王", "小", "明", "好"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_a_message_is_cut_into_words_and_signs(text, words):
    assert [token.word for token in tokenise(text)] == words


@given(st.text())
def test_every_sign_that_is_not_a_space_belongs_to_exactly_one_token(text):
    covered = [i for token in tokenise(text) for i in range(token.start, token.end)]
    assert len(covered) == len(set(covered))
    assert all(text[i].isspace() for i in set(range(len(text))) - set(covered))


@given(st.text())
def test_features_of_any_text_fit_the_width_and_the_buckets(text):
    tokens = tokenise(text)
    for token, around in zip(tokens, features.context(text, tokens), strict=True):
        _, pieces = features.word_features(token.word.lower(), {})
        assert len(pieces) + len(around) <= features.WIDTH
        assert all(0 < bucket < features.BUCKETS for bucket in pieces + around)


def test_a_known_word_carries_its_row_rank_and_lists():
    row, pieces = features.word_features("grace", {"grace": features.entry(row=7, rank=3, lists=0b101)})
    assert row == 7
    unknown = features.word_features("grace", {})[1]
    assert len(set(pieces) - set(unknown)) == 3


def test_digits_are_one_sign_so_that_numbers_of_a_shape_look_alike():
    assert features.spelling("unit11") == features.spelling("unit47")
