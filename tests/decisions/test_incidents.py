"""Incidents: what they touch, whose clocks run, and a lost key that is noticed."""

import json
import secrets
from datetime import UTC, datetime, timedelta

import pytest

from chatbot.cli.doctor.finding import Setup, Verdict
from chatbot.cli.doctor.keys import keys
from chatbot.consents import auditing
from chatbot.decisions import prints
from chatbot.decisions.incidents import STREAM
from chatbot.settings import Settings, data_folder
from chatbot.storage.tables.guardians import Incident
from consent.audit import check as check_chain
from consent.data import DataError, check
from consent.incidents import Kinds, clocks

KINDS = Kinds.load(data_folder() / "registers" / "incidents.yaml")
AWARE = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.mark.commitment("D12")
@pytest.mark.parametrize(
    ("kind", "flags"),
    [
        ("key_lost", (False, False, True)),
        ("data_lost", (False, False, True)),
        ("key_exposed", (True, True, False)),
        ("data_altered", (False, True, False)),
        ("unauthorised_access", (True, False, False)),
        ("disclosed_wrongly", (True, False, False)),
        ("operator_breach", (True, False, False)),
        ("child_found", (False, False, False)),
    ],
)
async def test_each_kind_sets_its_flags_on_the_record(officer, every, services, kind, flags):
    """Confidentiality, integrity, availability: on the row, as the register says."""
    assert services
    shown = json.loads(await officer("incident", "open", "--kind", kind, "--officer", "officer-1", "--json"))
    (row,) = await every(Incident)
    assert (row.confidentiality, row.integrity, row.availability) == flags
    assert shown[0]["breach"] is any(flags)
    assert (row.opened_by, row.status) == ("officer-1", "open")


@pytest.mark.commitment("D12")
@pytest.mark.parametrize("kind", ["key_lost", "data_lost"])
def test_the_loss_of_a_key_or_of_data_counts_as_a_breach(kind):
    """Clocks run although nobody else has it; a register that says otherwise does not load."""
    assert clocks(KINDS.get(kind), ["ZA"], AWARE)
    rows = [row.model_dump() for row in KINDS.kinds]
    harmless = [row | {"availability": False} if row["id"] == kind else row for row in rows]
    with pytest.raises(DataError, match="loss counts"):
        check({"kinds": harmless}, Kinds, "incidents.yaml")


def test_a_register_without_a_needed_kind_or_authority_does_not_load():
    """A kind that is missing would be an incident that cannot be opened."""
    rows = [row.model_dump() for row in KINDS.kinds]
    with pytest.raises(DataError, match="missing: key_lost"):
        check({"kinds": [row for row in rows if row["id"] != "key_lost"]}, Kinds, "incidents.yaml")
    silent = [row | {"tell": ["officer"]} if row["id"] == "unauthorised_access" else row for row in rows]
    with pytest.raises(DataError, match="told to the authority"):
        check({"kinds": silent}, Kinds, "incidents.yaml")


@pytest.mark.commitment("D12")
def test_the_clocks_are_the_laws_of_each_country():
    """South Africa: at once and every compromise; the Union: 72 hours; unknown: the strictest."""
    made = {clock.country: clock for clock in clocks(KINDS.get("key_lost"), ["DE", "ZA", "BR"], AWARE)}
    assert made["DE"].by == AWARE + timedelta(hours=72)
    assert made["DE"].rule.threshold == "risk"
    assert (made["ZA"].by, made["ZA"].rule.threshold, made["ZA"].rule.form) == (None, "any", "SCN1")
    assert (made["BR"].by, made["BR"].rule.threshold) == (None, "any")
    assert [clock.country for clock in clocks(KINDS.get("key_lost"), ["DE", "ZA"], AWARE)] == ["ZA", "DE"]
    assert clocks(KINDS.get("child_found"), ["ZA"], AWARE) == ()


async def test_opening_names_the_authorities_of_everybody_who_is_kept(visitor, officer):
    """The home country and the visitors' countries, counted from when somebody knew."""
    await visitor.begin({"store": True}, country="FR")
    aware = "2026-11-20T08:00:00"
    said = await officer(
        "incident", "open", "--kind", "data_lost", "--officer", "officer-1", "--aware", aware, "--json"
    )
    running = {clock["country"]: clock["by"] for clock in json.loads(said)[0]["clocks"]}
    assert running == {"ZA": "as soon as reasonably possible", "FR": "2026-11-23T08:00:00+00:00"}
    plain = await officer("incident", "list", "--open")
    assert "ZA: tell by as soon as reasonably possible" in plain
    assert "GDPR Art. 33-34" in plain


