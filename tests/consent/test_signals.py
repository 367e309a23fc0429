"""Privacy signals: the header table of the GPC draft, and an explicit yes that wins."""

from datetime import date

import pytest

from consent.signals import Signals, effective, read, support


@pytest.mark.parametrize(
    ("headers", "gpc", "dnt"),
    [
        ([], False, False),
        ([("Sec-GPC", "1")], True, False),
        ([("sec-gpc", "1")], True, False),
        ([("SEC-GPC", " 1 ")], True, False),
        ([("Sec-GPC", "0")], False, False),
        ([("Sec-GPC", "true")], False, False),
        ([("Sec-GPC", "01")], False, False),
        ([("Sec-GPC", "1, 1")], False, False),
        ([("Sec-GPC", "")], False, False),
        ([("Sec-GPC", "0"), ("Sec-GPC", "1")], True, False),
        ([("DNT", "1")], False, True),
        ([("DNT", "0")], False, False),
        ([("DNT", "unspecified")], False, False),
        ([("DNT", "1"), ("Sec-GPC", "1")], True, True),
    ],
)
def test_only_an_exact_one_counts(headers, gpc, dnt):
    assert read(headers) == Signals(gpc=gpc, dnt=dnt)
    assert read(headers).objects == (gpc or dnt)


@pytest.mark.parametrize(
    ("standing", "signals", "marketing"),
    [
        ({}, Signals(gpc=False, dnt=False), None),
        ({}, Signals(gpc=True, dnt=False), False),
        ({}, Signals(gpc=False, dnt=True), False),
        ({"marketing": False}, Signals(gpc=True, dnt=False), False),
        ({"marketing": True}, Signals(gpc=True, dnt=False), True),
    ],
)
def test_a_signal_means_no_until_the_visitor_says_yes(standing, signals, marketing):
    assert effective(standing, signals, ["marketing"]).get("marketing") is marketing


def test_a_signal_leaves_alone_what_it_does_not_concern():
    assert effective({"store": True}, Signals(gpc=True, dnt=True), ["marketing"]) == {
        "store": True,
        "marketing": False,
    }


def test_the_support_resource_has_exactly_the_members_of_the_draft():
    assert support(date(2026, 11, 21)) == {"gpc": True, "lastUpdate": "2026-11-21"}
