"""The South African rule pack, a test for each section that it rests on; the data says where each was read."""

from datetime import date, timedelta

import pytest

from consent import law, ledger
from consent.age import Birth, judge
from consent.gate import Gate, Reason, State
from consent.law.duties import duties, forms
from consent.ledger import Circumstances, LedgerError
from consent.purposes import Asked, Basis
from consent.transfers import Mechanism
from tests.consent.conftest import NOON
from tests.consent.test_transfers import ruling

TODAY = date(2026, 11, 21)
pytestmark = pytest.mark.commitment("P3")


def test_section_1_protects_companies_like_people():
    """The duty holds in South Africa from the day on which the Act was in force, and is no duty elsewhere."""
    assert law.duty("ZA", law.Duty.JURISTIC_PERSONS, TODAY).holds
    assert not law.duty("DE", law.Duty.JURISTIC_PERSONS, TODAY).holds
    assert not law.duty("ZA", law.Duty.JURISTIC_PERSONS, date(2021, 6, 30)).holds


async def test_section_11_puts_the_burden_of_proof_on_us(session, subject, notices):
    """Each yes carries words, control, actor, law, and time; without the control that was pressed there is no yes."""
    assert law.duty("ZA", law.Duty.PROOF_OF_CONSENT, TODAY).law == "POPIA s.11(2)(a)"
    how = Circumstances(notices.best("en"), "ZA", "widget:choices")
    [event] = await ledger.record(session, subject, {"store": True}, how, now=NOON)
    assert event.text_sha256 == notices.best("en").text_sha256("store")
    assert (event.control, event.actor, event.source, event.jurisdiction, event.at) == (
        "widget:choices", "visitor", "chat", "ZA", NOON,
    )  # fmt: skip
    assert await ledger.verify(session, subject) == 1
    with pytest.raises(LedgerError):
        Circumstances(notices.best("en"), "ZA", "")


async def test_section_11_lets_consent_be_withdrawn_without_undoing_what_was_lawful(session, subject, notices):
    """After the withdrawal nothing stands; the moment before still shows the yes that it rested on."""
    assert law.duty("ZA", law.Duty.WITHDRAWAL, TODAY).law == "POPIA s.11(2)(b)"
    how = Circumstances(notices.best("en"), "ZA", "widget:choices")
    await ledger.record(session, subject, {"store": True}, how, now=NOON)
    await ledger.record(session, subject, {"store": False}, how, now=NOON + timedelta(days=9))
    assert (await ledger.standing(session, subject, NOON + timedelta(days=10)))["store"] is False
    assert (await ledger.standing(session, subject, NOON + timedelta(days=8)))["store"] is True


def test_section_11_3_takes_objections_on_form_1_in_any_way_and_free_of_charge():
    """By hand, by message, by telephone; against marketing at once, otherwise within thirty days."""
    form = law.form("ZA", "objection", TODAY)
    assert (form.form, form.free) == ("POPIA Form 1", True)
    assert {"by hand", "sms", "whatsapp", "telephone", "any expedient way"} <= set(form.ways)
    assert {"subject_name", "party_name", "reasons", "signature", "date"} <= set(form.fields)
    assert law.due("ZA", law.Request.MARKETING_OBJECTION, TODAY).by == TODAY


def test_section_22_has_no_threshold_no_figure_and_one_form():
    """Every compromise is told, as soon as reasonably possible, on SCN1 through the portal, to everyone affected."""
    rule, form = law.breach("ZA", TODAY), law.form("ZA", "breach", TODAY)
    assert (rule.hours, rule.threshold, rule.people) == (None, "any", "everyone affected")
    assert (rule.form, form.form) == ("SCN1", "SCN1")
    assert form.ways == ("eServices portal",)
    assert {
        "date_of_incident", "date_of_report", "reason_for_delay", "confirmed_or_alleged", "type_of_incident",
        "categories_of_information", "number_of_subjects", "how_subjects_were_told", "consequences", "measures",
    } <= set(form.fields)  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "received", "by", "extended"),
    [
        ("access", "2026-11-23", "2026-12-23", "2027-01-22"),
        ("access", "2026-11-20", "2026-12-21", "2027-01-19"),  # the thirtieth day is a Sunday
        ("correction", "2026-11-25", "2026-12-28", "2026-12-28"),  # Christmas, Goodwill, Sunday: three closed days
        ("erasure", "2026-11-16", "2026-12-17", "2026-12-17"),  # Day of Reconciliation
        ("correction", "2027-07-10", "2027-08-10", "2027-08-10"),  # Women's Day on a Monday
        ("access", "2023-02-24", "2023-03-27", "2023-04-25"),
    ],
)
def test_sections_23_to_25_count_thirty_days_and_move_a_closed_last_day(request_, received, by, extended):
    """Calendar days; only a last day on a Sunday or public holiday moves, to the next open one (PAIA ss.56-57)."""
    due = law.due("ZA", law.Request(request_), date.fromisoformat(received))
    assert (due.by.isoformat(), due.extended.isoformat()) == (by, extended)


