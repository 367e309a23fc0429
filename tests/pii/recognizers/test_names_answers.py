"""Names by their surroundings, and bare answers to questions."""

from __future__ import annotations

import pytest

NAMES = [
    ("my name is jane doe and I need help", "jane doe"),
    ("My name is Thandi Nkosi", "Thandi Nkosi"),
    ("Hi, I'm Thandi", "Thandi"),
    ("this is jane speaking", "jane"),
    ("my naam is Pieter van der Merwe", "Pieter van der Merwe"),
    ("ich heiße Jürgen Müller", "Jürgen Müller"),
    ("Ich bin Jana Weber", "Jana Weber"),
    ("igama lami nguThandi", "Thandi"),
    ("igama lami ngu Thandi", "Thandi"),
    ("Thanks, Siyabonga", "Siyabonga"),
    ("Groete\nPieter", "Pieter"),
    ("Dr. van der Merwe will call", "van der Merwe"),
    ("ask mr smith", "smith"),
    ("J.P. van der Merwe", "J.P. van der Merwe"),
    ("last name prader", "prader"),
    ("nginguThandi Nkosi", "Thandi Nkosi"),
    ("a table under smith", "smith"),
    ("My name is Will", "Will"),
    ("Frau Schneider hat angerufen", "Schneider"),
]
NO_NAMES = [
    "my name is wrong on the card",
    "my name is not shown",
    "I'm not sure",
    "I'm Standing here",
    "it's Monday",
    "this is urgent",
    "Thanks, bye!",
    "thank you very much",
    "the name is misspelled",
    "I am a developer",
    "Ich bin Kunde",
    "PLZ fehlt im Formular",
    "call me back",
    "is the first name mandatory?",
    "e.g. U.S. Dollars",
]
ANSWERS = [
    ("what is your PIN?", "3941", "PIN", "3941"),
    ("please enter the one-time PIN", "it's 482913 thanks", "ONE_TIME_CODE", "482913"),
    ("name of your first pet?", "Poppy", "SECURITY_ANSWER", "Poppy"),
    ("What is your mother's maiden name?", "it's prader", "SECURITY_ANSWER", "prader"),
    ("who am I speaking to?", "jane doe", "PERSON", "jane doe"),
    ("May I have your full name please?", "Sure, it's Thandi Nkosi", "PERSON", "Thandi Nkosi"),
    ("could you give me your account number", "48213", "ACCOUNT_NUMBER", "48213"),
    ("what is your account id?", "IAS12HDK2", "ACCOUNT_NUMBER", "IAS12HDK2"),
    ("en jou telefoonnommer?", "555 1234", "PHONE_NUMBER", "555 1234"),
    ("Wie lautet Ihre Kundennummer?", "48213", "ACCOUNT_NUMBER", "48213"),
    ("what's your username?", "cminh", "USERNAME", "cminh"),
    ("your password?", "correcthorse", "PASSWORD", "correcthorse"),
    ("date of birth?", "12 March 1985", "DATE_OF_BIRTH", "12 March 1985"),
    ("what is your zip code?", "29687", "STREET_ADDRESS", "29687"),
    ("what is your address?", "12 nowhere lane bellville", "STREET_ADDRESS", "12 nowhere lane bellville"),
    ("what is the cvv?", "123", "CVV", "123"),
    ("your order number?", "it is 3348917", "ID_NUMBER", "3348917"),
    ("igama lakho ngubani?", "thandi", "PERSON", "thandi"),
    ("wie heißen Sie?", "jürgen müller", "PERSON", "jürgen müller"),
    ("what is your pin", "three nine four one", "PIN", "three nine four one"),
]
NO_ANSWERS = [
    ("what is your PIN?", "I don't know"),
    ("what is your PIN?", "why do you need that?"),
    ("who am I speaking to?", "no thanks"),
    ("your password?", "I forgot"),
    ("name of your first pet?", "can't remember"),
    ("How can I help with your account?", "I want 2 cards"),
    ("your username?", "not sure"),
    ("What is your name?", "why?"),
]


@pytest.mark.parametrize(("text", "value"), NAMES)
def test_a_name_is_found_by_its_surroundings(found, text, value):
    assert ("PERSON", value) in found(text)


@pytest.mark.parametrize("text", NO_NAMES)
def test_sentences_that_begin_like_an_introduction_stay(found, text):
    assert found(text) == set()


@pytest.mark.parametrize(("question", "answer", "kind", "value"), ANSWERS)
def test_a_bare_answer_is_what_was_asked_for(found, question, answer, kind, value):
    assert (kind, value) in found(answer, question)


@pytest.mark.parametrize(("question", "answer"), NO_ANSWERS)
def test_an_answer_that_gives_nothing_away_stays(found, question, answer):
    assert found(answer, question) == set()


def test_several_answers_in_one_reply_are_each_found(found):
    question = "To verify you, please give me your full name and account ID."
    assert found("Sure. Crystal Minh\n9N5ZF2RQ1B, thanks", question) == {
        ("PERSON", "Crystal Minh"),
        ("ACCOUNT_NUMBER", "9N5ZF2RQ1B"),
    }


def test_only_the_last_question_asks(found):
    assert found("invoices", "You can reset your password in the portal. Which module do you use?") == set()
