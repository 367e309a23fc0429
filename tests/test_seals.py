"""Tokens and sealed conversations: only the right key, in the right place, unchanged, in time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.errors import Unauthorized
from chatbot.seals import Claims, Seals, decode, encode

SEALS = Seals.of(b"a server secret of thirty-two bytes")
NOW = 1_800_000_000


def claims(**given):
    values = {
        "session_id": "s" * 32,
        "secret": b"x" * 32,
        "stored": True,
        "language": "en",
        "country": "ZA",
        "purposes": ("store",),
        "minor": False,
        "notice_version": "v",
        "expires": NOW + 60,
    }
    return Claims(**(values | given))


def test_a_token_gives_its_claims_back_until_it_expires():
    token = SEALS.token(claims())
    assert SEALS.claims(token, NOW) == claims()
    with pytest.raises(Unauthorized, match="ended"):
        SEALS.claims(token, NOW + 60)


def test_a_token_shows_nothing_of_its_claims():
    assert b"store" not in decode(SEALS.token(claims())[4:])
    assert "xxxx" not in repr(claims())


@given(place=st.integers(0, 150), bit=st.integers(0, 7))
def test_a_token_with_any_bit_changed_is_refused(place, bit):
    raw = bytearray(decode(SEALS.token(claims())[4:]))
    raw[place % len(raw)] ^= 1 << bit
    with pytest.raises(Unauthorized):
        SEALS.claims("rt1." + encode(bytes(raw)), NOW)


@given(st.text(max_size=60))
def test_no_other_text_is_a_token(text):
    with pytest.raises(Unauthorized):
        SEALS.claims(text, NOW)


def test_another_servers_token_is_refused():
    with pytest.raises(Unauthorized):
        SEALS.claims(Seals.of(b"another secret").token(claims()), NOW)


@given(st.binary(max_size=200))
def test_a_conversation_opens_with_its_own_token_alone(plain):
    sealed = SEALS.seal_state(claims(), plain)
    assert SEALS.open_state(claims(), sealed) == plain
    assert SEALS.open_state(claims(secret=b"y" * 32), sealed) is None
    assert SEALS.open_state(claims(session_id="t" * 32), sealed) is None


@given(st.binary(max_size=100))
def test_bytes_survive_being_written_as_text(raw):
    assert decode(encode(raw)) == raw


@pytest.mark.parametrize("text", ["a", "***", "ä", "a b"])
def test_what_is_not_base64_is_nothing(text):
    assert decode(text) is None