async def test_an_incident_is_closed_once_and_all_of_it_is_chained(officer, services, every):
    """Opened by whom, closed by whom; the audit log holds it together."""
    opened = await officer("incident", "open", "--kind", "key_lost", "--officer", "officer-1", "--json")
    identity = json.loads(opened)[0]["id"]
    await officer("incident", "close", identity, "--officer", "officer-2")
    assert "No incident of this id is open" in await officer(
        "incident", "close", identity, "--officer", "officer-2", code=1
    )
    (row,) = await every(Incident)
    assert (row.status, row.closed_by) == ("closed", "officer-2")
    async with services.database.reading() as session:
        entries = await auditing.read(session, STREAM)
    check_chain(entries)
    assert [(entry.fact.actor, entry.fact.reason) for entry in entries] == [
        ("officer-1", "opened_key_lost"),
        ("officer-2", "closed"),
    ]
    assert "There is no incident" in await officer("incident", "list", "--open")


async def test_an_incident_of_a_kind_that_is_gone_is_still_listed_with_its_clocks(services, officer):
    """A register that was tidied hides nothing that happened."""
    now = datetime.now(UTC)
    async with services.database.transaction() as session:
        row = Incident(id="a" * 32, kind="leak", status="open", confidentiality=True, opened_at=now, countries=["DE"])
        session.add(row)
    (shown,) = json.loads(await officer("incident", "list", "--json"))["rows"]
    assert (shown["kind"], shown["touches"], len(shown["clocks"])) == ("leak", ["confidentiality"], 1)


async def test_an_unknown_kind_and_a_day_to_come_are_refused(officer, services):
    """With the kinds there are."""
    assert services
    said = await officer("incident", "open", "--kind", "oops", "--officer", "officer-1", code=1)
    assert "choose one of child_found, key_lost" in said
    to_come = ("--kind", "key_lost", "--aware", "2999-01-01")
    assert "before now" in await officer("incident", "open", "--officer", "officer-1", *to_come, code=2)


@pytest.fixture
def diagnosis(settings):
    """Let the doctor look at the secret; in a thread, for it runs an event loop of its own."""
    import asyncio

    async def look(**changed):
        given = Settings(_env_file=None, var_dir=settings.var_dir, **changed)
        (found,) = await asyncio.to_thread(lambda: list(keys(Setup({}, "127.0.0.1", 1, given))))
        return found.verdict, f"{found.message} {found.mend}"

    return look


@pytest.mark.commitment("D12")
async def test_the_doctor_notices_a_secret_that_was_replaced(visitor, settings, diagnosis, officer, services):
    """What was sealed under the old one opens no more: said, and how to put it on record."""
    await visitor.begin({"store": True})
    await visitor.say("my mail is jane@mail.example")
    assert (await diagnosis())[0] is Verdict.OK
    (settings.var_dir / "secret.key").write_bytes(secrets.token_bytes(32))
    verdict, said = await diagnosis()
    assert verdict is Verdict.FAILED
    assert "1 conversations were sealed under another secret" in said
    assert "incident open --kind key_lost" in said
    await prints.remember(services.database, settings.server_secret(), datetime.now(UTC))
    assert (await diagnosis())[0] is Verdict.FAILED, "a start with the new secret does not hide it"
    await officer("incident", "open", "--kind", "key_lost", "--officer", "officer-1")
    assert (await diagnosis())[0] is Verdict.WARNING


async def test_the_doctor_notices_a_secret_that_is_gone_and_makes_none(visitor, settings, diagnosis):
    """Looking changes nothing."""
    await visitor.begin({"store": True})
    await visitor.say("my mail is jane@mail.example")
    (settings.var_dir / "secret.key").unlink()
    assert (await diagnosis())[0] is Verdict.FAILED
    assert not (settings.var_dir / "secret.key").exists()


async def test_a_secret_that_was_changed_before_anything_was_kept_loses_nothing(services, settings, diagnosis):
    """No vault, no breach."""
    (settings.var_dir / "secret.key").write_bytes(secrets.token_bytes(32))
    assert services
    assert (await diagnosis())[0] is Verdict.OK


async def test_a_country_is_a_code_and_nothing_else_stays_on_record(officer, every):
    """A name or a typing mistake is refused before the incident is opened."""
    for wrong in ("Jane Doe", "DEU", "QQ"):
        said = await officer(
            "incident", "open", "--kind", "data_lost", "--officer", "officer-1", "--country", wrong, code=2
        )
        assert "ISO 3166" in said
    assert await every(Incident) == []
    await officer("incident", "open", "--kind", "data_lost", "--officer", "officer-1", "--country", "de")
    assert [row.countries for row in await every(Incident)] == [["DE", "ZA"]]
