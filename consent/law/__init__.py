"""Law as data: dated rows with a source and a check date; code asks here and repeats no number.

    ages()        from which age somebody may consent alone      ages.yaml
    due()         until when a request must be answered          deadlines.yaml, holidays.yaml
    validity()    how long a yes and a no hold                   validity.yaml
    authority()   where to complain                              authorities.yaml
    breach()      whom to tell of a breach, how soon             breaches.yaml
    adequate()    where data may go without more                 adequacy.yaml
    cookies()     what needs a yes before it is kept             cookies.yaml
    duty()        what else the law asks, and whom it protects   duties.yaml
    form()        which form is prescribed, and its fields       forms.yaml

Adding or changing a fact is a new row in a YAML file of this folder. An unknown country gets the strictest rule.
"""

from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from consent.data import DataError, parse, read
from consent.law.ages import AgeFile, AgeRow, Ages
from consent.law.deadlines import Due, Request, due
from consent.law.duties import Duty, duty, form
from consent.law.rows import ANYWHERE, Dated
from consent.law.rules import adequate, authority, breach, cookies, validity

__all__ = [
    "ELSEWHERE",
    "AgeRow",
    "Ages",
    "Dated",
    "Due",
    "Duty",
    "Request",
    "adequate",
    "ages",
    "authority",
    "breach",
    "cookies",
    "countries",
    "country_or_elsewhere",
    "due",
    "duty",
    "form",
    "validity",
    "where",
]

ELSEWHERE = ANYWHERE
_FOLDER = Path(__file__).parent


@cache
def age_file() -> AgeFile:
    """Return ``ages.yaml``, read and checked once."""
    return read(_FOLDER / "ages.yaml", AgeFile)


@lru_cache(maxsize=64)
def ages(as_of: date) -> Ages:
    """Return the ages of consent in force on a day."""
    return Ages(as_of, age_file())


@cache
def countries() -> dict[str, dict[str, str]]:
    """Return every country code with its name by language; the last is ``ZZ``, elsewhere."""
    names: dict[str, dict[str, str]] = parse(_FOLDER / "countries.yaml")
    languages = set(names[ELSEWHERE])
    if wrong := [code for code, row in names.items() if set(row) != languages or not all(row.values())]:
        raise DataError(f"countries.yaml: a name is missing for {', '.join(wrong)}")
    return names


@lru_cache(maxsize=16)
def where(wanted: Duty, as_of: date) -> frozenset[str]:
    """Return the countries whose law makes something a duty on a day."""
    return frozenset(code for code in countries() if duty(code, wanted, as_of).holds)


def country_or_elsewhere(code: str) -> str:
    """Return a known code in capitals, and ``ZZ`` for anything else, so that unknown is strictest."""
    return code.upper() if code.upper() in countries() else ELSEWHERE
