"""What the trained finder finds in chat, in whatever case it is typed, and what it leaves alone."""

import itertools
import sys
from concurrent.futures import ThreadPoolExecutor
from subprocess import run

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii.model.finder import NameFinder

FOUND = [  # message, what is personal in it, its kind
    ("Thanks Siyabonga, can you send the quote?", "Siyabonga", "PERSON"),
    ("It's jane doe", "jane doe", "PERSON"),
    ("last name Prader", "Prader", "PERSON"),
    ("my name is Nosipho Mqhayi", "Nosipho Mqhayi", "PERSON"),
    ("ek is Pieter van der Merwe", "Pieter van der Merwe", "PERSON"),
    ("please ask rajesh pillay to call me", "rajesh pillay", "PERSON"),
    ("ayesha moosa lost her card", "ayesha moosa", "PERSON"),
    ("dumela, leina la me ke Boitumelo Seretse", "Boitumelo Seretse", "PERSON"),
    ("Guten Tag, mein Name ist Jürgen Hofmann", "Jürgen Hofmann", "PERSON"),
    ("a table for two under Poplawski please", "Poplawski", "PERSON"),
    ("can i speak to mary-anne o'brien-smith", "mary-anne o'brien-smith", "PERSON"),
    ("remind me to call john smith tomorrow", "john smith", "PERSON"),
    ("Unit 11, 139 Umhlanga Rocks Drive, Umhlanga", "Unit 11, 139 Umhlanga Rocks Drive, Umhlanga", "STREET_ADDRESS"),
    ("The address is 45 Quail Court # 200.", "45 Quail Court # 200", "STREET_ADDRESS"),
    ("deliver to 56 vilakazi st orlando west", "56 vilakazi st orlando west", "STREET_ADDRESS"),
    ("ship it to 6821 1st Ave  Newark, CA 82736", "6821 1st Ave  Newark, CA 82736", "STREET_ADDRESS"),
    ("send it to Flat 6, 22 Chapel Lane, Leeds LS6 3BN", "Flat 6, 22 Chapel Lane, Leeds LS6 3BN", "STREET_ADDRESS"),
    ("weather in cape town", "cape town", "LOCATION"),
    ("my user name is jsmith_84", "jsmith_84", "USERNAME"),
    ("my password is sunflower22 but it fails", "sunflower22", "PASSWORD"),
]
ANSWERS = [  # question before, answer, what is personal in it
    ("What is the name of your first pet?", "Poppy", "Poppy"),
    ("What's your account username?", "dwilliams1", "dwilliams1"),
    ("May I have your name?", "grace", "grace"),
    ("Where must we deliver?", "14 bree street", "14 bree street"),
]
CLEAN = [
    "will you mark this as done",
    "i hope you can help me",
    "may i have a refund",
    "is there a grace period for the bill",
    "is my visa card accepted in china",
    "how do i connect Zoho Books to WhatsApp",
    "does Odoo integrate with Bitrix24?",
    "what are your opening hours",
    "please chase it up",
    "Apple Pay top up failed",
    "yes please",
    "i forgot my password",
    "what is my username",
    "",
    " \n ",
]


def masked(spans):
    return {i for span in spans for i in range(span.start, span.end)}


def letters(text, part):
    start = text.index(part)
    return {i for i in range(start, start + len(part)) if text[i].isalnum()}


@pytest.mark.parametrize("change", [str, str.lower, str.upper], ids=["as written", "lower", "upper"])
@pytest.mark.parametrize(("text", "part", "kind"), FOUND)
def test_what_is_personal_is_masked_whole_in_any_case(finder, text, part, kind, change):
    spans = finder.find(change(text))
    assert letters(text, part) <= masked(spans)
    assert kind in {span.kind for span in spans}


@pytest.mark.parametrize(("question", "answer", "part"), ANSWERS)
def test_a_bare_answer_is_read_with_the_question_before(finder, question, answer, part):
    assert letters(answer, part) <= masked(finder.find(answer, question))


@pytest.mark.parametrize("text", CLEAN)
def test_plain_questions_and_common_words_that_are_also_names_stay_visible(finder, text):
    assert finder.find(text) == []


@given(st.text(max_size=300), st.none() | st.text(max_size=60))
@settings(deadline=None)
def test_spans_of_any_text_are_ordered_inside_it_and_scored(finder, text, question):
    spans = finder.find(text, question)
    assert all(0 <= span.start < span.end <= len(text) and 0 < span.score <= 1 for span in spans)
    assert all(left.end <= right.start for left, right in itertools.pairwise(spans))


def test_a_batch_finds_what_each_message_alone_does(finder):
    texts = [text for text, _, _ in FOUND] + CLEAN
    alone = [finder.find(text) for text in texts]
    assert [[span[:3] for span in spans] for spans in finder.find_batch(texts)] == [[s[:3] for s in a] for a in alone]


def test_threads_find_the_same(finder):
    texts = [text for text, _, _ in FOUND] * 5
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(finder.find, texts)) == [finder.find(text) for text in texts]


def test_a_name_at_the_end_of_a_very_long_text_is_found(finder):
    text = "please tell me how to top up my card. " * 2000 + "my name is Thandeka Khumalo"
    assert letters(text, "Thandeka Khumalo") <= masked(finder.find(text))


def test_a_long_text_is_read_the_same_at_the_seams_of_its_windows(finder):
    line = "my name is Thandeka Khumalo. "
    spans = finder.find(line * 2000)
    assert {(s.start % len(line), s.end % len(line)) for s in spans[5:-5]} == {(11, 27)}
    assert len(spans) == 2000


def test_loading_needs_neither_torch_nor_spacy_nor_the_network():
    code = (
        "import socket, sys\n"
        "def refuse(*_): raise OSError('no network')\n"
        "socket.socket.connect = refuse\n"
        "from pii.model import NameFinder\n"
        "assert NameFinder.load().find('my name is jane doe')\n"
        "assert not {'torch', 'spacy', 'onnx'} & set(sys.modules)\n"
    )
    assert run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_words_remembered_are_those_of_the_public_table_alone():
    finder = NameFinder.load()
    finder.find("my name is Qxzvala Brzkowwitz")
    assert "name" in finder._seen
    assert not {"qxzvala", "brzkowwitz"} & set(finder._seen)
