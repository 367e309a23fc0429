"""The register of operators: complete or no start, in force or no connection."""

from datetime import date, timedelta

import pytest

from consent.data import DataError, check
from consent.operators import OperatorExpired, OperatorMissing, Register
from tests.consent.conftest import DATA

ON = date(2026, 11, 21)
ROW = {
    "id": "example-model",
    "name": "Example Models Ltd",
    "hosts": ["api.models.example", "eu.models.example"],
    "country": "US",
    "role": "model",
    "data_classes": ["message", "reply"],
    "contract": "DPA-2026-014",
    "signed": "2026-02-01",
    "expires": "2028-01-31",
    "breach_notice_hours": 24,
    "safeguard": "scc",
    "scc": {"module": 2, "dated": "2026-02-01", "sha256": "0" * 64},
    "tia": {
        "dated": "2026-02-01",
        "review_by": "2027-02-01",
        "law": "US surveillance law",
        "data": "questions without personal details",
        "measures": "redaction before sending",
    },
    "vetted": {"dated": "2026-01-15", "review_by": "2027-03-15", "evidence": "ISO 27001 certificate 123"},
    "sub_operators": ["Example Cloud Inc (US)"],
}


def register(**changes) -> Register:
    return check({"operators": [ROW | changes]}, Register, "operators.yaml")


@pytest.mark.commitment("D5")
def test_a_registered_host_names_its_operator():
    for host in ("api.models.example", "EU.models.example", "api.models.example."):
        operator = register().for_host(host, ON, data_class="message")
        assert (operator.id, operator.country, operator.contract) == ("example-model", "US", "DPA-2026-014")


@pytest.mark.parametrize(
    "host",
    [
        *("models.example", "api.models.example.evil.example", "xapi.models.example", ""),
        *("10.0.0.1", "169.254.169.254", "2130706433", "192.168.0.1"),
    ],
)
def test_an_unknown_host_is_refused_and_the_message_says_how_to_mend_it(host):
    with pytest.raises(OperatorMissing, match=r"operators\.yaml; enter its contract"):
        register().for_host(host, ON)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "localhost", "LOCALHOST", "::1", "[::1]"])
def test_the_own_machine_needs_no_row_and_is_at_home(host):
    own = register().for_host(host, ON, data_class="message")
    assert (own.id, own.country) == ("own-machine", "ZA")
    assert not register().abroad(own)


def test_data_that_is_not_registered_for_an_operator_is_refused():
    with pytest.raises(OperatorMissing, match="example-model is not registered to receive contact"):
        register().for_host("api.models.example", ON, data_class="contact")


@pytest.mark.commitment("S7", "X11")
@pytest.mark.parametrize(
    ("on", "reason"),
    [
        (date(2026, 1, 31), "begins on 2026-02-01"),
        (date(2026, 2, 1), None),
        (date(2027, 2, 1), None),
        (date(2027, 2, 2), "transfer assessment was due for review on 2027-02-01"),
        (date(2028, 2, 1), "ended on 2028-01-31"),
    ],
)
def test_a_contract_opens_on_its_first_day_and_shuts_after_its_last(on, reason):
    if reason is None:
        assert register().for_host("api.models.example", on).id == "example-model"
    else:
        with pytest.raises(OperatorExpired, match=reason):
            register().for_host("api.models.example", on)


@pytest.mark.commitment("R4", "T7")
def test_a_vetting_that_is_due_shuts_the_door():
    reviewed = ROW["tia"] | {"review_by": "2028-01-01"}
    due = date(2027, 3, 15)
    assert register(tia=reviewed).for_host("api.models.example", due)
    with pytest.raises(OperatorExpired, match="vetting was due for review on 2027-03-15"):
        register(tia=reviewed).for_host("api.models.example", due + timedelta(days=1))


@pytest.mark.commitment("D5", "T2", "T3", "T8")
@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"contract": ""}, "contract"),
        ({"country": "usa"}, "country"),
        ({"hosts": ["*.models.example"]}, "hosts"),
        ({"hosts": ["https://api.models.example"]}, "hosts"),
        ({"expires": None}, "expires"),
        ({"expires": "2026-01-01"}, "expires before it is signed"),
        ({"breach_notice_hours": 100}, "breach_notice_hours"),
        ({"safeguard": "trust"}, "safeguard"),
        ({"scc": None}, "needs the clauses under scc"),
        ({"scc": ROW["scc"] | {"sha256": "abc"}}, "sha256"),
        ({"tia": None}, "needs a transfer assessment"),
        ({"safeguard": "dpa", "tia": None}, "needs a transfer assessment"),
        ({"safeguard": "consent", "tia": None}, "needs a transfer assessment"),
        ({"vetted": None}, "say under vetted why"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_an_incomplete_row_stops_the_start(changes, complaint):
    with pytest.raises(DataError, match=f"operators.yaml: .*{complaint}"):
        register(**changes)


def test_a_host_belongs_to_one_operator():
    twin = ROW | {"id": "twin"}
    with pytest.raises(DataError, match=r"registered twice: api.models.example"):
        check({"operators": [ROW, twin]}, Register, "operators.yaml")


def test_home_decides_what_is_abroad():
    operator = register().for_host("api.models.example", ON)
    assert register().abroad(operator)
    assert not register().model_copy(update={"home": "US"}).abroad(operator)


def test_the_register_of_this_repository_loads_and_opens_nothing_by_itself():
    ours = Register.load(DATA / "registers" / "operators.yaml", home="ZA")
    with pytest.raises(OperatorMissing):
        ours.for_host("api.openai.com", ON)
