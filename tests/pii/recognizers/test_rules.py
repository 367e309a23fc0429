"""All recognisers together: order, silence, hostile text, countries, and Presidio."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii.recognizers import load
from pii.recognizers.words import CueIndex, WordListError, phrases

RULES = load()
PIECES = st.sampled_from(
    [
        *(
            "0825551234",
            "my",
            "PIN",
            "is",
            "3941",
            "thandi@x.co.za",
            "at",
            "dot",
            "com",
            "12 Main Road",
            ",",
            "\n",
            "one",
        ),
        *(
            "two",
            "double",
            "GB29NWBK60161331926819",
            "account",
            "4111 1111 1111 1111",
            "name",
            "Jane",
            "van der",
            "Dr.",
        ),
        *("CA 203-881", "born", "12/3/85", "@", ".", "://", "x", "é", "password", ":", "R1 200", "-", "(", "+27"),
    ]
)
HOSTILE = [
    *(
        "1 ",
        "12-",
        "a.",
        "a@",
        "at dot ",
        "pin 1234 ",
        "my name is ",
        "12 Main ",
        "one two ",
        "s-",
        "A. ",
        "(",
        "://",
    ),
    *(
        "GB29 ",
        "Unit 1, ",
        "straße 1 ",
        "Via A ",
        "password is ",
        "dob 1 ",
        "-----BEGIN PRIVATE KEY-----",
        "0x",
        "aA1",
    ),
    *("acc 1", "Mr A", "i have a ", ", Sandton", "A-A ", "www.a", "number is the ", "''", "\n", "ff:"),
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_work_on_hostile_text_grows_no_faster_than_its_length(unit):
    """Four times the text may take eight times as long, never sixteen as a square would; small amounts are noise."""
    short, long = ((unit * 25_000)[:size] for size in (6_000, 24_000))
    began = time.thread_time()
    RULES.find(short, "what is your pin, name, address?")
    middle = time.thread_time()
    RULES.find(long, "what is your pin, name, address?")
    assert time.thread_time() - middle < max(0.4, 10 * (middle - began))


@given(st.lists(PIECES, max_size=30), st.sampled_from([None, "what is your PIN?", "who am I speaking to?"]))
@settings(max_examples=200, deadline=None)
def test_spans_are_in_order_disjoint_and_inside_the_text(pieces, question):
    text = " ".join(pieces)
    end = 0
    for span in RULES.find(text, question):
        assert end <= span.start < span.end <= len(text)
        assert 0.4 <= span.score <= 1.0
        assert span.kind in RULES.kinds
        end = span.end


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_text_makes_the_rules_fail(text):
    assert all(0 <= span.start < span.end <= len(text) for span in RULES.find(text, text))


@pytest.mark.parametrize(
    "text",
    [
        "Hello, can Rousora connect Zoho CRM to our website?",
        "what does the Odoo integration cost",
        "we have 25 employees and need a chatbot in 3 languages",
        "Kan julle met Bitrix24 help asseblief",
        "Bieten Sie Schulungen für neue Mitarbeiter an?",
        "Ngicela usizo ngewebhusayithi yami",
        "",
    ],
)
def test_an_ordinary_question_is_left_alone(text):
    assert RULES.find(text) == []


def test_a_country_can_be_chosen():
    text = "my steuer-id is 86095742719 and my plate ABC 123 GP"
    assert "ZA_LICENSE_PLATE" not in {span.kind for span in load(["de"]).find(text)}
    assert "DE_TAX_ID" not in {span.kind for span in load(["ZA"]).find(text)}


def test_every_recogniser_is_named_once():
    names = RULES.describe()
    assert len(names) == len(set(names)) > 40


def test_presidio_takes_each_recogniser():
    found = {
        (result.entity_type, result.start, result.end)
        for each in RULES.as_presidio()
        for result in each.analyze("call 082 555 1234", [])
    }
    assert ("PHONE_NUMBER", 5, 17) in found


def test_presidio_gets_only_the_entities_that_it_asks_for():
    phone = next(each for each in RULES.as_presidio("de") if each.name == "PhoneRecognizer")
    assert phone.supported_language == "de"
    assert phone.analyze("call 082 555 1234", ["EMAIL_ADDRESS"]) == []


@pytest.mark.parametrize("value", ["word", ["Upper"], [""], [7], {"en": "word"}])
def test_a_word_list_of_the_wrong_shape_is_refused_by_name(value):
    with pytest.raises(WordListError, match=r"cues\.toml: \[phone\]"):
        phrases("cues", "phone", value)


def test_the_longest_cue_wins():
    index = CueIndex({"card": ("card",), "cvv": ("card security code",)})
    (cue,) = index.find("my card security code")
    assert cue.families == {"cvv"}
