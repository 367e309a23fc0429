"""The vault: the same value is the same placeholder, and the sealed form opens only for its owner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.errors import VaultError
from pii.vault import Vault

KEY, CONTEXT = bytes(range(32)), b"session-1"

SAME = [
    ("EMAIL_ADDRESS", "Thandi@Gmail.com", "thandi@gmail.com"),
    ("EMAIL_ADDRESS", "thandi at gmail dot com", "thandi@gmail.com"),
    ("EMAIL_ADDRESS", "thandi [at] gmail [dot] com", "thandi @ gmail . com"),
    ("PHONE_NUMBER", "082 555 1234", "+27 82 555 1234"),
    ("PHONE_NUMBER", "+27(0)82-555-1234", "0825551234"),
    ("PHONE_NUMBER", "0027825551234", "27 82 555 1234"),
    ("PERSON", "Jane  Doe", "JANE DOE"),
    ("PERSON", "jane\ndoe", "Jane Doe"),
    ("STREET_ADDRESS", "12 Main Rd, Rivonia", "12 main rd Rivonia"),
    ("CREDIT_CARD", "4111 1111 1111 1111", "4111-1111-1111-1111"),
    ("IBAN_CODE", "de89 3704 0044", "DE8937040044"),
    ("PERSON", "Th\u200bandi", "Thandi"),
]
DIFFERENT = [
    ("PASSWORD", "Hunter2", "hunter2"),
    ("PHONE_NUMBER", "082 555 1234", "082 555 1235"),
    ("PERSON", "Jane", "Jane Doe"),
    ("EMAIL_ADDRESS", "a@x.co", "a@x.com"),
]


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_spellings_of_one_value_share_a_placeholder(kind, one, other):
    vault = Vault()
    assert vault.placeholder_for(kind, one) == vault.placeholder_for(kind, other) == f"<{kind}_1>"
    assert vault.value_of(f"<{kind}_1>") == one


@pytest.mark.parametrize(("kind", "one", "other"), DIFFERENT)
def test_different_values_do_not(kind, one, other):
    vault = Vault()
    assert vault.placeholder_for(kind, one) != vault.placeholder_for(kind, other)


def test_placeholders_are_numbered_within_their_kind():
    vault = Vault()
    given = [
        vault.placeholder_for(*each) for each in (("PERSON", "A"), ("PIN", "1"), ("PERSON", "B"), ("PERSON", "A"))
    ]
    assert given == ["<PERSON_1>", "<PIN_1>", "<PERSON_2>", "<PERSON_1>"]
    assert len(vault) == 3


def test_only_what_was_found_for_sure_is_looked_for_again_and_sealing_keeps_that():
    vault = Vault()
    vault.placeholder_for("PERSON", "Jane", sure=False)
    vault.placeholder_for("PERSON", "Thandi")
    for each in (vault, vault.copy(), Vault.open(vault.seal(KEY, CONTEXT), KEY, CONTEXT)):
        assert [span[:2] for span in each.known().find("jane, thandi")] == [(6, 12)]
    vault.placeholder_for("PERSON", "Jane")
    assert len(list(vault.known().find("jane, thandi"))) == 2


def test_an_exact_spelling_can_be_asked_for():
    vault = Vault()
    vault.placeholder_for("PERSON", "jane doe")
    assert vault.placeholder_for("PERSON", "Jane Doe", exact=True) == "<PERSON_2>"
    assert vault.placeholder_for("PERSON", "jane doe", exact=True) == "<PERSON_1>"


@given(st.lists(st.tuples(st.sampled_from(["PERSON", "PHONE_NUMBER", "PASSWORD"]), st.text(min_size=1))))
def test_a_sealed_vault_opens_the_same(values):
    vault = Vault()
    for kind, value in values:
        vault.placeholder_for(kind, value)
    opened = Vault.open(vault.seal(KEY, CONTEXT), KEY, CONTEXT)
    assert opened.entries() == vault.entries()
    assert [opened.placeholder_for(*each) for each in values] == [vault.placeholder_for(*each) for each in values]
    assert opened.placeholder_for("PERSON", "Somebody Else Entirely") == vault.placeholder_for(
        "PERSON", "Somebody Else Entirely"
    )


def test_sealing_twice_never_gives_the_same_bytes_and_never_shows_a_value():
    vault = Vault()
    vault.placeholder_for("PERSON", "Siyabonga")
    one, two = vault.seal(KEY, CONTEXT), vault.seal(KEY, CONTEXT)
    assert one != two
    assert b"Siyabonga" not in one + two
    assert "Siyabonga" not in repr(vault)


def test_a_tampered_or_foreign_vault_stays_shut_and_says_nothing():
    vault = Vault()
    vault.placeholder_for("PERSON", "Siyabonga")
    sealed = vault.seal(KEY, CONTEXT)
    flipped = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
    wrong = [
        (each, KEY, CONTEXT) for each in (*flipped, sealed[:-1], sealed + b"x", b"", b"PV1", b"PV2" + sealed[3:])
    ]
    for arguments in (*wrong, (sealed, bytes(32), CONTEXT), (sealed, KEY, b"session-2"), (sealed, b"short", CONTEXT)):
        with pytest.raises(VaultError) as caught:
            Vault.open(*arguments)
        assert (
            "Siyabonga"
            not in f"{caught.value!r}{caught.value.__context__ if not caught.value.__suppress_context__ else ''}"
        )


def test_a_copy_is_independent_and_can_be_adopted():
    vault = Vault()
    vault.placeholder_for("PERSON", "Jane")
    copy = vault.copy()
    copy.placeholder_for("PERSON", "Thandi")
    assert (len(vault), len(copy)) == (1, 2)
    vault.adopt(copy)
    assert vault.entries() == copy.entries()
