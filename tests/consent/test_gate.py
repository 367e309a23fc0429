"""The gate as a table: who is admitted how, and which data may go where for which purpose."""

import itertools

import pytest

from consent.age import Birth, judge
from consent.data import DataError, check
from consent.gate import Gate, Reason, State
from consent.purposes import Asked, Basis, PurposeError, Purposes
from tests.consent.conftest import NOON

TODAY = NOON.date()
ADULT = judge("DE", Birth.parse("1990-07", TODAY), TODAY)
CHILD = judge("ZA", Birth.parse("2010-07", TODAY), TODAY)
YOUNG = judge("DE", Birth.parse("2009-07", TODAY), TODAY)
CHAT = {"store": True, "improve": True, "personalise": True, "transfer": True}
ALL = CHAT | {"updates": True, "marketing": True}
NONE = dict.fromkeys(CHAT, False)


@pytest.fixture(scope="session")
def gate(purposes) -> Gate:
    return Gate(purposes)


@pytest.mark.commitment("N5")
@pytest.mark.parametrize(
    ("age", "choices", "version", "state"),
    [
        (ADULT, ALL, "now", State.STORED),
        (ADULT, {"store": True}, "now", State.STORED),
        (ADULT, NONE, "now", State.EPHEMERAL),
        (ADULT, {}, "now", State.EPHEMERAL),
        (ADULT, {"improve": True}, "now", State.EPHEMERAL),
        (ADULT, ALL, "old", State.CONSENT_STALE),
        (ADULT, NONE, "old", State.CONSENT_STALE),
        (YOUNG, ALL, "now", State.STORED),
        (YOUNG, NONE, "now", State.EPHEMERAL),
        (CHILD, ALL, "now", State.GUARDIAN_REQUIRED),
        (CHILD, NONE, "now", State.GUARDIAN_REQUIRED),
        (CHILD, ALL, "old", State.GUARDIAN_REQUIRED),
    ],
)
def test_a_visitor_is_admitted_by_age_notice_and_choice(gate, age, choices, version, state):
    admission = gate.admit(age, choices, version, "now")
    assert admission.state is state
    assert admission.admitted == (state in {State.STORED, State.EPHEMERAL})
    assert bool(admission.granted) == admission.admitted


def test_a_site_without_guardians_refuses_who_is_under_age(purposes):
    assert Gate(purposes, guardians=False).admit(CHILD, ALL, "now", "now").state is State.REFUSED


def test_refusing_a_required_purpose_refuses_the_visitor(purposes):
    row = purposes.get("store").model_copy(update={"required": True})
    gate = Gate(Purposes(purposes=(row,)))
    assert gate.admit(ADULT, {"store": False}, "now", "now").state is State.REFUSED
    assert gate.admit(ADULT, {"store": True}, "now", "now").state is State.STORED


def test_only_a_true_yes_counts(gate):
    assert gate.admit(ADULT, {"store": "true"}, "now", "now").state is State.EPHEMERAL


def test_a_purpose_that_was_not_asked_for_is_not_granted(gate):
    assert "transfer" not in gate.admit(ADULT, ALL, "now", "now").granted
    assert gate.admit(ADULT, ALL, "now", "now", abroad=True).granted["transfer"]


@pytest.mark.parametrize("name", ["sale", "service", "security", "", "STORE"])
def test_a_choice_that_is_not_offered_is_an_error(gate, name):
    with pytest.raises(PurposeError) as error:
        gate.admit(ADULT, {name: True}, "now", "now")
    assert not name or name not in str(error.value)


@pytest.mark.commitment("D11", "N12")
def test_a_minor_is_never_profiled_whatever_was_ticked(gate):
    granted = gate.admit(YOUNG, ALL, "now", "now", abroad=True).granted
    assert granted == {**NONE, "store": True}
    for purpose, data, recipient in [
        ("personalise", "message", "memory"),
        ("marketing", "contact", "mail"),
        ("improve", "message", "release_gate"),
        ("transfer", "message", "model_abroad"),
    ]:
        assert gate.may(purpose, data, recipient, ALL).allowed
        assert gate.may(purpose, data, recipient, ALL, minor=True).reason is Reason.MINOR
        assert gate.may(purpose, data, recipient, NONE).reason is Reason.NO_CONSENT


