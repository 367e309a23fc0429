"""Restoring is right at every split point, in one pass, and only for this session's placeholders."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.placeholders import MAX_LENGTH
from pii.stream import Restorer, restore, restore_reply
from pii.vault import Vault


@pytest.fixture
def vault():
    return filled()


def filled():
    vault = Vault()
    for kind, value in (("PERSON", "Jane <PERSON_2> Doe"), ("PERSON", "Thandi"), ("EMAIL_ADDRESS", "a@x.co")):
        vault.placeholder_for(kind, value)
    return vault


def test_every_single_split_gives_the_same(vault):
    links = "https://x.example/<PERSON_2> [a](/b?<PERSON_1>),"
    text = f"Hi <PERSON_1> {links} <PERSON_2><EMAIL_ADDRESS_1> and <PERSON_9>, 1 < 2 <b> <PERSON_"
    whole = restore_reply(text, vault)
    for cut in range(len(text) + 1):
        restorer = Restorer(vault)
        assert restorer.feed(text[:cut]) + restorer.feed(text[cut:]) + restorer.close() == whole


_OWN = ["<PERSON_1>", "<PERSON_2>", "<EMAIL_ADDRESS_1>", "<PERSON_7>", "<PERSON_", "<", ">", "_1>"]
PIECES = st.sampled_from([*_OWN, "Hi ", "é", " https:", "//x.example/", "](/", " ", "\n"])


@given(st.lists(PIECES, max_size=12), st.lists(st.integers(0, 120), max_size=12))
def test_any_splits_give_the_same(pieces, cuts):
    vault, text = filled(), "".join(pieces)
    ends = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    restorer = Restorer(vault)
    streamed = [restorer.feed(text[left:right]) for left, right in pairwise(ends)]
    assert "".join(streamed) + restorer.close() == restore_reply(text, vault)


def test_a_value_that_looks_like_a_placeholder_is_not_restored_again(vault):
    assert restore("<PERSON_1>", vault) == "Jane <PERSON_2> Doe"


def test_a_placeholder_of_another_session_never_resolves(vault):
    assert restore("mail <EMAIL_ADDRESS_2> or <PERSON_3>", vault) == "mail ‹EMAIL_ADDRESS_2› or ‹PERSON_3›"
    assert restore("<PERSON_1>", Vault()) == "‹PERSON_1›"


def test_only_an_open_placeholder_is_held_back(vault):
    restorer = Restorer(vault)
    assert restorer.feed("Hello ") == "Hello "
    assert restorer.feed("a < b, <PERS") == "a < b, "
    assert restorer.feed("ON_2> and") == "Thandi and"
    assert len(restorer.feed("<" + "A" * 200)) > 200 - MAX_LENGTH


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ("[offer](https://evil.example/?d=<EMAIL_ADDRESS_1>)", "[offer](https://evil.example/?d=‹EMAIL_ADDRESS_1›)"),
        ("see https://evil.example/<PERSON_2>", "see https://evil.example/‹PERSON_2›"),
        ("www.evil.example/<PERSON_2>", "www.evil.example/‹PERSON_2›"),
        ("[own](/search?q=<PERSON_2>)", "[own](/search?q=‹PERSON_2›)"),
        ("https://a.example and <PERSON_2>", "https://a.example and Thandi"),
        ("[<PERSON_2>](/help)", "[Thandi](/help)"),
        ("[write](mailto:<EMAIL_ADDRESS_1>)", "[write](mailto:a@x.co)"),
    ],
)
def test_a_models_link_never_carries_a_value_away(vault, reply, shown):
    assert restore_reply(reply, vault) == shown


def test_what_the_visitor_typed_comes_back_exactly_even_in_a_link(vault):
    assert restore("https://a.example/<PERSON_2>", vault) == "https://a.example/Thandi"
