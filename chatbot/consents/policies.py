"""The policies as they were ever published: which one is in force, every other one, and what the data files propose.

current     of each policy the edition in force; what the data files say until any was entered
editions    every edition of a policy, newest first
read        one of them, checked against its own name
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from chatbot.consents.editions import in_effect
from chatbot.errors import NotFound
from chatbot.policies import Edition, Text
from consent.data import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chatbot.consents.editions import Editions
    from chatbot.policies import Draft
    from chatbot.storage.tables.consents import NoticeEdition
    from consent.notice import Notices


class Policies:
    """The policies of the data files, and every edition of them that was published."""

    def __init__(self, drafts: Mapping[str, Draft], editions: Editions) -> None:
        self._drafts, self._editions = drafts, editions
        self._made: dict[int | None, Edition] = {}

    @property
    def current(self) -> dict[str, Edition]:
        """Give of each policy the edition in force."""
        return {policy: self._current(policy) for policy in self._drafts}

    def may_be_quoted(self, url: str) -> bool:
        """Whether a passage of the data files may be quoted: not while a policy's file says what is not in force."""
        policy = url.partition("#")[0].strip("/")
        draft = self._drafts.get(policy)
        return draft is None or self._current(policy).version == draft.text.version(policy)

    def editions(self, policy: str) -> list[Edition]:
        """Give every edition, newest first; NotFound for a policy that is not published."""
        if policy not in self._drafts:
            raise NotFound("There is no such policy.")
        rows = self._editions.of(policy)
        return [self._edition(row) for row in reversed(rows)] or [self._current(policy)]

    def read(self, policy: str, version: str) -> Edition:
        """Give one edition; raises DataError when it is not what its name says."""
        known = self.editions(policy) if policy in self._drafts else []
        found = next((edition for edition in known if edition.version == version), None)
        if found is None:
            raise NotFound("There is no such version of this policy.")
        return found

    def before(self, edition: Edition) -> Edition:
        """Give the edition that another one replaces; itself when it is the first."""
        versions = self.editions(edition.policy)
        place = next((i for i, each in enumerate(versions) if each.version == edition.version), len(versions) - 1)
        return versions[min(place + 1, len(versions) - 1)]

    def _current(self, policy: str) -> Edition:
        rows = self._editions.of(policy)
        row = in_effect(rows, datetime.now(UTC)) or next(iter(rows), None)
        if row is not None:
            return self._edition(row)
        text = self._drafts[policy].text
        return Edition(policy, text.version(policy), text.updated, text)

    def _edition(self, row: NoticeEdition) -> Edition:
        if row.id not in self._made:
            self._made[row.id] = _read(row)
        return self._made[row.id]


def _read(row: NoticeEdition) -> Edition:
    text = Text(row.content["title"], date.fromisoformat(row.content["updated"]), row.content["body"])
    if text.version(row.document) != row.version:
        raise DataError(f"{row.version}: this edition of {row.document} was altered; restore it from a backup")
    return Edition(row.document, row.version, row.effective_from.date(), text)


@dataclass(frozen=True)
class PolicyProposal:
    """A policy of the data files as it could be published, with the words in which it is announced."""

    document: str
    draft: Draft
    notices: Notices
    abroad: bool = False

    @property
    def version(self) -> str:
        """The hash of its words."""
        return self.draft.text.version(self.document)

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of it."""
        title, updated, body = self.draft.text
        return {"title": title, "updated": updated.isoformat(), "body": body}

    def check(self, known: Sequence[NoticeEdition]) -> None:
        """Raise DataError when its words changed and its date did not."""
        text = self.draft.text
        for row in known if self.version not in {row.version for row in known} else ():
            if row.content["body"] != text.body and text.updated < row.published_at.date():
                raise DataError(
                    f"the policy {self.document} was changed after it was published on {row.published_at.date()}: "
                    "write the day of the change into its last_updated (cookies: updated in storage.yaml)"
                )

    def material(self, newest: NoticeEdition) -> frozenset[str]:
        """Give the policy itself when everybody must be told: unless the file says that it only rewords `newest`."""
        since, text = self.draft.editorial_since, self.draft.text
        reworded = since is not None and newest.content["updated"] == since.isoformat()
        same = newest.content["body"] == text.body
        return frozenset() if same or reworded or not self.draft.announced else frozenset({self.document})
