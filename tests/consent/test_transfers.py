"""Transfers as a table: person's country x operator's country x safeguard x day."""

from datetime import date

import pytest

from consent.data import check
from consent.operators import Register
from consent.transfers import Mechanism, Transfer, judge
from tests.consent.test_operators import ROW

ON = date(2026, 11, 21)


def ruling(subject="ZA", **changes):
    facts = {key: changes.pop(key) for key in ("on", "consented", "minor", "home", "data_class") if key in changes}
    row = check(ROW | changes, type(Register.model_validate({"operators": [ROW]}).operators[0]), "row")
    return judge(
        Transfer(
            **{"subject_country": subject, "operator": row, "data_class": "message", "on": ON, "home": "ZA"} | facts
        )
    )


@pytest.mark.parametrize(
    ("subject", "changes", "mechanism"),
    [
        ("ZA", {"country": "ZA", "safeguard": "home"}, Mechanism.HOME),
        ("DE", {"country": "ZA", "safeguard": "home"}, Mechanism.HOME),
        ("ZA", {"country": "ZA", "safeguard": "dpa"}, Mechanism.SAME_COUNTRY),
        ("DE", {"country": "FR", "safeguard": "adequacy", "home": "DE"}, Mechanism.ADEQUACY),
        ("FR", {"country": "JP", "safeguard": "adequacy", "home": "DE"}, Mechanism.ADEQUACY),
        ("DE", {"country": "FR", "safeguard": "adequacy"}, Mechanism.NO_SAFEGUARD),
        ("ZA", {"country": "FR", "safeguard": "adequacy"}, Mechanism.NO_SAFEGUARD),
        ("DE", {"country": "US", "safeguard": "adequacy", "home": "DE"}, Mechanism.NO_SAFEGUARD),
        ("ZA", {}, Mechanism.SAFEGUARD),
        ("DE", {}, Mechanism.SAFEGUARD),
        ("XX", {}, Mechanism.SAFEGUARD),
        ("ZA", {"safeguard": "dpa"}, Mechanism.SAFEGUARD),
        ("ZA", {"safeguard": "bcr"}, Mechanism.SAFEGUARD),
        ("ZA", {"safeguard": "home"}, Mechanism.NO_SAFEGUARD),
        ("ZA", {"safeguard": "consent"}, Mechanism.NO_SAFEGUARD),
        ("ZA", {"safeguard": "consent", "consented": True}, Mechanism.CONSENT),
        ("ZA", {"data_class": "contact"}, Mechanism.DATA_NOT_REGISTERED),
        ("ZA", {"on": date(2028, 2, 1)}, Mechanism.LAPSED),
        ("ZA", {"on": date(2027, 2, 2)}, Mechanism.LAPSED),
        ("ZA", {"minor": True}, Mechanism.MINOR),
        ("ZA", {"minor": True, "safeguard": "consent", "consented": True}, Mechanism.MINOR),
        ("DE", {"minor": True, "country": "FR", "safeguard": "adequacy", "home": "DE"}, Mechanism.ADEQUACY),
    ],
)
def test_a_transfer_needs_a_mechanism_that_holds_today(subject, changes, mechanism):
    result = ruling(subject, **changes)
    assert result.mechanism is mechanism
    closed = {Mechanism.NO_SAFEGUARD, Mechanism.DATA_NOT_REGISTERED, Mechanism.LAPSED, Mechanism.MINOR}
    assert result.allowed == bool(result) == (mechanism not in closed)


def test_consent_opens_a_border_only_where_no_other_basis_is_registered_and_names_the_country():
    refused = ruling("ZA", safeguard="consent", consented=False)
    given = ruling("ZA", safeguard="consent", consented=True)
    assert (refused.allowed, given.allowed, given.country) == (False, True, "US")
