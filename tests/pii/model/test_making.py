"""How training messages are made: addresses joined whole, case changed in place, numbers said."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.model.labels import LOCATION, PERSON, STREET_ADDRESS
from pii.model.train import augment, chance
from pii.model.train.example import BREAK, PLAIN, Example, Segment, join, whole_addresses


def test_a_street_and_the_town_after_it_become_one_address():
    parts = [
        Segment("at ", PLAIN),
        Segment("12 Long Street", STREET_ADDRESS),
        Segment(", ", PLAIN),
        Segment("Cape Town", LOCATION),
    ]
    assert whole_addresses(parts) == (
        Segment("at ", PLAIN),
        Segment("12 Long Street, Cape Town", STREET_ADDRESS),
    )


def test_a_town_further_on_stays_a_town_of_its_own():
    parts = [
        Segment("12 Long Street", STREET_ADDRESS),
        Segment(" but i work in ", PLAIN),
        Segment("Paarl", LOCATION),
    ]
    assert whole_addresses(parts) == tuple(parts)


def test_the_question_before_is_not_part_of_the_message():
    example = Example((Segment("your name?", PLAIN), Segment("", BREAK), Segment("Jane", PERSON)))
    assert example.question == "your name?"
    assert example.labelled() == ("Jane", [(0, 4, PERSON)])


@given(st.text())
def test_lower_case_moves_no_place(text):
    assert len(augment.lower(text)) == len(text)


@pytest.mark.parametrize("seed", range(20))
def test_roughened_messages_keep_the_kinds_of_their_parts(seed):
    parts = [
        Segment("it's ", PLAIN),
        Segment("Siyabonga", PERSON),
        Segment(" from ", PLAIN),
        Segment("Paarl", LOCATION),
    ]
    rng = random.Random(seed)
    rough = augment.roughen(augment.recase(parts, rng), rng)
    assert [segment.kind for segment in rough] == [PLAIN, PERSON, PLAIN, LOCATION]
    text, spans = join(rough)
    assert [text[start:end] for start, end, _ in spans] == [rough[1].text, rough[3].text]


@pytest.mark.parametrize(
    ("digits", "said"),
    [("7", "seven"), ("12", "twelve"), ("45", "forty five"), ("104", "one oh four"), ("80", "eighty")],
)
def test_house_numbers_are_said_as_people_say_them(digits, said):
    assert chance.in_words(digits) == said
