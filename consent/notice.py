"""The notice: what a visitor reads before anything is asked, in every language, under one version.

The words are data (``data/notices/<language>.yaml``); names, numbers and lists are filled in from the registers, so
that what is shown cannot drift from what the gate enforces. The version is the hash of every word in every language
and of the register of purposes: any change of either asks every visitor again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from unicodedata import normalize

from consent import law
from consent.data import DataError, check, digest
from consent.party import Party
from consent.purposes import Purpose, Purposes
from consent.wording import FALLBACK, Facts, Titled, Wording, load_strings, load_wording


@dataclass(frozen=True)
class Activity:
    """A purpose as the privacy page prints it: every figure and name is from the register."""

    id: str
    title: str
    text: str
    basis: str
    data: tuple[str, ...]
    recipients: tuple[str, ...]
    retention_days: int
    hard_limit_days: int


@dataclass(frozen=True)
class Notice:
    """The notice in one language; ``version`` is shared by all languages."""

    version: str
    words: Wording
    purposes: Purposes = field(repr=False)
    party: Party = field(repr=False)
    strings: Mapping[str, str] = field(repr=False)

    @property
    def language(self) -> str:
        """The language tag of these words."""
        return self.words.language

    @property
    def valid_days(self) -> Mapping[str, int]:
        """For how many days a yes holds on this site, by country, where the law's default is not taken."""
        return self.party.consent_days

    def asked(self, *, abroad: bool) -> tuple[tuple[Purpose, Titled], ...]:
        """Return the purposes that are asked for in the chat, with their words."""
        return tuple((row, self.words.purposes[row.id]) for row in self.purposes.asked(abroad=abroad))

    def subscribing(self) -> tuple[tuple[Purpose, Titled], ...]:
        """Return the purposes that somebody who subscribes by e-mail is asked for, with their words."""
        return tuple((row, self.words.purposes[row.id]) for row in self.purposes.subscribing())

    def text_sha256(self, purpose: str) -> str:
        """Return the hash of the exact words about a purpose, asked for or not, in this language."""
        return digest(self.titled(purpose).model_dump())

    def titled(self, purpose: str) -> Titled:
        """Return the title and the sentence of a purpose, asked for or not."""
        return self.words.purposes.get(purpose) or self.words.activities[purpose]

    def message(self, state: str) -> str:
        """Return what to say for a state of the gate, such as ``ephemeral``."""
        return str(getattr(self.words.messages, state))

    def countries(self) -> list[tuple[str, str]]:
        """Return ``(code, name)`` by name in this language, "elsewhere" last."""
        names = {code: row[self.language] for code, row in law.countries().items()}
        elsewhere = names.pop(law.ELSEWHERE)
        ordered = sorted(names.items(), key=lambda item: _plain(item[1]))
        return [*ordered, (law.ELSEWHERE, elsewhere)]

    def activities(self) -> tuple[Activity, ...]:
        """Return every active purpose, asked for or not, as the privacy page prints it."""
        return tuple(self._activity(purpose) for purpose in self.purposes.purposes if purpose.active)

    def _activity(self, purpose: Purpose) -> Activity:
        words, terms = self.titled(purpose.id), self.words.terms
        recipients = dict.fromkeys(one for allowed in purpose.uses.values() for one in allowed)
        return Activity(
            id=purpose.id,
            title=words.title,
            text=words.text,
            basis=terms.basis[purpose.basis],
            data=tuple(terms.data[one] for one in purpose.uses),
            recipients=tuple(terms.recipients[one] for one in recipients),
            retention_days=purpose.retention_days,
            hard_limit_days=purpose.hard_limit_days,
        )


@dataclass(frozen=True)
class Notices:
    """The notice in every language, ready to show; ``version`` is their common content hash."""

    version: str
    by_language: Mapping[str, Notice]
    content: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def load(
        cls, folder: Path, purposes: Purposes, party: Party, *, model: str = "", model_country: str = ""
    ) -> Self:
        """Read and fill every language of a folder; ``model`` is the name of the provider abroad, if any.

        Raises ``DataError`` when a language misses a text, names something unknown, or is only half there.
        """
        facts = Facts(purposes, party, model, model_country)
        files = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
        if FALLBACK not in files:
            raise DataError(f"{FALLBACK}.yaml is missing: it is the language of last resort")
        words = {tag: load_wording(path, tag, facts) for tag, path in files.items()}
        content = _content(words, purposes, party)
        version = version_of(content)
        strings = load_strings(folder / "strings", set(files))
        notices = {tag: Notice(version, words[tag], purposes, party, strings[tag]) for tag in words}
        return cls(version, notices, content)

    @classmethod
    def restore(cls, content: Mapping[str, Any], strings: Mapping[str, Mapping[str, str]]) -> Self:
        """Return the notice whose archived ``content`` this is, with today's strings of the widget.

        Raises ``DataError`` when the content is not that of a notice.
        """
        purposes, party = (
            check(content["purposes"], Purposes, "purposes"),
            check(content["party"], Party, "party"),
        )
        words = {tag: check(raw, Wording, tag) for tag, raw in content["words"].items()}
        version = version_of(content)
        notices = {
            tag: Notice(version, words[tag], purposes, party, strings.get(tag, strings[FALLBACK])) for tag in words
        }
        return cls(version, notices, content)

    def best(self, *tags: str | None) -> Notice:
        """Return the first wanted language that exists (``de-AT`` finds ``de``), else English."""
        wanted = (tag.split("-")[0].strip().lower() for tag in tags if tag)
        return self.by_language[next((tag for tag in wanted if tag in self.by_language), FALLBACK)]


def version_of(content: Mapping[str, Any]) -> str:
    """Return the version that names this content: 32 hex digits of its hash."""
    return digest(content)[:32]


def _content(words: Mapping[str, Wording], purposes: Purposes, party: Party) -> dict[str, Any]:
    """Return everything that the version covers, as plain data; the widget's strings are not part of it."""
    return {
        "words": {tag: wording.model_dump(mode="json") for tag, wording in words.items()},
        "purposes": purposes.model_dump(mode="json"),
        "party": party.model_dump(mode="json"),
    }


def _plain(name: str) -> str:
    return normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
