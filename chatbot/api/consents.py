"""Notices then and now, and the key that signs receipts: for everybody, without a token."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from litestar import Controller, get
from litestar.params import FromPath, QueryParameter

from chatbot.api.access import Worker
from chatbot.consents.announcing import announce
from chatbot.consents.editions import edition
from chatbot.consents.receipts import KEY_PATH
from chatbot.errors import NotFound
from chatbot.storage.tables.consents import NOTICE
from consent.versions import difference, touched

if TYPE_CHECKING:
    from chatbot.services import Services
    from chatbot.storage.tables.consents import NoticeEdition
    from consent.notice import Notices

VersionFrom = Annotated[str, QueryParameter(name="from", max_length=64, description="The older version.")]
VersionTo = Annotated[str, QueryParameter(name="to", max_length=64, description="The newer version.")]


class NoticeVersions(Controller):
    """Every notice that was ever in force here."""

    path = "/v1/notice"
    tags = ("visitor",)

    @get("/versions")
    async def versions(self, services: Worker) -> dict[str, Any]:
        """List the notices, oldest first, and which one is in force."""
        rows = services.editions.published
        return {"current": services.notices.version, "versions": [_listed(row) for row in rows]}

    @get("/versions/{version:str}")
    async def version(self, services: Worker, version: FromPath[str]) -> dict[str, Any]:
        """Give a notice whole, in every language, as it was shown."""
        found = _found(services, version)
        return {"version": found.version, "content": found.content}

    @get("/diff")
    async def diff(self, services: Worker, older: VersionFrom, newer: VersionTo) -> dict[str, Any]:
        """Give every place in which two notices differ, and the purposes that are asked again because of it."""
        before, after = edition(_found(services, older)), edition(_found(services, newer))
        changes = [
            {"place": change.place, "before": change.before, "after": change.after}
            for change in difference(before, after)
        ]
        return {"from": older, "to": newer, "touched": sorted(touched(before, after)), "changes": changes}


class ReceiptKey(Controller):
    """The key of the receipts."""

    tags = ("visitor",)

    @get(KEY_PATH)
    async def key(self, services: Worker) -> dict[str, str]:
        """Give the public key that verifies receipts, and its fingerprint."""
        return services.receipts.published()


def announcements(services: Services, language: str) -> list[dict[str, Any]]:
    """Say which notice and which policies come, when, what they touch, and where that is read."""
    return [_announced(services, row, language) for row in services.editions.announced]


def _announced(services: Services, row: NoticeEdition, language: str) -> dict[str, Any]:
    said = announce(row, services.editions.words(row), language)
    return {
        "document": row.document,
        "version": row.version,
        "effective_from": row.effective_from.isoformat(),
        "purposes": row.touched if row.document == NOTICE else [],
        "message": said.message,
        "label": said.label,
        "link": said.path,
    }


def _found(services: Services, version: str) -> Notices:
    found = services.editions.notices(version)
    if found is None:
        raise NotFound("There is no notice of this version.")
    return found


def _listed(row: NoticeEdition) -> dict[str, Any]:
    return {
        "version": row.version,
        "published_at": row.published_at,
        "effective_from": row.effective_from,
        "announced": row.effective_from > datetime.now(UTC),
        "purposes": row.touched,
    }
