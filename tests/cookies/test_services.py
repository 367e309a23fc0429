"""Third-party services run only while their papers hold: with the clock, question, script and filter follow."""

import json
import re
import shutil
from datetime import UTC, date, datetime

import pytest
import yaml
from support.busy_site import DATA, KEYS, SERVICE

from chatbot.cli.doctor.finding import Setup, Verdict
from chatbot.cli.doctor.papers import lapsed, papers
from chatbot.cookies import filter as filtering
from chatbot.cookies.choice import chosen
from chatbot.cookies.filter import CookieFilter
from chatbot.cookies.registry import Registry
from chatbot.settings import Settings
from consent.data import DataError
from tests.consent.test_operators import ROW

OWN = {name: SERVICE[name] for name in ("contract", "signed", "expires", "vetted")}
BARE = {name: value for name, value in SERVICE.items() if name not in OWN}
OPERATOR = ROW | {"id": "counter-operator", "hosts": ["counter.example"], "role": "analytics"}


@pytest.fixture
def site(tmp_path):
    """Make a data folder whose one analytics service is as given."""

    def make(service, operators=()):
        folder = tmp_path / "data"
        shutil.copytree(DATA, folder, dirs_exist_ok=True)
        storage = yaml.safe_load((DATA / "registers" / "storage.yaml").read_text(encoding="utf-8"))
        write(folder, "storage", storage | {"keys": [*storage["keys"], *KEYS]})
        write(folder, "site_services", {"services": [service]})
        write(folder, "operators", {"operators": list(operators)})
        return folder

    return make


def write(folder, name, content):
    path = folder / "registers" / f"{name}.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


class Clock(datetime):
    """A clock that stands where a test puts it."""

    at = datetime(2027, 1, 1, tzinfo=UTC)

    @classmethod
    def now(cls, tz=None):
        return cls.at.astimezone(tz)


@pytest.mark.commitment("K15")
@pytest.mark.parametrize(
    ("change", "on", "says"),
    [
        ({}, "2026-01-30", "begins on 2026-01-31"),
        ({}, "2026-01-31", None),
        ({}, "2028-01-31", None),
        ({}, "2028-02-01", "ended on 2028-01-31"),
        ({"vetted": None}, "2026-11-21", "nobody has vetted it"),
        ({"vetted": SERVICE["vetted"] | {"review_by": "2026-11-20"}}, "2026-11-21", "due for review on 2026-11-20"),
    ],
)
def test_a_service_is_offered_only_while_its_contract_and_vetting_hold(site, change, on, says):
    """Outside them the question names neither it nor its cookies, and no key of its counts as registered."""
    folder, day = site(SERVICE | change), date.fromisoformat(on)
    registry = Registry.load(folder)
    category = next(each for each in registry.asked("en").categories(day) if each["id"] == "analytics")
    assert [each["id"] for each in category["services"]] == ([] if says else ["counter"])
    assert [each["key"] for each in category["keys"]] == ["count-pages"] if says else ["_count*", "count-pages"]
    assert registry.standing(day) == ({} if says else {"counter": "analytics"})
    assert (registry.key("_count_id", day) is None) == bool(says)
    assert registry.key("count-pages", day) is not None  # a key of our own does not lapse with the service
    assert [says in finding.message for finding in lapsed(folder, day)] == ([True] if says else [])


@pytest.mark.commitment("K15")
@pytest.mark.parametrize(
    ("change", "stands"),
    [
        ({}, True),
        ({"expires": "2026-11-20"}, False),
        ({"vetted": ROW["vetted"] | {"review_by": "2026-11-20"}}, False),
    ],
)
def test_a_service_of_a_registered_operator_stands_and_falls_with_it(site, change, stands):
    """Its contract, assessment and vetting are those of the operators' register."""
    registry = Registry.load(site(BARE | {"operator": "counter-operator"}, [OPERATOR | change]))
    assert registry.standing(date(2026, 11, 21)) == ({"counter": "analytics"} if stands else {})


@pytest.mark.parametrize(
    ("service", "says"),
    [
        (BARE | {"operator": "nobody"}, "operators.yaml has no nobody"),
        (BARE, "needs an operator, or its own contract"),
        (BARE | {"contract": "DPA-1"}, "needs an operator, or its own contract"),
        (SERVICE | {"operator": "counter-operator"}, "leave its own out"),
        (SERVICE | {"id": "analytics"}, "an id of its own"),
    ],
)
def test_a_service_without_papers_or_with_two_kinds_stops_the_start(site, service, says):
    """The message names the service and what is missing."""
    with pytest.raises(DataError, match=says):
        Registry.load(site(service, [OPERATOR]))


def test_a_renewed_contract_asks_nobody_again(site):
    """Only what people are shown makes a new question; the papers behind it do not."""
    before = Registry.load(site(SERVICE)).version
    assert Registry.load(site(SERVICE | {"expires": "2030-01-31"})).version == before
    assert Registry.load(site(SERVICE | {"country": "US"})).version != before


@pytest.mark.commitment("K15")
@pytest.mark.parametrize(("at", "passed"), [(2027, ["_count_id"]), (2029, [])])
async def test_the_server_drops_the_cookie_of_a_service_whose_contract_is_over(site, monkeypatch, at, passed):
    """A visitor agreed; the clock is moved past the contract's end, and the same cookie is not set any more."""
    monkeypatch.setattr(Clock, "at", datetime(at, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(filtering, "datetime", Clock)
    registry = Registry.load(site(SERVICE))
    value = chosen(["analytics"], "DE", Clock.now(UTC).date(), registry.version).text()
    sent = []

    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"_count_id=1")]})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "headers": [(b"cookie", f"rousora_choices={value}".encode())]}
    await CookieFilter(app, registry)(scope, None, send)
    assert [name.split(b"=")[0].decode() for _, name in sent[0]["headers"]] == passed


@pytest.mark.commitment("K15")
@pytest.mark.parametrize(("change", "standing"), [({}, {"counter": "analytics"}), ({"vetted": None}, {})])
async def test_the_script_is_told_which_services_may_run(site, make_settings, redactor, change, standing):
    """`whenAllowed("counter", …)` rests on this list; the question lists the same."""
    import httpx

    from chatbot.app import build
    from chatbot.start import start

    settings = make_settings(data_dir=site(SERVICE | change))
    made = start(settings, redactor)
    transport = httpx.ASGITransport(app=build(settings, made))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        script = (await client.get("/cookies.js")).text
        asked = (await client.get("/v1/cookies")).json()["categories"]
    await made.database.close()
    served = json.loads(re.search(r"const served = .*?\((\{.*?\})\);", script)[1])
    assert served["services"] == standing
    assert [each["id"] for category in asked for each in category["services"]] == list(standing)


def test_the_doctor_names_what_has_lapsed_and_how_to_mend_it(site, tmp_path):
    """One finding for the service, a warning, because the site works without it."""
    folder = site(SERVICE | {"expires": "2026-02-01"})
    [finding] = papers(Setup({}, "127.0.0.1", 1, Settings(var_dir=tmp_path / "var", data_dir=folder)))
    assert finding.verdict is Verdict.WARNING
    assert "counter is not offered: the contract DPA-1 ended on 2026-02-01" in finding.message
    assert "site_services.yaml" in finding.mend
