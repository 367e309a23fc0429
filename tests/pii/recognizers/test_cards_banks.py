"""Cards, IBANs and bank accounts."""

from __future__ import annotations

import pytest

CASES = [
    ("4111111111111111", "CREDIT_CARD", "4111111111111111"),
    ("card 4111 1111 1111 1111", "CREDIT_CARD", "4111 1111 1111 1111"),
    ("5105-1051-0510-5100", "CREDIT_CARD", "5105-1051-0510-5100"),
    ("4111 1111\n1111 1111", "CREDIT_CARD", "4111 1111\n1111 1111"),
    ("DE89 3704 0044\n0532 0130 00", "IBAN_CODE", "DE89 3704 0044\n0532 0130 00"),
    ("amex 3782 822463 10005", "CREDIT_CARD", "3782 822463 10005"),
    ("my card is 4111 1111 1111 1112", "CREDIT_CARD", "4111 1111 1111 1112"),
    ("kaartnommer 4111111111111112", "CREDIT_CARD", "4111111111111112"),
    ("cvv 123", "CVV", "123"),
    ("the security code on the back is 9876", "CVV", "9876"),
    ("exp 04/27", "CARD_EXPIRY", "04/27"),
    ("expiry date: 12/2028", "CARD_EXPIRY", "12/2028"),
    ("GB29 NWBK 6016 1331 9268 19", "IBAN_CODE", "GB29 NWBK 6016 1331 9268 19"),
    ("de89370400440532013000", "IBAN_CODE", "de89370400440532013000"),
    ("iban FR14 2004 1010 0505 0001 3M02 606 thanks", "IBAN_CODE", "FR14 2004 1010 0505 0001 3M02 606"),
    ("my iban is GB30 NWBK 6016 1331 9268 19", "IBAN_CODE", "GB30 NWBK 6016 1331 9268 19"),
    ("NL91ABNA0417164300", "IBAN_CODE", "NL91ABNA0417164300"),
    ("acc 62001234567 branch 250655", "BANK_ACCOUNT", "62001234567"),
    ("acc 62001234567 branch 250655", "BANK_ACCOUNT", "250655"),
    ("my account number is 62001234567", "BANK_ACCOUNT", "62001234567"),
    ("fnb savings 6200 1234 567", "BANK_ACCOUNT", "6200 1234 567"),
    ("rekeningnommer 1234567890, takkode 198765", "BANK_ACCOUNT", "1234567890"),
    ("rekeningnommer 1234567890, takkode 198765", "BANK_ACCOUNT", "198765"),
    ("Kontonummer: 532013000, BLZ 370 400 44", "BANK_ACCOUNT", "532013000"),
    ("Kontonummer: 532013000, BLZ 370 400 44", "BANK_ACCOUNT", "370 400 44"),
    ("sort code 12-34-56", "BANK_ACCOUNT", "12-34-56"),
    ("62001234567 is my account number", "BANK_ACCOUNT", "62001234567"),
    ("routing number 021000021", "BANK_ACCOUNT", "021000021"),
    ("swift FIRNZAJJ", "BANK_ACCOUNT", "FIRNZAJJ"),
]
# Numbers of a shape that is near, and no cue.
OTHERS = [
    ("4111111111111112", "CREDIT_CARD"),
    ("1234567812345670", "CREDIT_CARD"),
    ("GB00 NWBK 6016 1331 9268", "IBAN_CODE"),
    ("ZZ29 NWBK 6016 1331 9268 19", "IBAN_CODE"),
    ("in 62001234567 steps", "BANK_ACCOUNT"),
    ("123", "CVV"),
    ("04/27", "CARD_EXPIRY"),
    ("FIRNZAJJ", "BANK_ACCOUNT"),
]
QUIET = [
    "my card has not arrived after 14 days",
    "I want 2 cards for 3 accounts",
    "the card costs R1 200",
    "transfer £500 to my account",
    "my account was charged 120.50 on 2024-03-01",
    "expires in 2 days",
    "we open 3 bank accounts in 2026",
    "the branch is open 9 to 5",
]


@pytest.mark.parametrize(("text", "kind", "value"), CASES)
def test_cards_and_accounts_are_found(found, text, kind, value):
    assert (kind, value) in found(text)


@pytest.mark.parametrize(("text", "kind"), OTHERS)
def test_a_near_shape_without_a_cue_is_something_else(found, text, kind):
    assert kind not in {each for each, _ in found(text)}


@pytest.mark.parametrize("text", QUIET)
def test_amounts_and_counts_beside_bank_words_stay(found, text):
    assert found(text) == set()


def test_a_valid_card_is_certain_and_a_bank_account_is_an_account(found):
    assert found("pay from 62001234567 at Capitec with card 4111111111111111") == {
        ("BANK_ACCOUNT", "62001234567"),
        ("CREDIT_CARD", "4111111111111111"),
    }
