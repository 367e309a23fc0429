"""For how long a yes holds is the law's to bound and the site's to choose, for the chat and for cookies alike."""

import shutil
from datetime import date, timedelta

import pytest
import yaml
from sqlmodel import select

from chatbot.cookies.choice import chosen, parse
from chatbot.cookies.registry import Registry
from chatbot.settings import data_folder
from consent import law
from consent.data import DataError
from consent.party import Party
from consent.tables import ConsentEvent

YES = {"store": True}
TODAY = date(2026, 11, 21)
VERSION = "9c1f02ab" + 56 * "0"
GERMAN = {"Origin": "http://testserver", "Accept-Language": "de-DE,de;q=0.9"}


@pytest.fixture
def site(tmp_path):
    """Make a site's data folder in which a yes holds for so many days, by country."""

    def make(days):
        folder = tmp_path / "data"
        shutil.copytree(data_folder(), folder)
        path = folder / "registers" / "party.yaml"
        party = yaml.safe_load(path.read_text(encoding="utf-8")) | {"consent_days": days}
        path.write_text(yaml.safe_dump(party, allow_unicode=True), encoding="utf-8")
        return folder

    return make


@pytest.mark.commitment("K10")
@pytest.mark.parametrize(
    ("days", "says"),
    [
        ({"DE": 366}, "365 days in DE"),
        ({"FR": 181}, "180 days in FR"),
        ({"ZZ": 366}, "365 days in ZZ"),
        ({"XX": 90}, "no country XX"),
        ({"DE": 0}, "consent_days"),
        ({"DE": -1}, "consent_days"),
    ],
)
def test_more_than_the_law_of_a_country_allows_is_refused_at_the_start(site, days, says):
    """The start says which country, and how many days are the most."""
    with pytest.raises(DataError, match=says):
        Party.load(site(days) / "registers" / "party.yaml")


@pytest.mark.parametrize(
    ("chosen_", "country", "yes", "no"),
    [
        ({}, "DE", 180, 180),
        ({"DE": 365}, "DE", 365, 365),
        ({"DE": 90}, "DE", 90, 180),
        ({"ZZ": 300}, "ZA", 300, 300),
        ({"ZZ": 300}, "FR", 180, 180),
        ({"ZZ": 300, "DE": 200}, "DE", 200, 200),
        ({"DE": 365}, "ZA", 180, 180),
    ],
)
def test_a_site_shortens_or_lengthens_within_the_law(chosen_, country, yes, no):
    """A country's own figure comes first, its law bounds it, and a no is never asked again before a yes would be."""
    rule = law.validity(country, TODAY, chosen_)
    assert (rule.default_days, rule.refusal_days) == (yes, no)


@pytest.mark.commitment("K10")
@pytest.mark.parametrize("categories", [(), ("analytics",)])
@pytest.mark.parametrize(
    ("days", "longer", "shorter"),
    [
        (89, True, True),
        (90, True, False),
        (179, True, False),
        (181, True, False),
        (364, True, False),
        (366, False, False),
    ],
)
def test_the_cookie_choice_holds_for_the_sites_days(categories, days, longer, shorter):
    """A yes to cookies ends with the site's days; a no is remembered for 180 days at least."""
    on = TODAY + timedelta(days=days)
    for chosen_days, holds in (({"DE": 365}, longer), ({"DE": 90}, shorter)):
        kept = chosen(categories, "DE", TODAY, VERSION, chosen_days).text()
        remembered = holds or (not categories and days < 180)
        assert (parse(kept, on) is not None) == remembered


def test_the_days_of_a_site_ask_nobody_about_cookies_again(site):
    """The question is the same, so its version is."""
    assert Registry.load(site({"DE": 365})).version == Registry.load(data_folder()).version


class TestAYear:
    """A site on which a yes from Germany holds for a year."""

    @pytest.fixture
    def settings(self, make_settings, site):
        return make_settings(data_dir=site({"DE": 365}))

    @pytest.mark.commitment("K10")
    @pytest.mark.parametrize(("days", "status"), [(179, 200), (181, 200), (364, 200), (365, 403), (366, 403)])
    async def test_a_yes_to_storing_holds_a_year_and_not_a_day_longer(self, visitor, answered_long_ago, days, status):
        """The ledger's own end, the gate, and the clock agree."""
        await visitor.begin(YES)
        await answered_long_ago(visitor, YES, days)
        assert (await visitor.say("Do you set up CRM?")).status == status

    @pytest.mark.commitment("K10")
    @pytest.mark.parametrize(("categories", "control"), [(["analytics"], "selected"), ([], "reject_all")])
    async def test_the_cookie_and_its_proof_end_together(self, client, services, categories, control):
        """What the banner is told and what the cookie says is the site's year, for a no as well."""
        question = (await client.get("/v1/cookies")).json()
        body = {"categories": categories, "version": question["version"], "control": control}
        answer = (await client.post("/v1/cookies", json=body, headers=GERMAN)).json()
        assert answer["value"].split(".")[3] == "365"
        async with services.database.reading() as session:
            kept = (await session.exec(select(ConsentEvent))).all()
        assert {(event.valid_until - event.at).days for event in kept} == ({365} if categories else set())
