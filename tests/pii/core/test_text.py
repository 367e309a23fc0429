"""Redacted cannot be made by hand, and never shows itself."""

import copy
import pickle

import pytest

from pii.text import Redacted, from_storage, seal


def test_nobody_makes_redacted_text_directly():
    for arguments in (("hello",), ("hello", None), ("hello", object())):
        with pytest.raises(TypeError):
            Redacted(*arguments)


def test_only_text_can_be_sealed():
    with pytest.raises(TypeError):
        seal(b"bytes")


def test_its_text_comes_out_on_request_only():
    redacted = seal("I am <PERSON_1>")
    assert str(redacted) == f"{redacted}" == redacted.text == "I am <PERSON_1>"
    assert repr(redacted) == f"{[redacted]}"[1:-1] == "<Redacted 15 chars>"
    assert f"{redacted:>20}" == "     I am <PERSON_1>"


def test_it_cannot_be_changed():
    redacted = seal("a")
    with pytest.raises(AttributeError):
        redacted._text = "b"
    with pytest.raises(AttributeError):
        redacted.more = "b"
    with pytest.raises(AttributeError):
        del redacted._text


def test_equal_texts_are_equal_and_hash_alike_but_a_string_is_no_redacted_text():
    assert seal("a") == seal("a") == from_storage("a")
    assert len({seal("a"), seal("a"), seal("b")}) == 2
    assert seal("a") != "a"
    assert not isinstance(seal("a"), str)


def test_copying_and_pickling_keep_it():
    redacted = seal("I am <PERSON_1>")
    assert copy.copy(redacted) is redacted
    assert copy.deepcopy([redacted])[0] is redacted
    assert pickle.loads(pickle.dumps(redacted)) == redacted  # noqa: S301 — our own bytes


def test_parts_join_into_redacted_text():
    assert Redacted.join("\n", [seal("a"), seal("b")]) == seal("a\nb")
    assert len(Redacted.join(", ", [])) == 0
