"""How far each purpose reaches: what today's register may not say, and what it says about words and advertising."""

import pytest
import yaml

from consent import signals
from consent.data import DataError
from consent.gate import Gate
from consent.purposes import CONVERSATION, RECIPIENTS, Basis, Objection, Purposes
from tests.consent.conftest import DATA

FILE = DATA / "registers" / "purposes.yaml"
ADVERTISING = {"mail"}


@pytest.fixture
def edited(tmp_path):
    """Read the register with one row changed."""

    def load(purpose, **change):
        raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
        row = next(row for row in raw["purposes"] if row["id"] == purpose)
        row.update(change)
        path = tmp_path / "purposes.yaml"
        path.write_text(yaml.safe_dump(raw), encoding="utf-8")
        return Purposes.load(path)

    return load


def reached(row, classes=CONVERSATION):
    """Give who may receive these classes of data for a purpose."""
    return {one for data in classes & row.uses.keys() for one in row.uses[data]}


@pytest.mark.commitment("L4", "U15")
@pytest.mark.parametrize(
    ("purpose", "change", "complaint"),
    [
        ("service", {"uses": {"message": ["release_gate"]}}, "service: contract does not reach release_gate"),
        ("service", {"uses": {"contact": ["mail"]}}, "service: contract does not reach mail"),
        ("service", {"uses": {"metrics": ["log"]}}, "service: contract does not reach log"),
        ("safety", {"uses": {"message": ["agent"]}}, "safety: vital_interests does not reach agent"),
        ("improve", {"uses": {"message": ["partner"]}}, "improve: nobody is called partner"),
        ("marketing", {"uses": {"message": ["mail"]}}, "marketing: no word of a conversation goes to mail"),
        ("security", {"uses": {"reply": ["log"]}}, "security: no word of a conversation goes to log"),
        ("statistics", {"objection": None}, "statistics: say what an objection does"),
        ("store", {"objection": "at_once"}, "store: say what an objection does"),
    ],
)
def test_a_register_that_reaches_too_far_stops_the_start(edited, purpose, change, complaint):
    """A contract is no way to analytics or advertising, nobody unlisted receives anything, objections are said."""
    with pytest.raises(DataError, match=f"purposes.yaml: .*{complaint}"):
        edited(purpose, **change)


def test_words_kept_for_improving_reach_the_release_check_and_nothing_else(purposes):
    """Only `improve` reaches the release check, only with a yes, and it reaches nothing else."""
    gate, row = Gate(purposes), purposes.get("improve")
    assert (row.basis, reached(row), row.minors) == (Basis.CONSENT, {"release_gate"}, False)
    others = [each for each in purposes.purposes if each.id != "improve"]
    assert not any("release_gate" in allowed for each in others for allowed in each.uses.values())
    for data in row.uses:
        assert not gate.may("improve", data, "release_gate", {"store": True})
        assert gate.may("improve", data, "release_gate", {"improve": True})
        assert not gate.may("improve", data, "release_gate", {"improve": True}, minor=True)


@pytest.mark.commitment("U13")
def test_no_word_of_a_conversation_reaches_advertising_and_neither_do_minors(purposes):
    """What reaches mail is an address and wishes that somebody gave for it; messages and replies never do."""
    for row in purposes.purposes:
        assert not reached(row) & ADVERTISING, row.id
    mailed = [row for row in purposes.purposes if any(ADVERTISING & set(each) for each in row.uses.values())]
    assert {row.id for row in mailed} == {"updates", "marketing"}
    assert not any(row.minors or row.basis is not Basis.CONSENT for row in mailed)
    assert {data for row in mailed for data in row.uses} <= {"contact", "preferences"}


@pytest.mark.commitment("U13")
@pytest.mark.parametrize("header", ["Sec-GPC", "DNT"])
def test_a_signal_of_the_browser_keeps_advertising_off_until_an_explicit_yes(header):
    """Without an answer the signal is a no; a later explicit yes wins, and nothing else does."""
    seen = signals.read([(header, "1")])
    assert signals.effective({}, seen, ["marketing"]) == {"marketing": False}
    assert signals.effective({"marketing": True}, seen, ["marketing"]) == {"marketing": True}
    assert signals.effective({}, signals.read([(header, "0")]), ["marketing"]) == {}


@pytest.mark.commitment("U15")
def test_every_recipient_is_on_the_closed_list_and_none_is_a_partner(purposes):
    """Nobody who is not on the list receives anything; who is outside this house is in the operators' register."""
    every = {one for row in purposes.purposes for allowed in row.uses.values() for one in allowed}
    assert every <= RECIPIENTS
    assert not [one for one in RECIPIENTS if "partner" in one or "advert" in one or "broker" in one]


@pytest.mark.commitment("L6")
def test_everything_on_our_interest_names_its_balancing_test_and_what_an_objection_does(purposes):
    """Each row on legitimate interest links its test; counting stops at once, security is weighed by an officer."""
    rows = {row.id: row for row in purposes.purposes if row.basis is Basis.LEGITIMATE_INTEREST}
    assert all(row.balancing for row in rows.values())
    assert {name: row.objection for name, row in rows.items()} == {
        "security": Objection.REVIEWED,
        "statistics": Objection.AT_ONCE,
    }


def test_an_objection_shuts_its_purpose_and_touches_no_other(purposes):
    """The gate refuses what was objected to; consent and contract are not objected to."""
    gate = Gate(purposes)
    assert gate.may("statistics", "metrics", "log", {})
    assert gate.may("statistics", "metrics", "log", {}, objected={"statistics"}).reason == "objected"
    assert gate.may("security", "metrics", "log", {}, objected={"statistics"})
    assert gate.may("service", "message", "memory", {}, objected={"service"})
