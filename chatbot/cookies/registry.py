"""The register of everything that the site keeps on a device, and the words in which it asks.

    data/registers/storage.yaml         every cookie and storage key: purpose, category, lifetime, where
    data/registers/site_services.yaml   every third-party service: recipient, country, contract (services.py)
    data/cookies/{language}.yaml        the words of the banner

All three make one version: a changed key, service or word is asked about again. A service whose contract or vetting
has lapsed is not asked about, its script does not run, and its cookies count as unknown.
"""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field

from chatbot.cookies.services import ByLanguage, Service, ServicesFile, Text
from consent.data import DataError, Row, digest, read
from consent.operators import Register
from consent.party import Party

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Category = Literal["necessary", "functional", "analytics", "marketing"]
NECESSARY = "necessary"
OPTIONAL = ("functional", "analytics", "marketing")
ADULTS_ONLY = ("analytics", "marketing")
"""What profiles or advertises exists for nobody under age, whatever anyone ticked."""
PURPOSE = "cookies_"
"""What the ledger's purposes begin with: `cookies_analytics` is a yes to analytics on the site."""
DEFAULT_LANGUAGE = "en"


class Key(Row):
    """One thing kept on a device. A name may end in `*`; 0 days means until the tab or the browser is closed."""

    key: Annotated[str, Field(pattern=r"^[\w.-]+\*?$")]
    where: Literal["cookie", "localStorage", "sessionStorage"]
    category: Category
    days: Annotated[int, Field(ge=0, le=400)]
    service: str = ""
    purpose: ByLanguage

    def matches(self, name: str) -> bool:
        """Whether a name on the device is this key."""
        return name.startswith(self.key[:-1]) if self.key.endswith("*") else name == self.key


class StorageFile(Row):
    """`storage.yaml`."""

    updated: date
    keys: tuple[Key, ...]


class Titled(Row):
    """A category's name and what it is for."""

    title: Text
    text: Text


class Words(Row):
    """The banner in one language."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    title: Text
    text: Text
    policy: Text
    accept: Text
    reject: Text
    choose: Text
    save: Text
    close: Text
    settings: Text
    saved: Text
    until: Annotated[str, Field(pattern=r"\{date\}")]
    unused: Text
    days: Annotated[str, Field(pattern=r"\{days\}")]
    until_closed: Text
    table: dict[Literal["key", "purpose", "lifetime", "service"], Text]
    categories: dict[Category, Titled]


class Registry(BaseModel):
    """Everything registered, checked as a whole."""

    updated: date
    keys: tuple[Key, ...]
    services: tuple[Service, ...]
    words: dict[str, Words]
    operators: Register
    valid_days: dict[str, int] = {}
    """For how many days a yes holds on this site, by country, where the law's default is not taken."""

    @classmethod
    def load(cls, data: Path) -> Registry:
        """Read the three parts; raises DataError when one is wrong or they do not fit together."""
        operators = Register.load(data / "registers" / "operators.yaml")
        storage = read(data / "registers" / "storage.yaml", StorageFile)
        services = read(data / "registers" / "site_services.yaml", ServicesFile).services
        words = {path.stem: read(path, Words) for path in sorted((data / "cookies").glob("*.yaml"))}
        days = Party.load(data / "registers" / "party.yaml").consent_days
        made = cls(
            updated=storage.updated,
            keys=storage.keys,
            services=services,
            words=words,
            operators=operators,
            valid_days=days,
        )
        made.check()
        return made

    def check(self) -> None:
        """Refuse a text that is missing in a language, a service that is not registered, a category without words."""
        if DEFAULT_LANGUAGE not in self.words:
            raise DataError(f"data/cookies: {DEFAULT_LANGUAGE}.yaml is missing")
        known = self._services()
        for key in self.keys:
            if key.service and known.get(key.service) != key.category:
                raise DataError(f"storage.yaml: {key.key}: no service {key.service} of this category")
        for purpose in [key.purpose for key in self.keys] + [service.purpose for service in self.services]:
            if set(purpose) != set(self.words):
                raise DataError("storage.yaml, site_services.yaml: a purpose needs every language of data/cookies")
        for tag, words in self.words.items():
            if words.language != tag or set(words.categories) != {NECESSARY, *OPTIONAL}:
                raise DataError(f"data/cookies/{tag}.yaml: needs its own language and the four categories")

    def _services(self) -> dict[str, str]:
        """Give each service with its category; raises DataError for one without an id or operator of its own."""
        known: dict[str, str] = {service.id: service.category for service in self.services}
        if len(known) < len(self.services) or known.keys() & {NECESSARY, *OPTIONAL}:
            raise DataError("site_services.yaml: each service needs an id of its own that is no category")
        for service in self.services:
            if service.operator and service.paper(self.operators) is None:
                raise DataError(f"site_services.yaml: {service.id}: operators.yaml has no {service.operator}")
        return known

    @cached_property
    def version(self) -> str:
        """The hash of everything that a visitor is asked about."""
        papers = {"__all__": {"operator", "contract", "signed", "expires", "vetted"}}
        apart: dict[str, Any] = {"updated": True, "operators": True, "valid_days": True, "services": papers}
        return digest(self.model_dump(mode="json", exclude=apart))

    def standing(self, on: date) -> dict[str, str]:
        """Give each service that may run on a day, with its category."""
        return {each.id: each.category for each in self.services if each.lapsed(on, self.operators) is None}

    def key(self, name: str, on: date) -> Key | None:
        """Find what is registered under a name on a day; what belongs to a lapsed service is not."""
        return next((key for key in self.keys if key.matches(name) and self.offers(key, on)), None)

    def offers(self, key: Key, on: date | None) -> bool:
        """Whether a key may be set on a day: it is our own, or its service may run. None asks about no day."""
        return on is None or not key.service or key.service in self.standing(on)

    def asked(self, language: str | None) -> Asked:
        """Give what is asked in a language, English where there is none."""
        return Asked(self, self.words.get((language or "")[:2], self.words[DEFAULT_LANGUAGE]))