def everything(purposes):
    data = {one for row in purposes.purposes for one in row.uses} | {"birth", "raw_text"}
    recipients = {one for row in purposes.purposes for allowed in row.uses.values() for one in allowed}
    names = [row.id for row in purposes.purposes] + ["sale", "training"]
    return itertools.product(names, sorted(data), sorted(recipients | {"advertiser"}))


@pytest.mark.commitment("U1", "L4")
def test_the_wall_opens_for_exactly_what_the_register_lists(gate, purposes):
    rows = {row.id: row for row in purposes.purposes}
    for purpose, data, recipient in everything(purposes):
        listed = purpose in rows and recipient in rows[purpose].uses.get(data, ())
        assert gate.may(purpose, data, recipient, ALL).allowed == listed, (purpose, data, recipient)


def test_without_a_yes_the_wall_opens_only_for_what_rests_on_another_basis(gate, purposes):
    rows = {row.id: row for row in purposes.purposes}
    for purpose, data, recipient in everything(purposes):
        if gate.may(purpose, data, recipient, {}):
            assert rows[purpose].basis is not Basis.CONSENT


def test_refusing_everything_still_lets_the_service_read_answer_and_fetch_a_person(gate):
    for recipient in ("memory", "model_home", "agent", "sealed_state"):
        assert gate.may("service", "message", recipient, NONE)
    assert not gate.may("service", "message", "database", NONE)


@pytest.mark.commitment("L7")
def test_a_public_task_is_off_until_an_authority_is_named(purposes):
    task = purposes.get("public_task").model_copy(update={"uses": {"message": ("authority",)}})
    assert Gate(Purposes(purposes=(task,))).may("public_task", "message", "authority", {}).reason is Reason.INACTIVE
    named = task.model_copy(update={"authority": "The Information Regulator, order 1 of 2026"})
    assert Gate(Purposes(purposes=(named,))).may("public_task", "message", "authority", {}).allowed


ROW = {
    "id": "extra",
    "basis": "contract",
    "asked": "never",
    "necessity": "needed",
    "uses": {"message": ["memory"]},
    "retention_days": 1,
    "hard_limit_days": 2,
    "minors": True,
}


@pytest.mark.commitment("L1")
@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"basis": None}, "basis"),
        ({"basis": "sale"}, "basis"),
        ({"necessity": ""}, "say why it is necessary"),
        ({"basis": "legitimate_interest"}, "name its balancing test"),
        ({"basis": "consent"}, "consent is asked for"),
        ({"asked": "always"}, "consent is asked for"),
        ({"retention_days": None}, "retention_days"),
        ({"retention_days": 9}, "longer than its hard limit"),
        ({"hard_limit_days": 9999}, "hard_limit_days"),
        ({"default": True}, "default"),
    ],
)
def test_a_purpose_without_basis_reason_or_retention_stops_the_start(change, complaint):
    check({"purposes": [ROW]}, Purposes, "purposes.yaml")
    with pytest.raises(DataError, match=f"purposes.yaml: .*{complaint}"):
        check({"purposes": [ROW | change]}, Purposes, "purposes.yaml")


def test_a_purpose_is_registered_once():
    with pytest.raises(DataError, match="registered twice: extra"):
        check({"purposes": [ROW, ROW]}, Purposes, "purposes.yaml")


def test_every_purpose_is_off_by_default_and_none_is_for_selling(purposes):
    assert not any(row.default or row.required for row in purposes.purposes)
    assert not [row.id for row in purposes.purposes if "sale" in row.id or "sell" in row.id]
    assert [row.id for row in purposes.asked(abroad=False)] == ["store", "improve", "personalise"]
    assert [row.id for row in purposes.subscribing()] == ["updates", "marketing"]
    assert {row.id for row in purposes.purposes if row.asked is Asked.ABROAD} == {"transfer"}
