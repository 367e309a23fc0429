"""Numbers that are never personal."""

from __future__ import annotations

import pytest

from pii.recognizers.plain import plain


@pytest.mark.parametrize(
    "number",
    [
        "R1 200",
        "R250 000",
        "$24.90",
        "49,90 €",
        "10%",
        "1,500 users",
        "14:30",
        "v2.15.0-rc1",
        "12.3.1",
        "2024/2025",
        "2025-03-01",
        "24/7",
        "error 500",
        "RFC 9457",
        "ISO 27001",
        "45 000 rand",
        "20 Tage",
    ],
)
def test_a_price_a_time_or_a_version_is_plain(number):
    text = f"we saw {number} there"
    assert (7, 7 + len(number)) in list(plain(text))


@pytest.mark.parametrize("number", ["12 Main Road", "082 555 1234", "CA 203-881", "8001015009087", "Unit 11", "3941"])
def test_what_may_name_somebody_is_not_plain(number):
    assert list(plain(f"we saw {number} there")) == []
