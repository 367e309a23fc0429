"""A moderated stream is right at every split point, and holds back no more than it must."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.moderation import Moderation

from .conftest import FOLDER

MODERATION = Moderation.load(FOLDER / "words")


def said(pieces, *, minor=False):
    """Screen pieces; gives what left, and the category of what was found."""
    screen = MODERATION.screen(minor=minor)
    text = "".join([screen.feed(piece) for piece in pieces]) + screen.close()
    return text, screen.blocked


TEXTS = [
    "Fine so far. You are such an idiot, really.",
    "Wait: f.u.c.k you, and s h i t happens.",
    "Well\u2026 sh1t! Fuuuuck. Fu ck. f*ck. B!tch.",
    "A bomb-proof backup. Do not kill yourself. How to build a bomb at home.",
    "I'll shoot you an e-mail. I will shoot you.",
    "Du bist so dumm. Jy is so dom. Hur\u00adensohn",
    "fi\u0301ck dich, fücк off, Fir\u200bst, kaaak, Firstfuck <PERSON_1> 12:30",
]


@pytest.mark.parametrize("text", TEXTS)
def test_every_single_split_gives_the_same(text):
    """Wherever one cut falls, the same leaves and the same is found; it is a beginning of the text."""
    for begin in range(len(text)):
        rest = text[begin:]
        whole = said([rest])
        assert rest.startswith(whole[0])
        for cut in range(len(rest) + 1):
            assert said([rest[:cut], rest[cut:]]) == whole


_OFFENDING = ["fuck", "fu", "ck", "sh", "1", "it", "!", "k", "a", "s", "f", "u", "c", "kill", "your", "self", "idiot"]
_ODD = [
    "\u200b",
    "ü",
    "u\u0308",
    "с",
    "ß",
    "*",
    "_",
    ".",
    "-",
    "'",
    "@",
    "$",
    "(",
    ")",
    "/",
    ",",
    "?",
    "\n",
    "<PERSON_1>",
]
_PLAIN = [
    " ",
    " ",
    " ",
    "you",
    " are",
    " so",
    " I",
    "'ll",
    "will",
    "not",
    "a",
    "bomb",
    "make",
    "First",
    "the",
    "dumm",
    "du",
    "bist",
    "jy",
    "is",
]
PIECES = st.sampled_from([*_OFFENDING, *_ODD, *_PLAIN])


@settings(max_examples=600, deadline=None)
@given(st.lists(PIECES, max_size=14), st.lists(st.integers(0, 60), max_size=14), st.booleans())
def test_any_splits_give_the_same(pieces, cuts, minor):
    """However a text is cut into pieces, what leaves and what is found stay the same."""
    text = "".join(pieces)
    ends = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    parts = [text[left:right] for left, right in pairwise(ends)]
    assert said(parts, minor=minor) == said([text], minor=minor)


@pytest.mark.parametrize("text", ["ku\u0308 k", "fufuck1ku\u0308(\u0308(f\u0308(fu"])
def test_nothing_leaves_twice_where_a_mark_comes_after_its_letter(text):
    """The letter has gone already when its accent arrives: only the accent follows, and only once."""
    assert said(list(text)) == said([text])
    assert said(list(text))[0] in text


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=14))
def test_letter_by_letter_gives_the_same(pieces):
    """The finest cut is no exception."""
    text = "".join(pieces)
    assert said(list(text)) == said([text])


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.integers(0, 60))
def test_clean_text_of_any_kind_leaves_whole(text, cut):
    """Nothing is lost, doubled or changed on the way, whatever characters it holds."""
    left, found = said([text[:cut], text[cut:]])
    assert left == text if found is None else text.startswith(left)


def test_a_harmless_word_does_not_wait_for_its_end():
    """What cannot become an offence any more leaves in the middle of a word."""
    screen = MODERATION.screen(minor=False)
    assert screen.feed("Hel") == "Hel"
    assert screen.feed("lo") == "lo"
    assert screen.feed(" the") == " "
    assert screen.feed("re.") == "there."


def test_a_sentence_ends_what_is_held_back():
    """A full stop with a space ends every phrase that was begun; nothing waits for the next sentence."""
    screen = MODERATION.screen(minor=False)
    assert screen.feed("Never kill ") == "Never "
    assert screen.feed("time. ") == "kill time. "


def test_what_was_held_back_leaves_at_the_end():
    """The beginning of an offence that never came is said."""
    screen = MODERATION.screen(minor=False)
    assert screen.feed("Some shi") == "Some "
    assert screen.close() == "shi"


def test_nothing_leaves_after_a_block():
    """What follows an offence is not said either."""
    screen = MODERATION.screen(minor=False)
    assert screen.feed("Oh fuck off, ") == "Oh "
    assert screen.feed("and now something kind.") == ""
    assert screen.close() == ""
    assert screen.blocked.category == "profanity"


def test_a_long_word_is_not_held_back_for_ever():
    """An endless run of letters is read in parts."""
    screen = MODERATION.screen(minor=False)
    assert len(screen.feed("é" * 1000)) > 800
