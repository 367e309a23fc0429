"""One language's words, read from its file, filled in from the registers, and checked against them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consent import law
from consent.data import DataError, Row, check, parse
from consent.party import Party
from consent.purposes import Asked, Purposes

FALLBACK = "en"
# The eight rights of the policy and the ninth that its definitions imply: GDPR Art. 22, POPIA s.71.
RIGHTS = frozenset(
    [
        "access",
        "correction",
        "erasure",
        "objection",
        "restriction",
        "portability",
        "withdrawal",
        "complaint",
        "human_review",
    ]
)


class Titled(Row):
    """A short title and the sentence that explains it."""

    title: str
    text: str


class AgeQuestion(Row):
    """The neutral question: it names no age and gives no hint of one."""

    label: str
    hint: str
    month: str
    year: str


class CountryQuestion(Row):
    """The question that decides which law protects the visitor."""

    label: str
    hint: str


class Messages(Row):
    """What each outcome of the gate says, kindly, and what happens next."""

    stored: str
    ephemeral: str
    guardian_required: str
    refused: str
    consent_stale: str


class Buttons(Row):
    """The controls under the choices; both ways on are as easy to press."""

    selected: str
    none: str
    notice: str


class Terms(Row):
    """The readable names of what the registers mention by id."""

    provider: str
    another_country: str
    basis: dict[str, str]
    data: dict[str, str]
    recipients: dict[str, str]


class Wording(Row):
    """One language's file, filled in."""

    language: str
    name: str
    label: str
    disclosure: str
    age_question: AgeQuestion
    country: CountryQuestion
    purposes: dict[str, Titled]
    activities: dict[str, Titled]
    rights: dict[str, Titled]
    messages: Messages
    buttons: Buttons
    terms: Terms


@dataclass(frozen=True)
class Facts:
    """What the registers fill into the words."""

    purposes: Purposes
    party: Party
    model: str
    model_country: str

    def names(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return what every text may name, in the language of the file."""
        terms, country = raw.get("terms", {}), law.countries().get(self.model_country, {})
        return {
            "company": self.party.name,
            "support": self.party.support,
            "officer": self.party.information_officer.name,
            "model": self.model or terms.get("provider"),
            "model_country": country.get(raw.get("language", FALLBACK)) or terms.get("another_country"),
        }

    def durations(self) -> dict[str, dict[str, int]]:
        """Return for each purpose how long its data is kept, and the hard limit, in days."""
        return {row.id: {"days": row.retention_days, "limit": row.hard_limit_days} for row in self.purposes.purposes}


def load_wording(path: Path, tag: str, facts: Facts) -> Wording:
    """Return one language filled in; raise ``DataError`` when a text is missing, too many, or unfillable."""
    raw = parse(path)
    names, durations = facts.names(raw), facts.durations()
    try:
        asked = {key: _fill(text, names | durations[key]) for key, text in raw.pop("purposes", {}).items()}
        filled = check(_fill(raw, names) | {"purposes": asked}, Wording, path.name)
    except KeyError as error:
        raise DataError(f"{path.name}: nothing is called {error} in the registers") from error
    _complete(filled, tag, facts.purposes, path.name)
    return filled


def _fill(raw: Any, names: Mapping[str, Any]) -> Any:
    if isinstance(raw, str):
        return raw.format_map(names)
    if isinstance(raw, dict):
        return {key: _fill(value, names) for key, value in raw.items()}
    return raw


def _complete(words: Wording, tag: str, purposes: Purposes, name: str) -> None:
    """Raise ``DataError`` unless the file has exactly the texts that the registers need."""
    if words.language != tag:
        raise DataError(f"{name}: language must be {tag}")
    wrong = {place: wanted ^ set(there) for place, wanted, there in _needed(words, purposes) if wanted ^ set(there)}
    if wrong:
        places = "; ".join(f"{place}: {', '.join(sorted(ids))}" for place, ids in wrong.items())
        raise DataError(f"{name}: differs from the registers in {places}")


def _needed(words: Wording, purposes: Purposes) -> list[tuple[str, set[str], Iterable[str]]]:
    rows, terms = purposes.purposes, words.terms
    asked = {row.id for row in rows if row.asked is not Asked.NEVER}
    recipients = {one for row in rows for allowed in row.uses.values() for one in allowed}
    return [
        ("purposes", asked, words.purposes),
        ("activities", {row.id for row in rows} - asked, words.activities),
        ("rights", set(RIGHTS), words.rights),
        ("terms.basis", {row.basis.value for row in rows}, terms.basis),
        ("terms.data", {one for row in rows for one in row.uses}, terms.data),
        ("terms.recipients", recipients, terms.recipients),
    ]


def load_strings(folder: Path, languages: set[str]) -> dict[str, dict[str, str]]:
    """Return the widget's strings by language; every language must have the same keys."""
    found = {path.stem: parse(path) or {} for path in sorted(folder.glob("*.yaml"))}
    if not found:
        return {tag: {} for tag in languages}
    if missing := languages - found.keys():
        raise DataError(f"strings: no file for {', '.join(sorted(missing))}")
    every = set().union(*found.values())
    for tag, words in found.items():
        if lacking := every - set(words):
            raise DataError(f"strings/{tag}.yaml: missing {', '.join(sorted(lacking))}")
    return found
