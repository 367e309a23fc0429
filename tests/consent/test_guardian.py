"""The guardian flow: no way to active round verification, codes a parent can type, evidence without documents."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.guardian import (
    Act,
    Evidence,
    GuardianError,
    Stage,
    advance,
    code_digest,
    invite,
    matches,
    open_steps,
    overdue,
)
from consent.verifiers import EmailPlus, LocalProvider, Seen, SignedForm
from tests.consent.conftest import NOON

WEEK = timedelta(days=7)
GOOD = Evidence("signed_form", verified=True, sha256="0" * 64, at=NOON)
BAD = Evidence("signed_form", verified=False, sha256="0" * 64, at=NOON)


def begun():
    return invite("g1", now=NOON, valid_for=WEEK)[0]


def walk(*acts, now=NOON, evidence=GOOD):
    state = begun()
    for act in acts:
        state = advance(state, act, now=now, evidence=evidence if act is Act.VERIFY else None)
    return state


@given(st.lists(st.sampled_from(list(Act)), max_size=12), st.sampled_from([GOOD, BAD, None]))
def test_there_is_no_path_to_active_without_verified(acts, evidence):
    state, stages = begun(), [Stage.INVITED]
    for act in acts:
        try:
            state = advance(state, act, now=NOON, evidence=evidence)
        except GuardianError:
            continue
        stages.append(state.stage)
    if Stage.ACTIVE in stages:
        assert Stage.VERIFIED in stages[: stages.index(Stage.ACTIVE)]
        assert evidence is GOOD
    assert state.admits == (state.stage is Stage.ACTIVE)


def test_the_straight_way_leads_to_active_and_only_then_admits():
    assert not walk(Act.IDENTIFY, Act.VERIFY).admits
    assert walk(Act.IDENTIFY, Act.VERIFY, Act.CONSENT).admits


@pytest.mark.parametrize("evidence", [None, BAD])
def test_verifying_needs_evidence_that_succeeded(evidence):
    with pytest.raises(GuardianError, match="evidence that succeeded"):
        walk(Act.IDENTIFY, Act.VERIFY, evidence=evidence)


@pytest.mark.parametrize(
    ("acts", "stage"),
    [
        ([Act.IDENTIFY, Act.REJECT], Stage.REFUSED),
        ([Act.IDENTIFY, Act.VERIFY, Act.REFUSE], Stage.REFUSED),
        ([Act.EXPIRE], Stage.EXPIRED),
        ([Act.IDENTIFY, Act.VERIFY, Act.CONSENT, Act.PAUSE], Stage.PAUSED),
        ([Act.IDENTIFY, Act.VERIFY, Act.CONSENT, Act.PAUSE, Act.RESUME], Stage.ACTIVE),
        ([Act.IDENTIFY, Act.VERIFY, Act.CONSENT, Act.REVOKE], Stage.REVOKED),
        ([Act.IDENTIFY, Act.VERIFY, Act.CONSENT, Act.REVOKE, Act.ERASE], Stage.ERASED),
        ([Act.IDENTIFY, Act.VERIFY, Act.CONSENT, Act.FREEZE], Stage.FROZEN),
        ([Act.FREEZE, Act.ERASE], Stage.ERASED),
    ],
)
def test_every_way_out_ends_where_it_should(acts, stage):
    assert walk(*acts).stage is stage


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in {Stage.FROZEN, Stage.ERASED}])
def test_a_child_can_be_frozen_at_every_stage(stage):
    assert Act.FREEZE in open_steps(stage)


def test_nothing_can_be_done_after_erasing_and_the_evidence_is_gone():
    ended = walk(Act.IDENTIFY, Act.VERIFY, Act.CONSENT, Act.REVOKE, Act.ERASE)
    assert not open_steps(Stage.ERASED)
    assert ended.evidence is None
    with pytest.raises(GuardianError, match="not possible while erased"):
        advance(ended, Act.CONSENT, now=NOON)


def test_an_invitation_runs_out():
    assert not overdue(begun(), NOON + WEEK - timedelta(seconds=1))
    assert overdue(begun(), NOON + WEEK)
    with pytest.raises(GuardianError, match="invitation is over"):
        advance(begun(), Act.IDENTIFY, now=NOON + WEEK)
    assert not overdue(walk(Act.IDENTIFY, Act.VERIFY, Act.CONSENT), NOON + 9 * WEEK)


def test_a_code_is_matched_however_a_parent_types_it():
    guardianship, code = invite("g1", now=NOON, valid_for=WEEK)
    assert len(code) == 14
    assert code not in repr(guardianship)
    for typed in (
        code,
        code.lower(),
        code.replace("-", " "),
        code.replace("-", ""),
        code.replace("0", "O").replace("1", "l"),
    ):
        assert matches(guardianship, typed)
    assert not matches(guardianship, code[:-1])
    assert not matches(guardianship, "")
    assert code_digest("O0I1-L") == code_digest("001 11")


def test_codes_do_not_repeat():
    assert len({invite("g", now=NOON, valid_for=WEEK)[1] for _ in range(500)}) == 500


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("confirmations", "verified"),
    [
        ((), False),
        ((NOON,), False),
        ((NOON, NOON + 23 * HOUR), False),
        ((NOON, NOON + 24 * HOUR), True),
        ((NOON + 24 * HOUR, NOON), True),
        ((NOON, NOON + 90 * HOUR), False),
    ],
)
def test_email_plus_needs_a_second_confirmation_after_the_delay(confirmations, verified):
    seen = Seen(b"parent@example.com", confirmations)
    assert EmailPlus().assess(seen, now=NOON + 48 * HOUR).verified is verified


@pytest.mark.parametrize(
    ("document", "reviewer", "approved", "verified"),
    [
        (b"scan", "staff-7", True, True),
        (b"", "staff-7", True, False),
        (b"scan", "", True, False),
        (b"scan", "staff-7", False, False),
    ],
)
def test_a_signed_form_needs_somebody_who_read_it(document, reviewer, approved, verified):
    seen = Seen(document, reviewer=reviewer, approved=approved)
    assert SignedForm().assess(seen, now=NOON).verified is verified


def test_a_provider_is_believed_by_its_signature_only():
    provider = LocalProvider(bytes(32))
    assertion = b'{"guardian": true}'
    assert provider.assess(Seen(assertion, signature=provider.sign(assertion)), now=NOON).verified
    assert not provider.assess(Seen(assertion, signature=b""), now=NOON).verified
    assert not provider.assess(Seen(b"", signature=provider.sign(b"")), now=NOON).verified
    assert not provider.assess(Seen(assertion, signature=LocalProvider(b"1" * 32).sign(assertion)), now=NOON).verified


@pytest.mark.parametrize("verifier", [EmailPlus(), SignedForm(), LocalProvider(bytes(32))])
def test_what_was_seen_leaves_only_an_outcome_and_a_hash(verifier):
    evidence = verifier.assess(Seen(b"parent@example.com", reviewer="staff-7", approved=True), now=NOON)
    assert set(vars(evidence)) == {"method", "verified", "sha256", "at"}
    assert "parent" not in repr(evidence)