@pytest.mark.parametrize(
    ("use", "form", "free", "field"),
    [
        ("access", "PAIA Form 2", False, "form_of_access"),
        ("correction", "POPIA Form 2", True, "wanted"),
        ("erasure", "POPIA Form 2", True, "wanted"),
        ("marketing", "POPIA Form 4", True, "goods_or_services"),
        ("complaint", "POPIA Form 5", True, "relief"),
    ],
)
def test_each_prescribed_form_is_known_with_its_fields(use, form, free, field):
    """The form's name, whether it costs anything, and a field that only this form has."""
    found = law.form("ZA", use, TODAY)
    assert (found.form, found.free) == (form, free)
    assert field in found.fields
    assert {"signature", "date"} <= set(found.fields)
    assert law.form("DE", use, TODAY) is None


@pytest.mark.parametrize(("born", "adult"), [("2008-10", True), ("2008-11", False), ("2009-01", False)])
def test_sections_34_and_35_need_a_competent_person_until_18(purposes, born, adult):
    """Whatever a child agrees to, a guardian is asked first; the month of birth is read in the child's favour."""
    age = judge("ZA", Birth.parse(born, TODAY), TODAY)
    admission = Gate(purposes).admit(age, {"store": True}, "v", "v")
    assert age.adult is adult
    assert admission.state is (State.STORED if adult else State.GUARDIAN_REQUIRED)
    assert bool(admission.granted) is adult


def test_section_57_keeps_a_childs_information_from_going_abroad(purposes):
    """Nobody has the Regulator's authorisation here, so neither the gate nor the transfer rule lets it out."""
    assert law.duty("ZA", law.Duty.PRIOR_AUTHORISATION, TODAY).law == "POPIA s.57(1)(d)"
    agreed = {"transfer": True}
    decision = Gate(purposes).may("transfer", "message", "model_abroad", agreed, minor=True)
    assert (decision.allowed, decision.reason) == (False, Reason.MINOR)
    assert Gate(purposes).may("transfer", "message", "model_abroad", agreed)
    assert ruling(minor=True, safeguard="consent", consented=True).mechanism is Mechanism.MINOR


def test_section_69_needs_a_written_yes_before_any_marketing(purposes):
    """The purpose rests on consent, is off until somebody says yes, and silence opens nothing."""
    assert law.duty("ZA", law.Duty.MARKETING_OPT_IN, TODAY).holds
    marketing = purposes.get("marketing")
    assert (marketing.basis, marketing.default) == (Basis.CONSENT, False)
    assert marketing.asked is not Asked.NEVER
    [data] = [name for name, recipients in marketing.uses.items() if "mail" in recipients][:1]
    for standing, allowed in (({}, False), ({"marketing": False}, False), ({"marketing": True}, True)):
        assert bool(Gate(purposes).may("marketing", data, "mail", standing)) is allowed


def test_section_71_gives_a_person_to_whom_a_decision_can_be_taken(notices):
    """The right is on every notice, and the review has a last day."""
    assert law.duty("ZA", law.Duty.AUTOMATED_DECISIONS, TODAY).law == "POPIA s.71"
    assert all("human_review" in notice.words.rights for notice in notices.by_language.values())
    assert law.due("ZA", law.Request.HUMAN_REVIEW, TODAY).by == date(2026, 12, 21)


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({"safeguard": "bcr"}, True),
        ({"safeguard": "dpa"}, True),
        ({"safeguard": "consent", "consented": True}, True),
        ({"safeguard": "consent"}, False),
        ({"safeguard": "adequacy"}, False),  # no country is adequate by a South African decision
        ({"safeguard": "home"}, False),
    ],
)
def test_section_72_lets_information_abroad_only_under_one_of_its_grounds(changes, allowed):
    """Binding rules, an agreement, or consent; nothing else that our registers know."""
    assert law.duty("ZA", law.Duty.TRANSFERS, TODAY).law == "POPIA s.72"
    assert ruling("ZA", **changes).allowed is allowed


def test_section_74_complaints_go_to_the_regulator():
    """Form 5, through the portal of the authority that every South African visitor is shown."""
    assert law.authority("ZA", TODAY).name == "Information Regulator"
    assert law.form("ZA", "complaint", TODAY).law.startswith("POPIA s.74")


def test_every_duty_and_form_says_which_law_since_when_and_where_it_was_read():
    """For every country there is, so that nothing unknown is shown without a source."""
    for country in law.countries():
        for row in [*duties(country, TODAY).values(), *forms(country, TODAY).values()]:
            assert row.law
            assert row.source
            assert row.since <= row.checked_on <= TODAY
    assert set(forms("ZA", TODAY)) == {
        "access", "breach", "complaint", "correction", "erasure", "marketing", "objection",
    }  # fmt: skip
    with pytest.raises(LookupError):
        law.duty("DE", law.Duty.TRANSFERS, date(1999, 1, 1))
