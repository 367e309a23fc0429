"""The cookie that holds a choice: how long it counts, and that a no is nobody's number."""

from datetime import date, timedelta

import pytest

from chatbot.cookies.choice import Choice, chosen, parse

TODAY = date(2026, 11, 21)
VERSION = "9c1f02ab" + 56 * "0"


@pytest.mark.commitment("K10", "K9")
@pytest.mark.parametrize("categories", [(), ("functional",), ("functional", "analytics", "marketing")])
@pytest.mark.parametrize(("days", "holds"), [(0, True), (179, True), (180, False), (181, False), (366, False)])
def test_a_yes_and_a_no_hold_180_days_in_germany(categories, days, holds):
    """After that the question may come again; before it, also after a no, it does not."""
    kept = chosen(categories, "DE", TODAY, VERSION).text()
    assert (parse(kept, TODAY + timedelta(days=days)) is not None) == holds


@pytest.mark.commitment("K10")
@pytest.mark.parametrize(("days", "holds"), [(181, True), (364, True), (365, False), (366, False)])
def test_no_choice_outlives_the_longest_time_of_the_law(days, holds):
    """Whatever a cookie says about itself."""
    kept = Choice(frozenset({"analytics"}), TODAY, 999, VERSION[:8], "a" * 32).text()
    assert (parse(kept, TODAY + timedelta(days=days)) is not None) == holds


def test_everybody_who_says_no_on_a_day_holds_the_same_cookie():
    assert {chosen((), country, TODAY, VERSION).text() for country in ("DE", "ZA", "ZZ", "nowhere")} == {
        "1.-.20778.180.-.-"
    }


@pytest.mark.parametrize("categories", [[], ["analytics"], ["functional", "marketing"]])
def test_what_is_written_is_read_again(categories):
    choice = chosen(categories, "ZA", TODAY, VERSION)
    assert parse(choice.text(), TODAY) == choice


def test_a_yes_counts_only_for_the_words_it_was_given_to():
    choice = chosen(["analytics"], "ZA", TODAY, VERSION)
    assert choice.allows("analytics", VERSION)
    assert not choice.allows("marketing", VERSION)
    assert not choice.allows("analytics", "0" * 64)


@pytest.mark.parametrize(
    "text",
    ["", "1", "1..20778.180.-.-", "2.a.20778.180.-.-", "1.xa.20778.180.-.-", "1.am.99999999.180.-.-",
     "1.ma.20778.180.-.-", "1.a.20778.180.9c1f02ab.zz", "1.a.30000.180.9c1f02ab.-", "<script>", "1.a.٢٠٧٧٨.180.-.-"],
)  # fmt: skip
def test_anything_else_is_no_choice(text):
    assert parse(text, TODAY) is None
