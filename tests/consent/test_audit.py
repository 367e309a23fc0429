"""The audit chain: any lost, changed, moved or cut entry is noticed, and nothing personal fits in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consent.audit import GENESIS, AuditError, Fact, Verb, append, check
from tests.consent.conftest import NOON

FACTS = [
    Fact(Verb.COLLECT, "visitor", "s1", "message", "service"),
    Fact(Verb.STORE, "system", "worker-1", "message", "store", recipient="database"),
    Fact(Verb.DENY, "system", "worker-1", "message", "improve", recipient="release_gate", reason="no_consent"),
    Fact(Verb.DESTROY, "visitor", "s1", "message", "store"),
]


@pytest.fixture
def entries():
    chain, last = [], None
    for number, fact in enumerate(FACTS):
        last = append("s1", last, fact, now=NOON + timedelta(minutes=number))
        chain.append(last)
    return chain


def test_a_whole_chain_passes_and_numbers_its_entries(entries):
    check(entries, head=entries[-1].digest)
    assert [entry.number for entry in entries] == [1, 2, 3, 4]
    assert entries[0].previous == GENESIS
    check([])


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize(
    "change",
    [
        {"stream": "s2"},
        {"number": 9},
        {"at": NOON - timedelta(days=1)},
        {"fact": Fact(Verb.USE, "agent", "a7", "reply", "service")},
        {"previous": "1" * 64},
        {"digest": "1" * 64},
    ],
)
def test_a_changed_entry_is_noticed(entries, place, change):
    entries[place] = replace(entries[place], **change)
    with pytest.raises(AuditError, match="breaks at entry"):
        check(entries)


@pytest.mark.parametrize("place", range(3))
def test_a_lost_entry_is_noticed(entries, place):
    del entries[place]
    with pytest.raises(AuditError, match=f"breaks at entry {place + 1}"):
        check(entries)


def test_a_chain_cut_short_is_noticed_by_who_kept_its_head(entries):
    check(entries[:-1])
    with pytest.raises(AuditError, match="cut short"):
        check(entries[:-1], head=entries[-1].digest)


def test_a_moved_entry_is_noticed(entries):
    entries[1], entries[2] = entries[2], entries[1]
    with pytest.raises(AuditError, match="breaks at entry 2"):
        check(entries)


def test_an_entry_continues_its_own_stream_only(entries):
    with pytest.raises(AuditError, match="own stream"):
        append("s2", entries[-1], FACTS[0], now=NOON)


@pytest.mark.parametrize("value", ["jane@example.com", "Jane Doe", "+27 82 555 0101", "1" * 65, "née", "a/b", "a:b"])
@pytest.mark.parametrize("field", ["actor", "reason", "recipient", "data_class"])
def test_nothing_but_ids_fits_into_a_fact(field, value):
    with pytest.raises(AuditError, match=f"mend {field}") as error:
        replace(FACTS[0], **{field: value})
    assert value not in str(error.value)
