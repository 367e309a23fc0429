"""The rights and the authority: for everybody, in every language, by the country named or that of the token."""

import pytest

from consent.wording import RIGHTS


@pytest.mark.parametrize(
    ("country", "address"),
    [
        ("ZA", "https://inforegulator.org.za"),
        ("GB", "https://ico.org.uk"),
        ("FR", "https://www.cnil.fr"),
        ("ZZ", "https://inforegulator.org.za"),
        ("JP", "https://inforegulator.org.za"),
        ("", "https://inforegulator.org.za"),
        ("??", "https://inforegulator.org.za"),
    ],
)
async def test_each_country_has_its_authority_and_every_other_the_responsible_partys(client, country, address):
    found = (await client.get("/v1/rights", params={"country": country})).json()
    assert found["authority"]["url"] == address
    assert {right["id"] for right in found["rights"]} == RIGHTS
    assert "@" in found["officer"]


@pytest.mark.parametrize("language", ["en", "af", "de"])
async def test_the_rights_are_in_the_language_that_is_named(client, services, language):
    """With the very words of the notice."""
    found = (await client.get(f"/v1/rights?language={language}")).json()
    words = services.notices.best(language).words.rights
    assert found["language"] == language
    assert {each["id"]: (each["title"], each["text"]) for each in found["rights"]} == {
        name: (right.title, right.text) for name, right in words.items()
    }


async def test_a_token_knows_its_country(visitor):
    """The visitor need not say it again."""
    await visitor.begin(country="DE")
    found = (await visitor.client.get("/v1/rights", headers=visitor.headers)).json()
    assert found["authority"]["country"] == "DE"


async def test_a_token_that_is_none_is_refused(client):
    """A broken token is not taken for no token."""
    answer = await client.get("/v1/rights", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401
