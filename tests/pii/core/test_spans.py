"""Overlapping findings become one ordered list, and nothing that anybody found stays visible."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.spans import VERBATIM, Span, resolve, trim

AT, RD = "EMAIL_ADDRESS", "STREET_ADDRESS"
CASES = [
    # text, found as (value, kind, score), expected as (value, kind)
    ("mail jane@x.co now", [("jane@x.co", AT, 0.9), ("jane", "PERSON", 0.99)], [("jane@x.co", AT)]),
    (
        "Jane Doe 12 Main Rd",
        [("Jane Doe 12", "PERSON", 0.6), ("12 Main Rd", RD, 0.9)],
        [("Jane Doe 12", "PERSON"), ("Main Rd", RD)],
    ),
    (
        "card 4111111111111111 x",
        [("4111111111111111", "CREDIT_CARD", 1.0), ("card 4111111111111111 x", "PASSWORD", 0.5)],
        [("card", "PASSWORD"), ("4111111111111111", "CREDIT_CARD"), ("x", "PASSWORD")],
    ),
    ("4111 or so", [("4111", "PIN", 0.7), ("4111", "ID_NUMBER", 0.8)], [("4111", "ID_NUMBER")]),
    (
        "12 Main Rd, Rivonia, 2128",
        [("12 Main Rd", RD, 0.9), ("Rivonia", "LOCATION", 0.8), ("2128", RD, 0.7)],
        [("12 Main Rd, Rivonia, 2128", RD)],
    ),
    (
        "Rivonia and Sandton",
        [("Rivonia", "LOCATION", 0.8), ("Sandton", "LOCATION", 0.8)],
        [("Rivonia", "LOCATION"), ("Sandton", "LOCATION")],
    ),
    ("Jane Doe Smith", [("Jane Doe", "PERSON", 0.8), ("Doe Smith", "PERSON", 0.7)], [("Jane Doe Smith", "PERSON")]),
    (
        "nguThandeka Dlamini",
        [("nguThandeka", "PERSON", 0.8), ("Thandeka Dlamini", "PERSON", 0.7)],
        [("nguThandeka Dlamini", "PERSON")],
    ),
    (
        "nguThandeka Dlamini",
        [("nguThandeka", "LOCATION", 0.8), ("Thandeka Dlamini", "PERSON", 0.7)],
        [("nguThandeka Dlamini", "PERSON")],
    ),
    ("it's Jane's.", [("Jane's.", "PERSON", 0.8)], [("Jane", "PERSON")]),
    ("so ( Jane ), yes", [("( Jane ), ", "PERSON", 0.8)], [("Jane", "PERSON")]),
    ("call (011) 555 1234!", [("(011) 555 1234!", "PHONE_NUMBER", 0.8)], [("(011) 555 1234", "PHONE_NUMBER")]),
    ("it is hunter2!", [(" hunter2!", "PASSWORD", 0.8)], [("hunter2!", "PASSWORD")]),
    ("- done", [("-", "PASSWORD", 0.8)], []),
    ("it is #!?$%", [("#!?$%", "PASSWORD", 0.8)], [("#!?$%", "PASSWORD")]),
    ("nothing ... here", [(" ... ", "PERSON", 0.8)], []),
]


@pytest.mark.parametrize(("text", "found", "expected"), CASES)
def test_findings_are_ordered_and_disjoint(text, found, expected):
    spans = [Span(text.index(value), text.index(value) + len(value), kind, score) for value, kind, score in found]
    assert [(text[span.start : span.end], span.kind) for span in resolve(spans, text)] == expected
    assert [(text[span.start : span.end], span.kind) for span in resolve(spans[::-1], text)] == expected


KINDS = st.sampled_from(["PERSON", "STREET_ADDRESS", "LOCATION", "PASSWORD", "PHONE_NUMBER"])
SPANS = st.lists(st.builds(Span, st.integers(-2, 40), st.integers(-2, 45), KINDS, st.sampled_from([0.5, 0.9, 1.0])))


@given(st.text("ab1 ,.()'\n", max_size=40), SPANS)
def test_whatever_is_found_is_covered_once(text, spans):
    resolved = resolve(spans, text)
    for left, right in pairwise(resolved):
        assert left.end <= right.start
    covered = {index for span in resolved for index in range(span.start, span.end)}
    found = {index for each in spans if (span := trim(each, text)) for index in range(span.start, span.end)}
    assert {index for index in found if text[index].isalnum()} <= covered
    for span in resolved:
        value = text[span.start : span.end]
        assert value == (value.strip(" \n") if span.kind in VERBATIM else value.strip(" \n.,'"))
        assert value


def test_many_findings_take_time_in_proportion():
    text = "Jane " * 50_000
    spans = [Span(index, index + 9, "PERSON", 0.8) for index in range(0, len(text) - 10, 5)]
    assert resolve(spans, text)[-1].end > len(text) - 20
