"""Channels through which information may come in: a closed register, and no opening without the papers."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from chatbot.channels import section
from consent import ledger
from consent.data import DataError, check, digest
from consent.sources import THIRD_PARTY, Source, SourceDenied, Sources, own_channels, part, stamp
from consent.tables import ConsentEvent
from tests.consent.conftest import NOON

DATA = Path(__file__).resolve().parents[2] / "data" / "registers" / "sources.yaml"
TODAY = date(2026, 11, 21)
BASIS = {"id": "LB-2026-014", "law": "public register", "since": "2026-01-01", "until": "2026-12-31"}
PAPERS = {
    "provider": "Example Partner Ltd",
    "provenance": "REC-7",
    "contract": "DPA-1",
    "consent_proof": "CP-3",
    "scopes": ["public_profile"],
    "legal_bases": [BASIS],
}


def register(**channels):
    """Give the real register with some channels changed."""
    raw = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    raw["sources"] = [row | channels.get(row["id"], {}) for row in raw["sources"]]
    return check(raw, Sources, "sources.yaml")


@pytest.mark.commitment("H10", "H13")
@pytest.mark.commitment("H9", "H11", part="the source")
def test_every_channel_of_others_is_closed_by_default():
    """What our own pages and people give is open, what partners would give is not."""
    rows = Sources.load(DATA).sources
    assert {row.id for row in rows if not row.open} == THIRD_PARTY
    for source in THIRD_PARTY:
        with pytest.raises(SourceDenied, match="is closed"):
            Sources.load(DATA).check(stamp(source), TODAY)


@pytest.mark.commitment("H10", "H13")
@pytest.mark.commitment("H9", "H11", part="the source")
@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("crm", ["provider", "provenance", "contract"]),
        ("payment", ["provider", "provenance", "contract"]),
        ("advertising", ["provider", "provenance", "consent_proof"]),
        ("social", ["provider", "provenance", "consent_proof", "scopes"]),
        ("enrichment", ["provider", "provenance", "legal_bases"]),
    ],
)
def test_a_channel_of_others_opens_only_with_all_of_its_papers(source, needed):
    """Each paper alone is missed by name, and with all of them the channel opens."""
    papers = {name: PAPERS[name] for name in needed}
    for name in needed:
        lacking = {key: value for key, value in papers.items() if key != name}
        with pytest.raises(DataError, match=f"{source}: cannot be open without {name}$"):
            register(**{source: {"open": True} | lacking})
    opened = register(**{source: {"open": True} | papers})
    opened.check(stamp(Source(source), BASIS["id"] if source == "enrichment" else ""), TODAY)


@pytest.mark.commitment("H13")
@pytest.mark.parametrize(
    ("basis", "on", "passes"),
    [
        ("LB-2026-014", "2026-01-01", True),
        ("LB-2026-014", "2026-12-31", True),
        ("LB-2026-014", "2027-01-01", False),
        ("LB-2026-014", "2025-12-31", False),
        ("LB-2026-015", "2026-06-01", False),
        ("", "2026-06-01", False),
    ],
)
def test_each_lookup_names_a_registered_legal_basis_that_is_in_force(basis, on, passes):
    """An open enrichment channel lets no record in without the ground for this very lookup."""
    opened = register(enrichment={"open": True} | {name: PAPERS[name] for name in ("provider", "provenance")} | {
        "legal_bases": [BASIS]
    })  # fmt: skip
    if passes:
        opened.check(stamp(Source.ENRICHMENT, basis), date.fromisoformat(on))
    else:
        with pytest.raises(SourceDenied, match="legal basis"):
            opened.check(stamp(Source.ENRICHMENT, basis), date.fromisoformat(on))


@pytest.mark.parametrize("wrong", [None, "", "fax", "CHAT", "chat ", 7, "enrichmentLB-1"])
def test_what_is_no_channel_is_refused_and_not_repeated(wrong):
    """The refusal says where to look and never what was sent."""
    with pytest.raises(SourceDenied) as caught:
        part(wrong)
    assert "sources.yaml" in str(caught.value)
    assert "fax" not in str(caught.value)


def test_a_channel_of_people_takes_no_legal_basis():
    """A ground for a lookup on a chat record is a mistake, with and without the register."""
    with pytest.raises(SourceDenied):
        Sources.load(DATA).check("chat:LB-1", TODAY)
    with pytest.raises(SourceDenied):
        own_channels("chat:LB-1", TODAY)


@pytest.mark.parametrize("source", list(Source))
def test_without_a_register_only_our_own_channels_are_open(source):
    """A command that reads no register can still not let a partner's data in."""
    if source in THIRD_PARTY:
        with pytest.raises(SourceDenied):
            own_channels(source.value, TODAY)
    else:
        own_channels(source.value, TODAY)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda raw: raw["sources"].pop(), "needs each channel once"),
        (lambda raw: raw["sources"].append(raw["sources"][0]), "needs each channel once"),
        (lambda raw: raw["sources"][0].update(id="fax"), "id"),
        (lambda raw: raw["sources"][0].update(opened=True), "opened"),
        (lambda raw: raw["sources"][0]["text"].pop("de"), "same languages"),
    ],
)
def test_a_wrong_register_stops_the_start(change, says):
    """A channel that is missing, doubled, unknown or half translated is named."""
    raw = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    change(raw)
    with pytest.raises(DataError, match=says):
        check(raw, Sources, "sources.yaml")


@pytest.mark.commitment("H9", part="the source")
def test_the_policy_says_from_whom_each_open_channel_brings_what():
    """With the CRM opened, the privacy policy names its provider and what it brings (GDPR Art. 14)."""
    opened = register(crm={"open": True, "provider": "Example CRM", "provenance": "REC-7", "contract": "DPA-1"})
    assert "| CRM and ERP systems | Example CRM | What a connected business system already holds" in section(opened)
    closed = section(Sources.load(DATA))
    assert "Example CRM" not in closed
    assert re.search(r"Nothing reaches us through: .*CRM and ERP systems", closed)


def an_event(**given):
    """Give an event of consent as the ledger chains it."""
    values = {
        "id": "e" * 32, "subject_id": "s" * 32, "seq": 1, "purpose": "store", "granted": True, "event_type": "given",
        "notice_version": "v", "language": "en", "text_sha256": "t", "control": "c", "method": "explicit_click",
        "actor": "visitor", "jurisdiction": "ZA", "valid_until": NOON, "at": NOON, "previous": "", "digest": "",
    }  # fmt: skip
    return ConsentEvent(**(values | given))


def test_events_of_before_keep_their_digest_and_a_channel_cannot_be_taken_off_or_changed():
    """A row without a channel chains as it did when there was none; with one, the channel is part of the proof."""
    old = an_event(source=None)
    content = old.model_dump(exclude={"previous", "digest", "at", "valid_until", "source"})
    assert ledger.chained(old, "p") == digest(["p", content, [NOON.isoformat(), NOON.isoformat()]])
    digests = {ledger.chained(an_event(source=source), "p") for source in (None, "chat", "cookies")}
    assert len(digests) == 3
