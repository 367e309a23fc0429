"""Law as data: every file is whole, every row is dated and sourced, and the clocks count as the law counts."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from consent import law
from consent.data import DataError, check
from consent.holds import HoldLaw
from consent.law.ages import AgeFile
from consent.law.deadlines import Deadline, easter
from consent.law.duties import DutyRow, Form
from consent.law.overview import overview
from consent.law.rows import Dated, Table, in_force, reach, regions, table
from consent.law.rules import Adequacy, Authority, Breach, Cookies, Validity

TODAY = date(2026, 11, 21)
FILES = {
    "adequacy.yaml": Adequacy,
    "authorities.yaml": Authority,
    "breaches.yaml": Breach,
    "cookies.yaml": Cookies,
    "deadlines.yaml": Deadline,
    "duties.yaml": DutyRow,
    "forms.yaml": Form,
    "holds.yaml": HoldLaw,
    "validity.yaml": Validity,
}
EVERY_COUNTRY = sorted(law.countries())


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_row_has_a_source_a_first_day_and_a_day_it_was_checked(name):
    for row in table(name, FILES[name]).rows:
        assert row.source
        assert row.checked_on <= TODAY + timedelta(days=3650)
        assert row.country in law.countries() or row.country in regions()


def test_every_age_names_a_known_country_and_a_source():
    file = law.age_file()
    assert {row.country for row in file.rows} <= set(law.countries())
    assert {row.source for row in file.rows} <= set(file.sources)


def test_every_file_of_the_law_is_read_by_somebody():
    folder = Path(law.__file__).parent
    known = {*FILES, "ages.yaml", "countries.yaml", "holidays.yaml", "regions.yaml"}
    assert {path.name for path in folder.glob("*.yaml")} == known


AGE_FILE = {
    "sources": {"src": "somewhere"},
    "floor": {"age": 13, "source": "src"},
    "unknown": {"age": 18, "source": "src"},
    "majority": {"age": 18, "source": "src"},
    "rows": [
        {"country": "FR", "age": 15, "from": "2020-06-24", "source": "src", "read": True, "checked_on": "2026-11-21"}
    ],
}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"country": "France"}, "country"),
        ({"age": 5}, "age"),
        ({"age": "fifteen"}, "age"),
        ({"from": "2020-13-01"}, "from"),
        ({"source": "rumour"}, "sources not named: rumour"),
        ({"age": 19}, "unknown: must be the strictest"),
        ({"since_when": "x"}, "since_when"),
        ({"checked_on": None}, "checked_on"),
    ],
)
def test_a_wrong_age_row_stops_the_start_and_says_where(change, complaint):
    check(AGE_FILE, AgeFile, "ages.yaml")
    wrong = AGE_FILE | {"rows": [AGE_FILE["rows"][0] | change]}
    with pytest.raises(DataError, match=f"ages.yaml: .*{complaint}"):
        check(wrong, AgeFile, "ages.yaml")


def test_two_ages_of_one_country_from_the_same_day_stop_the_start():
    with pytest.raises(DataError, match="two rows from the same day: FR"):
        check(AGE_FILE | {"rows": AGE_FILE["rows"] * 2}, AgeFile, "ages.yaml")


def test_two_rules_for_one_thing_from_the_same_day_stop_the_start():
    row = {"country": "ZZ", "source": "somewhere", "from": "2020-01-01", "read": True, "checked_on": "2026-11-21"}
    with pytest.raises(DataError, match="two rows from the same day: ZZ"):
        check({"rows": [row, row]}, Table[Dated], "some.yaml")


def test_a_doubled_key_in_a_law_file_is_refused(tmp_path):
    path = tmp_path / "ages.yaml"
    path.write_text("a: {age: 13, age: 16}\n")
    from consent.data import parse

    with pytest.raises(DataError, match="written twice: age"):
        parse(path)
    with pytest.raises(DataError, match="put the file back"):
        parse(tmp_path / "gone.yaml")


def test_the_later_row_wins_whatever_the_order_in_the_file():
    rows = [
        Dated.model_validate({"country": "DK", "from": day, "source": day, "read": True, "checked_on": day})
        for day in ("2024-01-01", "2020-06-24")
    ]
    for order in (rows, rows[::-1]):
        assert in_force(order, date(2023, 12, 31))["DK"].source == "2020-06-24"
        assert in_force(order, date(2024, 1, 1))["DK"].source == "2024-01-01"


@pytest.mark.commitment("U12")
@pytest.mark.parametrize(
    ("country", "request_", "received", "by", "extended"),
    [
        ("DE", "access", "2026-01-31", "2026-02-28", "2026-04-30"),
        ("DE", "access", "2028-01-31", "2028-02-29", "2028-04-30"),
        ("FR", "erasure", "2026-11-21", "2026-12-21", "2027-02-21"),
        ("NO", "correction", "2026-12-15", "2027-01-15", "2027-03-15"),
        ("GB", "access", "2026-08-31", "2026-09-30", "2026-11-30"),
        ("DE", "marketing_objection", "2026-11-21", "2026-11-21", "2026-11-21"),
        ("ZA", "access", "2026-11-21", "2026-12-21", "2027-01-20"),
        ("ZA", "erasure", "2026-11-16", "2026-12-17", "2026-12-17"),
        ("ZA", "erasure", "2026-11-20", "2026-12-21", "2026-12-21"),
        ("ZA", "erasure", "2027-02-26", "2027-03-30", "2027-03-30"),
        ("ZA", "correction", "2027-02-24", "2027-03-27", "2027-03-27"),
        ("ZA", "marketing_objection", "2026-12-25", "2026-12-25", "2026-12-25"),
    ],
)
def test_a_request_is_due_when_the_law_of_its_place_says(country, request_, received, by, extended):
    due = law.due(country, law.Request(request_), date.fromisoformat(received))
    assert (due.by.isoformat(), due.extended.isoformat()) == (by, extended)


@pytest.mark.commitment("P4")
@pytest.mark.parametrize("request_", list(law.Request))
@pytest.mark.parametrize("received", [date(2026, 1, 31) + timedelta(days=17 * step) for step in range(24)])
def test_an_unknown_country_gets_the_shortest_deadline_the_highest_age_and_opt_in(request_, received):
    unknown = law.due("ZZ", request_, received).by
    assert unknown <= min(law.due(country, request_, received).by for country in ("DE", "GB", "ZA", "NO"))
    assert law.due("BR", request_, received).by == unknown
    assert law.ages(received).effective("ZZ") == 18
    assert set(law.cookies("ZZ", received).opt_in) == {"functional", "analytics", "marketing"}
    assert law.breach("ZZ", received).hours is None


def test_a_request_before_all_law_is_an_error_and_not_a_guess():
    with pytest.raises(LookupError, match="no deadline"):
        law.due("ZZ", law.Request.ACCESS, date(1999, 1, 1))
    with pytest.raises(LookupError, match="no rule"):
        law.validity("DE", date(1999, 1, 1))


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (2000, "04-23"),
        (2008, "03-23"),
        (2011, "04-24"),
        (2024, "03-31"),
        (2025, "04-20"),
        (2026, "04-05"),
        (2038, "04-25"),
    ],
)
def test_easter_is_found(year, day):
    assert easter(year) == date.fromisoformat(f"{year}-{day}")


@pytest.mark.parametrize("country", EVERY_COUNTRY)
def test_everybody_has_somewhere_to_complain_and_it_is_not_the_old_address(country):
    authority = law.authority(country, TODAY)
    assert authority.name
    assert authority.url.startswith("https://")
    assert "justice.gov.za" not in authority.url


def test_every_country_of_the_union_has_its_own_authority():
    own = {country for country in regions()["EEA"] if law.authority(country, TODAY).country == country}
    assert own == set(regions()["EEA"])
    assert law.authority("ZA", TODAY).how.startswith("Form 5")


@pytest.mark.parametrize(
    ("country", "hours", "threshold"),
    [("ZA", None, "any"), ("DE", 72, "risk"), ("GB", 72, "risk"), ("BR", None, "any"), ("ZZ", None, "any")],
)
def test_a_breach_has_the_clock_of_its_place(country, hours, threshold):
    rule = law.breach(country, TODAY)
    assert (rule.hours, rule.threshold) == (hours, threshold)


@pytest.mark.commitment("T4")
@pytest.mark.parametrize(
    ("origin", "destination", "adequate"),
    [
        ("DE", "DE", True),
        ("DE", "FR", True),
        ("DE", "NO", True),
        ("DE", "JP", True),
        ("DE", "CH", True),
        ("DE", "GB", True),
        ("DE", "ZA", False),
        ("DE", "US", False),
        ("DE", "CA", False),
        ("DE", "CN", False),
        ("ZA", "DE", False),
        ("ZA", "ZA", True),
        ("ZZ", "JP", False),
        ("DE", "ZZ", False),
    ],
)
def test_adequacy_is_a_dated_decision_and_limited_ones_open_nothing(origin, destination, adequate):
    assert law.adequate(origin, destination, TODAY) is adequate


def test_adequacy_begins_on_the_day_of_its_decision():
    assert not law.adequate("DE", "KR", date(2021, 12, 16))
    assert law.adequate("DE", "KR", date(2021, 12, 17))


def test_a_decision_for_a_time_ends_with_it():
    assert law.adequate("DE", "GB", date(2031, 12, 27))
    assert not law.adequate("DE", "GB", date(2031, 12, 28))


def test_the_german_law_is_found_under_its_name_of_the_day_and_its_old_one():
    assert law.cookies("DE", date(2024, 5, 13)).law == "TTDSG section 25"
    assert law.cookies("DE", date(2024, 5, 14)).law == "TDDDG section 25"
    assert {"TTDSG", "TDDDG"} <= set(law.cookies("DE", TODAY).aliases)


def test_a_rule_reaches_from_the_country_over_its_region_to_anywhere():
    assert reach("FR") == ("FR", "EEA", "ZZ")
    assert reach("ZA") == ("ZA", "ZZ")


def test_every_country_has_a_name_in_each_language():
    assert len(law.countries()) == 251
    assert all(set(names) == {"en", "af", "de"} for names in law.countries().values())
    raw = yaml.safe_load((Path(law.__file__).parent / "countries.yaml").read_text(encoding="utf-8"))
    assert all(isinstance(code, str) and len(code) == 2 for code in raw)


@pytest.mark.parametrize("country", ["ZA", "DE", "US", "BR", "ZZ", "nowhere"])
def test_the_overview_shows_every_rule_with_its_source(country):
    shown = overview(country, TODAY)
    assert shown["country"] == (country if len(country) == 2 else "ZZ")
    assert set(shown["deadlines"]) == {request.value for request in law.Request}
    rules = [shown[name] for name in ("age", "validity", "authority", "breach", "cookies")]
    assert all(rule["source"] for rule in [*rules, *shown["deadlines"].values()])
    json.dumps(shown)


def test_the_overview_of_south_africa_says_what_its_law_says():
    shown = overview("ZA", TODAY)
    assert shown["age"]["alone_from"] == 18
    assert shown["authority"]["url"] == "https://inforegulator.org.za"
    assert shown["breach"] | {"form": "SCN1", "hours": None, "threshold": "any"} == shown["breach"]
    assert shown["deadlines"]["access"]["asked_today_due"] == "2026-12-21"
