"""Account and reference numbers, user names, and numbers that nothing explains."""

from __future__ import annotations

import pytest

CASES = [
    ("account id IAS12HDK2", "ACCOUNT_NUMBER", "IAS12HDK2"),
    ("my account id is ias12hdk2", "ACCOUNT_NUMBER", "ias12hdk2"),
    ("customer number: 48213", "ACCOUNT_NUMBER", "48213"),
    ("Meine Kundennummer ist 4821377", "ACCOUNT_NUMBER", "4821377"),
    ("polisnommer PL-48213", "ACCOUNT_NUMBER", "PL-48213"),
    ("medical aid number 004821377", "ACCOUNT_NUMBER", "004821377"),
    ("member id is M4821", "ACCOUNT_NUMBER", "M4821"),
    ("order number 3348917502", "ID_NUMBER", "3348917502"),
    ("my order id is 33489", "ID_NUMBER", "33489"),
    ("booking reference XK3R9P", "ID_NUMBER", "XK3R9P"),
    ("bestelnommer 2024-48213", "ID_NUMBER", "2024-48213"),
    ("Rechnungsnummer RE-2024-0815", "ID_NUMBER", "RE-2024-0815"),
    ("ticket #48213", "ID_NUMBER", "48213"),
    ("48213 is my reference number", "ID_NUMBER", "48213"),
    ("it is 123456789012", "ID_NUMBER", "123456789012"),
    ("f47ac10b-58cc-4372-a567-0e02b2c3d479", "ID_NUMBER", "f47ac10b-58cc-4372-a567-0e02b2c3d479"),
    ("username: jd123456", "USERNAME", "jd123456"),
    ("my user name is jdoe", "USERNAME", "jdoe"),
    ("my username is cminh730", "USERNAME", "cminh730"),
    ("gebruikersnaam: thandi_n", "USERNAME", "thandi_n"),
    ("Mein Benutzername lautet hmeier", "USERNAME", "hmeier"),
    ("my instagram is @thandi_n", "USERNAME", "@thandi_n"),
    ("please update my username to thandi_n", "USERNAME", "thandi_n"),
    ("login: jane.doe", "USERNAME", "jane.doe"),
]
QUIET = [
    "my order of 2 chairs",
    "an account for 3 users",
    "order 1200 units by Friday",
    "I have 12 invoices from 2024",
    "case closed in 24 hours",
    "we have a 9:45pm reservation tonight",
    "it cost R123 456 789",
    "my username is not accepted",
    "I login to the mobile app",
    "the user name field is empty",
    "follow @rousora on twitter",
    "error 500 on page 12",
    "can the chatbot handle 10 000 messages",
    "can it handle refunds?",
    "I cannot login anymore",
]


@pytest.mark.parametrize(("text", "kind", "value"), CASES)
def test_account_numbers_and_user_names_are_found(found, text, kind, value):
    assert (kind, value) in found(text)


@pytest.mark.parametrize("text", QUIET)
def test_quantities_and_talk_about_accounts_stay(found, text):
    assert found(text) == set()


def test_the_nearest_cue_decides_what_a_number_is(found):
    text = "phone 0825551234, account 62001234567, order 48213, id 8001015009087"
    assert found(text) == {
        ("PHONE_NUMBER", "0825551234"),
        ("BANK_ACCOUNT", "62001234567"),
        ("ID_NUMBER", "48213"),
        ("ZA_ID_NUMBER", "8001015009087"),
    }