class Asked:
    """The question as it is shown in one language; what the ledger keeps the hash of."""

    def __init__(self, registry: Registry, words: Words) -> None:
        self.registry, self.words = registry, words
        self.version, self.language = registry.version, words.language
        self.valid_days = registry.valid_days

    def text_sha256(self, purpose: str) -> str:
        """Return the SHA-256, in hex, of the words shown for a purpose of the ledger."""
        shown = self.words.categories[purpose.removeprefix(PURPOSE)]  # type: ignore[index]
        return hashlib.sha256(f"{shown.title}\n{shown.text}".encode()).hexdigest()

    def lifetime(self, key: Key) -> str:
        """Say how long something is kept."""
        return self.words.days.format(days=key.days) if key.days else self.words.until_closed

    def categories(self, on: date | None = None) -> list[dict[str, Any]]:
        """Give each category with its words, keys and services: those in force on a day, or all there are."""
        return [self._category(category, on) for category in (NECESSARY, *OPTIONAL)]

    def _category(self, category: str, on: date | None) -> dict[str, Any]:
        shown = self.words.categories[category]  # type: ignore[index]
        keys = [key for key in self.registry.keys if key.category == category and self.registry.offers(key, on)]
        services = [each for each in self.registry.services if each.category == category]
        if on is not None:
            services = [each for each in services if each.id in self.registry.standing(on)]
        return {
            "id": category,
            "title": shown.title,
            "text": shown.text,
            "required": category == NECESSARY,
            "keys": [self._key(key) for key in keys],
            "services": [self._service(each) for each in services],
        }

    def _key(self, key: Key) -> Mapping[str, str]:
        return {
            "key": key.key,
            "where": key.where,
            "purpose": key.purpose[self.language],
            "lifetime": self.lifetime(key),
            "service": key.service,
        }

    def _service(self, service: Service) -> Mapping[str, str]:
        return {
            "id": service.id,
            "name": service.name,
            "recipient": service.recipient,
            "country": service.country,
            "privacy": service.privacy,
            "purpose": service.purpose[self.language],
        }
