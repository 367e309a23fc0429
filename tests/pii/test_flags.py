"""Statements that need care, and talk that does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.flags import KINDS, find

STATEMENTS = [
    ("I have diabetes", "HEALTH", "I have diabetes"),
    ("hi, i am HIV positive and need help", "HEALTH", "i am HIV positive"),
    ("I was diagnosed with depression last year", "HEALTH", "I was diagnosed with depression"),
    ("my wife has breast cancer", "HEALTH", "my wife has breast cancer"),
    ("Ek is swanger", "HEALTH", "Ek is swanger"),
    ("Ich habe Krebs", "HEALTH", "Ich habe Krebs"),
    ("I'm a Muslim", "RELIGION", "I'm a Muslim"),
    ("Ich bin katholisch", "RELIGION", "Ich bin katholisch"),
    ("ek is 'n Christen", "RELIGION", "ek is 'n Christen"),
    ("as a Jehovah's Witness I cannot", "RELIGION", None),
    ("I am a union member", "UNION", "I am a union member"),
    ("Ich bin Gewerkschaftsmitglied", "UNION", "Ich bin Gewerkschaftsmitglied"),
    ("my shop steward said so", "UNION", "my shop steward"),
    ("I voted for the DA", "POLITICS", "I voted for"),
    ("I'm a member of the ANC", "POLITICS", "I'm a member of the ANC"),
    ("ich bin CDU-Mitglied", "POLITICS", "ich bin CDU-Mitglied"),
    ("I am a black woman", "RACE", "I am a black woman"),
    ("I'm coloured", "RACE", "I'm coloured"),
    ("im gay", "SEX_LIFE", "im gay"),
    ("my sexual orientation", "SEX_LIFE", "my sexual orientation"),
    ("Ich bin lesbisch", "SEX_LIFE", "Ich bin lesbisch"),
    ("my fingerprint does not scan", "BIOMETRICS", "my fingerprint"),
    ("mein Fingerabdruck wird nicht erkannt", "BIOMETRICS", "mein Fingerabdruck"),
    ("I was arrested in 2019", "CRIMINAL", "I was arrested"),
    ("I have a criminal record", "CRIMINAL", "I have a criminal record"),
    ("Ich bin vorbestraft", "CRIMINAL", "Ich bin vorbestraft"),
]
CHILDREN = [
    "I'm 12",
    "i am in grade 6",
    "im 14 years old and want a website",
    "I am only nine.",
    "ek is 12 jaar oud",
    "Ek is in graad 4",
    "ich bin 12",
    "Ich bin in der 6. Klasse",
    "my mom says I can't",
    "I'm under 18",
    "ngineminyaka engu-12",
    "I turn 13 tomorrow",
    "I'm 15 and my friends are too",
]
QUIET = [
    "I'm 12 minutes late",
    "my son is 12",
    "I'm 12 km away",
    "I am 45 years old",
    "I'm 34",
    "she is 12 and likes it",
    "I'm 5 orders short",
    "We sell diabetes apps",
    "I have disabled the card",
    "my account was disabled",
    "the union of two tables",
    "the white paper on black boxes",
    "do you support fingerprint login?",
    "I have a black card",
    "I am in a meeting",
    "our clients are in the health sector",
    "a church management module",
    "I am positive that it works",
    "",
]


@pytest.mark.parametrize(("text", "kind", "statement"), STATEMENTS)
def test_a_statement_about_a_person_is_flagged(text, kind, statement):
    flags = [flag for flag in find(text) if flag.kind == kind]
    assert flags
    assert statement is None or text[flags[0].start : flags[0].end] == statement


@pytest.mark.parametrize("text", CHILDREN)
def test_a_child_is_flagged(text):
    assert "CHILD" in {flag.kind for flag in find(text)}


@pytest.mark.parametrize("text", QUIET)
def test_words_alone_are_no_statement(text):
    assert find(text) == ()


def test_somebody_else_is_less_sure_than_oneself():
    assert find("my wife has cancer")[0].score < find("I have cancer")[0].score


@given(st.text(max_size=200))
def test_flags_lie_in_order_inside_the_text(text):
    flags = find(text)
    assert all(0 <= flag.start < flag.end <= len(text) and flag.kind in KINDS for flag in flags)
    assert list(flags) == sorted(flags, key=lambda flag: flag.start)
