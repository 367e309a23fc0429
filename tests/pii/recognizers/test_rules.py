"""All recognisers together: order, silence, hostile text, countries, and Presidio."""

from __future__ import annotations

import re
from importlib import import_module
from re import _constants, _parser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii.recognizers import FAMILIES, load
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


def _patterns():
    """Every compiled pattern of the package, from modules and from the tables of recognisers."""
    for name in (*FAMILIES, "scan", "beside", "words", "streets"):
        for owner in (module := import_module(f"pii.recognizers.{name}"), *vars(module).values()):
            for value in vars(owner).values() if hasattr(owner, "__dict__") else ():
                rows = value if isinstance(value, tuple) else (value,)
                for row in rows:
                    for each in row if isinstance(row, tuple) else (row,):
                        if isinstance(each, re.Pattern):
                            yield each.pattern, each.flags


def _repeats(tree, *, inside=False):
    """Give what is repeated without bound inside another repeat, or is more than one character."""
    for operator, argument in tree:
        if operator in {_constants.MAX_REPEAT, _constants.MIN_REPEAT}:
            _, most, body = argument
            unbounded = most is _constants.MAXREPEAT
            if unbounded and (inside or len(body) != 1 or body[0][0] is _constants.SUBPATTERN):
                yield body
            yield from _repeats(body, inside=inside or most > 1)
        else:
            yield from _nested(argument, inside=inside)


def _nested(argument, *, inside):
    if isinstance(argument, _parser.SubPattern):
        yield from _repeats(argument, inside=inside)
    elif isinstance(argument, tuple | list):
        for each in argument:
            yield from _nested(each, inside=inside)


def test_no_pattern_repeats_without_bound_what_it_repeats():
    patterns = dict.fromkeys(_patterns())
    assert len(patterns) > 150
    assert [pattern for pattern, flags in patterns if any(_repeats(_parser.parse(pattern, flags)))] == []


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_is_searched_to_its_end(unit):
    """Fifty thousand characters made to slow patterns down, and a value behind them."""
    text = (unit * 50_000)[:50_000] + " \n mail thandi@x.co.za"
    assert "EMAIL_ADDRESS" in {span.kind for span in RULES.find(text, "what is your pin, name, address?")}


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
