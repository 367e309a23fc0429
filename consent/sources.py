"""The closed register of channels: through which ways personal information may come in, and what each needs first.

``data/registers/sources.yaml`` is the register. Each kept record names its channel, and for information that is
looked up also the legal basis of that lookup:

    chat                        a channel that is open
    enrichment:LB-2026-014      a lookup, and the legal basis for it

A record of a channel that is closed, unknown, or without its papers in force is refused.
"""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from consent.data import Row, read
from consent.purposes import Id

STAMP_LENGTH = 64
_Text = Annotated[str, Field(min_length=2)]
_Reference = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]{1,39}$")]


class SourceDenied(ValueError):
    """A record comes through a channel that is closed or unknown, or lacks the paper that it needs."""


class Source(StrEnum):
    """Every channel that there is; what is not here cannot come in."""

    CHAT = "chat"
    FORM = "form"
    FEEDBACK = "feedback"
    HANDOFF = "handoff"
    COOKIES = "cookies"
    GUARDIAN = "guardian"
    SUBSCRIPTION = "subscription"
    STAFF = "staff"
    CRM = "crm"
    PAYMENT = "payment"
    ADVERTISING = "advertising"
    SOCIAL = "social"
    ENRICHMENT = "enrichment"


THIRD_PARTY = frozenset({Source.CRM, Source.PAYMENT, Source.ADVERTISING, Source.SOCIAL, Source.ENRICHMENT})
# What must be on paper before a channel of others opens, beside the words that tell people of it (GDPR Art. 14).
_NEEDS: dict[Source, tuple[str, ...]] = {
    Source.CRM: ("provider", "provenance", "contract"),
    Source.PAYMENT: ("provider", "provenance", "contract"),
    Source.ADVERTISING: ("provider", "provenance", "consent_proof"),
    Source.SOCIAL: ("provider", "provenance", "consent_proof", "scopes"),
    Source.ENRICHMENT: ("provider", "provenance", "legal_bases"),
}


class LegalBasis(Row):
    """Why a lookup is permitted: the law or decision, in words, and the days on which it holds."""

    id: _Reference
    law: _Text
    since: date
    until: date


class Channel(Row):
    """One way in: whether it is open, who provides the information, which classes of it, and what people are told."""

    id: Source
    open: bool
    provider: str = ""
    data: tuple[Id, ...]
    title: dict[str, _Text]
    text: dict[str, _Text]
    provenance: str = ""
    contract: str = ""
    consent_proof: str = ""
    scopes: tuple[_Text, ...] = ()
    legal_bases: tuple[LegalBasis, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """The fields that must be filled before this channel may be open."""
        return _NEEDS.get(self.id, ())

    @model_validator(mode="after")
    def _papers(self) -> Self:
        if set(self.title) != set(self.text) or "en" not in self.text:
            raise ValueError(f"{self.id}: title and text need the same languages, English among them")
        if self.open and (missing := [name for name in self.needs if not getattr(self, name)]):
            raise ValueError(f"{self.id}: cannot be open without {', '.join(missing)}")
        return self

    def admits(self, legal_basis: str, on: date) -> str | None:
        """Return why a record may not come in on a day, in words, or None when it may."""
        if not self.open:
            return f"the channel {self.id} is closed"
        if "legal_bases" not in self.needs:
            return f"the channel {self.id} takes no legal basis of its own" if legal_basis else None
        if not any(row.id == legal_basis and row.since <= on <= row.until for row in self.legal_bases):
            return f"the channel {self.id} needs a registered legal basis, in force, for each lookup"
        return None


class Sources(Row):
    """The whole register: every channel exactly once, so that a closed one is closed on purpose."""

    updated: date
    sources: tuple[Channel, ...]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read ``sources.yaml``; raise ``DataError`` that says which channel lacks what."""
        return read(path, cls)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        ids = [row.id for row in self.sources]
        if sorted(ids) != sorted(Source):
            raise ValueError(f"needs each channel once: {', '.join(Source)}")
        if len({frozenset(row.text) for row in self.sources}) > 1:
            raise ValueError("every channel needs its words in the same languages")
        return self

    @cached_property
    def _by_id(self) -> dict[Source, Channel]:
        return {row.id: row for row in self.sources}

    def check(self, stamp: object, on: date) -> None:
        """Raise ``SourceDenied`` unless a record with this stamp may be written on a day."""
        source, legal_basis = part(stamp)
        if reason := self._by_id[source].admits(legal_basis, on):
            raise SourceDenied(reason)


Door = Callable[[object, date], None]
"""Lets a stamp pass on a day, or raises ``SourceDenied``."""


def own_channels(stamp: object, _on: date) -> None:
    """Let pass what comes from people themselves and our staff: the door where no register was read."""
    source, legal_basis = part(stamp)
    if source in THIRD_PARTY or legal_basis:
        raise SourceDenied(f"the channel {source} is closed where no register is read")


def stamp(source: Source, legal_basis: str = "") -> str:
    """Return what a record keeps of its origin."""
    return f"{source}:{legal_basis}" if legal_basis else source.value


def part(stamp: object) -> tuple[Source, str]:
    """Return the channel and the legal basis of a stamp; raise ``SourceDenied`` when it is none."""
    name, _, legal_basis = stamp.partition(":") if isinstance(stamp, str) else ("", "", "")
    try:
        return Source(name), legal_basis
    except ValueError:
        raise SourceDenied("a record needs the channel that it came through; see sources.yaml") from None
