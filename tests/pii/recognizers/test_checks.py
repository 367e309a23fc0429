"""Checksums: known good values pass, and any single wrong digit fails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.recognizers import checks

GOOD = [
    (checks.luhn, "4111111111111111"),
    (checks.mod97, "GB29NWBK60161331926819"),
    (checks.za_id, "8001015009087"),
    (checks.aba, "021000021"),
    (checks.iso7064_11_10, "136695976"),
    (checks.de_tax_id, "86095742719"),
    (checks.de_social, "15070649C103"),
    (checks.de_health, "A123456780"),
    (checks.nhs, "9434765919"),
    (checks.es_nif, "12345678Z"),
    (checks.nl_bsn, "111222333"),
    (checks.pl_pesel, "44051401359"),
    (checks.be_national, "85073003328"),
    (checks.pt_nif, "123456789"),
    (checks.se_personnummer, "8112289874"),
    (checks.fi_hetu, "131052-308T"),
    (checks.fr_nir, "255081416802538"),
    (checks.it_fiscal, "RSSMRA85T10A562S"),
    (checks.verhoeff, "234567890124"),
    (checks.base58check, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    (checks.bech32, "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
    (checks.mrz, "L01X00T471"),
]


@pytest.mark.parametrize(("check", "value"), GOOD, ids=lambda each: getattr(each, "__name__", ""))
def test_a_real_value_passes(check, value):
    assert check(value)


@pytest.mark.parametrize(("check", "value"), GOOD, ids=lambda each: getattr(each, "__name__", ""))
def test_a_wrong_last_digit_fails(check, value):
    last = value[-1]
    other = chr(ord(last) + 1) if last not in {"9", "Z", "z"} else chr(ord(last) - 1)
    assert not check(value[:-1] + other)


@given(st.text("0123456789", min_size=12, max_size=18), st.integers(0, 17), st.integers(1, 9))
def test_luhn_sees_every_single_wrong_digit(body, place, step):
    value = next(body + str(d) for d in range(10) if checks.luhn(body + str(d)))
    place %= len(value)
    wrong = value[:place] + str((int(value[place]) + step) % 10) + value[place + 1 :]
    assert not checks.luhn(wrong)


@given(st.text("0123456789", min_size=18, max_size=18), st.integers(0, 16))
def test_mod97_sees_two_neighbours_exchanged(body, place):
    value = next(each for c in range(2, 99) if checks.mod97(each := f"DE{c:02d}{body}"))
    place += 4
    swapped = value[:place] + value[place + 1] + value[place] + value[place + 2 :]
    assert checks.mod97(swapped) == (swapped == value)


@given(st.text("0123456789", min_size=11, max_size=11), st.integers(0, 11), st.integers(1, 9))
def test_verhoeff_sees_every_single_wrong_digit(body, place, step):
    value = next(body + str(d) for d in range(10) if checks.verhoeff(body + str(d)))
    wrong = value[:place] + str((int(value[place]) + step) % 10) + value[place + 1 :]
    assert not checks.verhoeff(wrong)


@pytest.mark.parametrize("value", ["8013015009087", "8001325009087", "8001015009387"])
def test_an_identity_number_needs_a_day_and_a_citizenship(value):
    assert not checks.za_id(value)
