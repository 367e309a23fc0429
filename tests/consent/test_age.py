"""The age question: dated law for every country, boundary months, and a month of birth that leaves no trace."""

import copy
import pickle
from datetime import date

import pytest

from consent import law
from consent.age import Birth, BirthError, judge

TODAY = date(2026, 11, 21)
AGES = {
    13: "BE EE FI LV MT PT SE GB NO IS US",
    14: "AT BG CY ES IT LT",
    15: "CZ FR GR DK SI",
    16: "DE HR HU IE LI LU NL PL RO SK",
    18: "ZA ZZ BR IN CN AU CA JP NG KE CH",
}
CASES = [(country, age) for age, countries in AGES.items() for country in countries.split()]


def born(years: int, months: int, on: date) -> Birth:
    """Return a birth so many years and months before the month of a day."""
    month = on.year * 12 + on.month - 1 - years * 12 - months
    return Birth.parse(f"{month // 12:04}-{month % 12 + 1:02}", on)


@pytest.mark.commitment("N3", "N4", "D7")
@pytest.mark.parametrize(("country", "age"), CASES)
def test_who_comes_of_age_this_month_is_under_age_until_the_month_is_over(country, age):
    last_day, next_day = date(2026, 11, 30), date(2026, 12, 1)
    birth = born(age, 0, last_day)
    assert judge(country, birth, TODAY).guardian_required
    assert judge(country, birth, last_day).guardian_required
    assert judge(country, birth, next_day).adult


@pytest.mark.commitment("N3")
@pytest.mark.parametrize("country", sorted(law.countries()))
def test_nobody_under_thirteen_answers_alone_anywhere(country):
    assert judge(country, born(13, 0, TODAY), TODAY).guardian_required
    assert judge(country, born(18, 1, TODAY), TODAY).adult


@pytest.mark.commitment("N4", "D7")
@pytest.mark.parametrize(
    ("country", "on", "age"),
    [
        ("DK", date(2023, 12, 31), 13),
        ("DK", date(2024, 1, 1), 15),
        ("SI", date(2023, 1, 25), 16),
        ("SI", date(2023, 1, 26), 15),
        ("FR", date(2018, 5, 25), 16),
        ("FR", date(2020, 6, 24), 15),
        ("FR", date(2018, 5, 24), 18),
        ("ZA", date(2020, 7, 1), 18),
    ],
)
def test_a_changed_age_holds_from_its_own_day(country, on, age):
    assert law.ages(on).effective(country) == age


@pytest.mark.parametrize("country", ["", "XX", "zz", "Germany", "ZZ", "EU", "🇿🇦"])
def test_an_unknown_country_gets_the_strictest_age(country):
    assert judge(country, born(18, 0, TODAY), TODAY).guardian_required
    assert judge(country, born(18, 1, TODAY), TODAY).adult


def test_a_country_may_be_written_in_small_letters():
    assert judge("us", born(14, 0, TODAY), TODAY).adult


def test_a_minor_who_may_answer_alone_is_still_a_minor():
    outcome = judge("DE", born(17, 0, TODAY), TODAY)
    assert outcome.adult
    assert outcome.minor
    assert not judge("DE", born(18, 1, TODAY), TODAY).minor


@pytest.mark.parametrize(
    "text",
    [
        *("", "1985", "1985-7", "1985-00", "1985-13", "1985-07-01", "07/1985", " 1985-07", "1985-07\n"),
        *("１９９０-07", "abcd-ef", "2026-12", "9999-01", "1906-10", "0000-01"),
    ],
)
def test_a_month_that_cannot_be_is_refused_without_repeating_it(text):
    with pytest.raises(BirthError) as refusal:
        Birth.parse(text, TODAY)
    assert not text.strip() or text.strip() not in str(refusal.value)


@pytest.mark.parametrize("text", ["1906-11", "2026-11", "2000-02", "1990-07"])
def test_a_month_within_a_long_life_is_read(text):
    assert Birth.parse(text, TODAY).months_until(TODAY) >= 0


def test_only_the_outcome_the_rule_and_the_day_remain():
    outcome = judge("ZA", Birth.parse("1987-03", TODAY), TODAY)
    assert set(vars(outcome)) == {"adult", "minor", "rule_version", "judged_on", "effective_age"}
    assert "1987" not in repr(vars(outcome))
    assert "effective_age" not in repr(outcome)


def test_a_month_of_birth_shows_nothing_of_itself_and_cannot_be_kept():
    birth = Birth.parse("1987-03", TODAY)
    assert repr(birth) == str(birth) == f"{birth}" == "<Birth>"
    assert not hasattr(birth, "__dict__")
    for keep in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="never stored"):
            keep(birth)


def test_the_rule_version_names_rows_country_and_day_and_changes_with_the_law():
    birth = Birth.parse("1987-03", TODAY)
    today = judge("DK", birth, TODAY).rule_version
    assert today == f"ages-{law.ages(TODAY).version}/DK/2026-11-21"
    assert law.ages(date(2023, 12, 31)).version != law.ages(date(2024, 1, 1)).version
    assert law.ages(date(2024, 1, 1)).version == law.ages(TODAY).version
