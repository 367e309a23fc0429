"""South African numbers."""

from __future__ import annotations

import pytest

CASES = [
    ("8001015009087", "ZA_ID_NUMBER", "8001015009087"),
    ("my id is 800101 5009 087", "ZA_ID_NUMBER", "800101 5009 087"),
    ("800101\n5009 087", "ZA_ID_NUMBER", "800101\n5009 087"),
    ("800101 5009 08 7", "ZA_ID_NUMBER", "800101 5009 08 7"),
    ("80 01 01 5009 0 8 7", "ZA_ID_NUMBER", "80 01 01 5009 0 8 7"),
    ("id number 8001015009088", "ZA_ID_NUMBER", "8001015009088"),
    ("umazisi wami ngu 8001015009087", "ZA_ID_NUMBER", "8001015009087"),
    ("8001015009087 is my ID", "ZA_ID_NUMBER", "8001015009087"),
    ("passport A12345678", "ZA_PASSPORT", "A12345678"),
    ("my paspoort is M00123456", "ZA_PASSPORT", "M00123456"),
    ("tax number 0001339050", "ZA_INCOME_TAX_NUMBER", "0001339050"),
    ("SARS ref 1234567890", "ZA_INCOME_TAX_NUMBER", "1234567890"),
    ("belastingnommer: 0001339051", "ZA_INCOME_TAX_NUMBER", "0001339051"),
    ("VAT 4123456789", "ZA_VAT_NUMBER", "4123456789"),
    ("BTW-nommer 4 123 456 789", "ZA_VAT_NUMBER", "4 123 456 789"),
    ("2015/123456/07", "ZA_COMPANY_REGISTRATION", "2015/123456/07"),
    ("company reg 201512345607", "ZA_COMPANY_REGISTRATION", "201512345607"),
    ("K2015123456", "ZA_COMPANY_REGISTRATION", "K2015123456"),
    ("reg no 1998/001234/23", "ZA_COMPANY_REGISTRATION", "1998/001234/23"),
    ("my driver's licence is 1234567890AB", "ZA_DRIVER_LICENSE", "1234567890AB"),
    ("rybewys 40560001X7KD", "ZA_DRIVER_LICENSE", "40560001X7KD"),
]
QUIET = [
    "a tax of 15% on R4 500",
    "VAT is 15% since 2018",
    "our company has 120 people",
    "the id field is missing",
    "my passport expires in 2027",
    "in 2015/16 we grew",
]


@pytest.mark.parametrize(("text", "kind", "value"), CASES)
def test_south_african_numbers_are_found(found, text, kind, value):
    assert (kind, value) in found(text)


@pytest.mark.parametrize("text", QUIET)
def test_talk_about_them_stays(found, text):
    assert found(text) == set()


def test_thirteen_digits_that_are_no_identity_number_are_hidden_all_the_same(found):
    assert found("8001015009088") == {("ID_NUMBER", "8001015009088")}
