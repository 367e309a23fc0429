"""Dates of birth, and numbers and names that are said or spelled."""

from __future__ import annotations

import pytest

BIRTH, PHONE, ID = "DATE_OF_BIRTH", "PHONE_NUMBER", "ID_NUMBER"
CASES = [
    ("I was born on 12 March 1985", BIRTH, "12 March 1985"),
    ("DOB 1985-03-12", BIRTH, "1985-03-12"),
    ("date of birth: 12/03/85", BIRTH, "12/03/85"),
    ("born March 12, 1985", BIRTH, "March 12, 1985"),
    ("my birthday is the 3rd of May 1990", BIRTH, "the 3rd of May 1990"),
    ("geboortedatum 12 Maart 1985", BIRTH, "12 Maart 1985"),
    ("geboren am 12. März 1985", BIRTH, "12. März 1985"),
    ("ek is gebore op 12 Mei 1985", BIRTH, "12 Mei 1985"),
    ("my dob is 19850312", BIRTH, "19850312"),
    ("ngazalwa 1985-03-12", BIRTH, "1985-03-12"),
    ("oh eight two, five five five, one two three four", PHONE, "oh eight two, five five five, one two three four"),
    ("zero eight two triple five one two three four", PHONE, "zero eight two triple five one two three four"),
    ("nul agt twee vyf vyf vyf een twee drie vier", PHONE, "nul agt twee vyf vyf vyf een twee drie vier"),
    ("null eins fünf eins zwei drei vier fünf sechs sieben", PHONE, None),
    ("my pin is three nine four one", "PIN", "three nine four one"),
    (
        "account number double seven four eight two one",
        "ACCOUNT_NUMBER|BANK_ACCOUNT",
        "double seven four eight two one",
    ),
    (
        "my number is eighty two five fifty five twelve thirty four",
        PHONE,
        "eighty two five fifty five twelve thirty four",
    ),
    ("born march twelve nineteen eighty-five", BIRTH, "march twelve nineteen eighty-five"),
    ("the twelfth of March nineteen eighty five is my birthday", BIRTH, "the twelfth of March nineteen eighty five"),
    ("p as in peter r as in robert a d e r", "PERSON", "p as in peter r as in robert a d e r"),
    ("1 2 3 4 5 6", ID, "1 2 3 4 5 6"),
    ("my pin is 1 2 3 4", "PIN", "1 2 3 4"),
    ("s-m-i-t-h", "PERSON", "s-m-i-t-h"),
    ("S M I T H", "PERSON", "S M I T H"),
    ("m a r t e n s", "PERSON", "m a r t e n s"),
    ("last name spelled P R A D E R", "PERSON", "P R A D E R"),
]
QUIET = [
    "delivered on 12 March 2024",
    "since 1985-03-12",
    "one or two of the five items",
    "we need two, three or four licences",
    "one two three go",
    "I have a b c options",
    "set the alarm for six thirty five",
    "three hundred and twenty five thousand rand",
    "born and raised in May",
    "plan A or B or C",
]


@pytest.mark.parametrize(("text", "kind", "value"), CASES)
def test_birth_dates_and_said_numbers_are_found(found, text, kind, value):
    assert {(each, value or text) for each in kind.split("|")} & found(text)


@pytest.mark.parametrize("text", QUIET)
def test_other_dates_and_counting_stay(found, text):
    assert found(text) == set()
