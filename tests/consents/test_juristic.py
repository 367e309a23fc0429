"""A company writes: the same questions, choices, and rights; the receipt says which law protects it as what."""

import uuid

import pytest
from sqlmodel import select

from chatbot.storage.tables import Subject

pytestmark = pytest.mark.commitment("D1")
COMPANY = {"subject_type": "juristic"}


async def receipt(visitor):
    return (await visitor.client.get("/v1/me/consents/receipt", headers=visitor.headers)).json()


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (COMPANY | {"country": "ZA"}, ("juristic person", True, 'POPIA s.1 "personal information"')),
        (COMPANY | {"country": "DE"}, ("juristic person", False, "GDPR Recital 14, and the rule found elsewhere")),
        ({"country": "ZA"}, ("natural person", True, 'POPIA s.1 "personal information"')),
        ({"country": "DE"}, ("natural person", True, "GDPR Recital 14, and the rule found elsewhere")),
    ],
)
@pytest.mark.parametrize("consents", [{"store": True}, {}])
async def test_the_receipt_says_who_agreed_and_which_law_protects_them(visitor, answers, told, consents):
    """For stored conversations and for those of which nothing is kept here."""
    await visitor.begin(consents, **answers)
    said = (await receipt(visitor))["pii_principal_type"]
    assert (said["type"], said["protected_by_law"], said["law"]) == told


async def test_the_notice_says_where_a_company_is_asked_and_names_what_the_register_mentions(services, client):
    """The law's rows decide it; every purpose, class of data and recipient has a name in the notice's language."""
    said = (await client.get("/v1/notice?language=de")).json()
    assert [row["code"] for row in said["countries"] if row["juristic"]] == ["ZA"]
    rows = services.notices.best("de").purposes.purposes
    assert set(said["terms"]["purposes"]) == {row.id for row in rows}
    assert set(said["terms"]["data"]) == {each for row in rows for each in row.uses}
    assert said["terms"]["recipients"]["release_gate"] == "die Freigabeprüfung für anonymisierte Daten"


async def test_a_company_is_kept_as_a_subject_of_its_own_kind(services, visitor):
    """The subject's row says juristic; a person's says natural."""
    await visitor.begin({"store": True}, **COMPANY)
    await visitor.begin({"store": True})
    async with services.database.reading() as session:
        assert sorted(each.subject_type for each in await session.exec(select(Subject))) == ["juristic", "natural"]


@pytest.mark.parametrize("country", ["ZA", "DE"])
async def test_a_company_has_the_same_choices_and_rights_everywhere(visitor, services, country):
    """It withdraws, sees its history, and erases, whether its law asks for it or not."""
    await visitor.begin({"store": True, "improve": True}, country=country, **COMPANY)
    version = services.notices.version
    changed = await visitor.client.put(
        "/v1/me/consents",
        json={"consents": {"improve": False}, "notice_version": version},
        headers=visitor.headers,
    )
    assert (changed.json()["consents"]["improve"], changed.json()["subject_type"]) == (False, "juristic")
    visitor.token = changed.json()["token"]
    assert (await receipt(visitor))["pii_principal_type"]["type"] == "juristic person"
    history = (await visitor.client.get("/v1/me/consents/history", headers=visitor.headers)).json()
    assert {event["source"] for event in history["events"]} == {"chat"}
    erased = await visitor.client.delete("/v1/me", headers=visitor.headers)
    assert erased.json()["erased"] is True


async def test_who_writes_for_a_company_is_asked_for_their_age_all_the_same(visitor):
    """A child on behalf of a company still needs a guardian."""
    begun = await visitor.begin({"store": True}, country="ZA", born="2014-01", **COMPANY)
    assert begun.json()["state"] == "guardian_required"


async def test_what_is_neither_is_refused_and_a_repeat_as_somebody_else_too(visitor, services):
    """The kind of a subject is a closed list, and one idempotency key begins one conversation."""
    wrong = await visitor.begin({"store": True}, subject_type="spirit")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_request")
    assert "spirit" not in wrong.text
    body = {
        "country": "ZA",
        "born": "1990-05",
        "consents": {"store": True},
        "notice_version": services.notices.version,
    }
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = await visitor.client.post("/v1/sessions", json=body | COMPANY, headers=headers)
    again = await visitor.client.post("/v1/sessions", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 409)


@pytest.mark.commitment("D3")
@pytest.mark.parametrize("consents", [{"store": True}, {}])
async def test_every_receipt_names_responsible_party_officer_and_representative(visitor, services, consents):
    """As the register has them."""
    await visitor.begin(consents)
    party = services.notices.best("en").party
    [controller] = (await receipt(visitor))["pii_controllers"]
    assert controller["party_name"] == party.name
    assert controller["party_contact"] == party.information_officer.email
    assert controller["information_officer"] == party.information_officer.name
    assert party.eu_representative.email in controller["eu_representative"]
