"""Number plates."""

from __future__ import annotations

import pytest

CASES = [
    ("my car is CA 203-881", "ZA_LICENSE_PLATE", "CA 203-881"),
    ("ND 123-456", "ZA_LICENSE_PLATE", "ND 123-456"),
    ("ABC 123 GP", "ZA_LICENSE_PLATE", "ABC 123 GP"),
    ("abc 123 gp", "ZA_LICENSE_PLATE", "abc 123 gp"),
    ("BB 12 CD GP", "ZA_LICENSE_PLATE", "BB 12 CD GP"),
    ("bb12cdgp is my plate", "ZA_LICENSE_PLATE", "bb12cdgp"),
    ("KZN 456 EC", "ZA_LICENSE_PLATE", "KZN 456 EC"),
    ("nommerplaat CY 45678", "ZA_LICENSE_PLATE", "CY 45678"),
    ("B-MW 1234", "DE_KFZ", "B-MW 1234"),
    ("Kennzeichen m ab 123", "DE_KFZ", "m ab 123"),
    ("M-AB 123E", "DE_KFZ", "M-AB 123E"),
    ("reg AB12 CDE", "UK_VEHICLE_REGISTRATION", "AB12 CDE"),
    ("number plate 7XYZ123", "LICENSE_PLATE", "7XYZ123"),
]
QUIET = [
    "I parked 2 cars",
    "my car is 5 years old",
    "registration takes 3 minutes",
    "B2B and B2C in Q3",
    "a car for 2 people",
    "we have 20 vehicles in GP",
]


@pytest.mark.parametrize(("text", "kind", "value"), CASES)
def test_plates_are_found(found, text, kind, value):
    assert (kind, value) in found(text)


@pytest.mark.parametrize("text", QUIET)
def test_talk_about_cars_stays(found, text):
    assert found(text) == set()
