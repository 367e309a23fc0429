"""`chatbot law`: every rule of a country on a day, with its source; unknown is strictest."""

import json

import pytest
from click.testing import CliRunner

from chatbot.cli import main

KINDS = ("validity", "authority", "breach", "cookies")


def law(*arguments):
    return CliRunner().invoke(main, ["law", *arguments])


@pytest.mark.commitment("N4", "D7")
@pytest.mark.parametrize(("country", "age"), [("ZA", 18), ("DE", 16), ("BE", 13), ("XX", 18)])
def test_each_rule_is_shown_with_its_source_and_check_date(country, age):
    rules = json.loads(law("--country", country, "--as-of", "2026-11-21", "--json").stdout)
    assert (rules["country"], rules["as_of"]) == (country if country != "XX" else "ZZ", "2026-11-21")
    assert rules["age"]["alone_from"] == age
    assert rules["age"]["source"]
    for rule in [*(rules[kind] for kind in KINDS), *rules["deadlines"].values()]:
        assert rule["source"]
        assert rule["checked_on"] <= "2026-11-21"
        assert rule["from"] <= "2026-11-21"


def test_the_law_of_an_earlier_day_is_the_law_of_that_day():
    before, after = [
        json.loads(law("--country", "DE", "--as-of", day, "--json").stdout)["validity"]["from"]
        for day in ("2019-01-01", "2026-01-01")
    ]
    assert before < "2021-12-01" <= after


def test_people_read_it_as_a_table():
    shown = law("--country", "za", "--as-of", "2026-11-21").stdout
    words = ("ZA on 2026-11-21", "alone_from 18", "due: access", "duty: juristic_persons", "form: breach", "checked")
    for word in words:
        assert word in shown


def test_a_day_that_is_none_is_told():
    wrong = law("--as-of", "tomorrow")
    assert wrong.exit_code == 2
    assert "YYYY-MM-DD" in wrong.output
