"""What is written to subscribers: a file of somebody's, a notice or a policy that changes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import yaml

from chatbot.consents.announcing import NotPublished, Told, announce
from chatbot.storage.tables.consents import NOTICE
from chatbot.subscriptions.counting import Letter, Text, audience, counts, missed
from chatbot.subscriptions.sending import send
from consent.data import DataError, digest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from chatbot.storage.tables.consents import NoticeEdition
    from chatbot.subscriptions.parts import Desk
    from consent.notice import Notices

UPDATES = "updates"
_PART = re.compile(r"^---\n(.*?)\n---\n", re.DOTALL | re.MULTILINE)
ID_LENGTH = 32


def from_file(path: Path, purpose: str, languages: Iterable[str]) -> Letter:
    """Read a letter: for each language front matter with ``language`` and ``subject``, then the text.

    Raises ``DataError`` that says what is missing; English is what every other language falls back to.
    """
    try:
        pieces = _PART.split(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise DataError(f"{path.name}: save it as text in UTF-8") from None
    texts = dict(_part(front, body, path.name) for front, body in zip(pieces[1::2], pieces[2::2], strict=True))
    if unknown := set(texts) - set(languages):
        raise DataError(f"{path.name}: no notice is in {', '.join(sorted(unknown))}")
    if "en" not in texts or pieces[0].strip():
        raise DataError(f"{path.name}: begin with ---, language: en, subject: …, ---, and the text in English")
    return _letter("mailing", purpose, texts, [])


def of_edition(desk: Desk, row: NoticeEdition, notices: Notices) -> Letter:
    """Write the letter that announces a notice or a policy."""
    said = {tag: announce(row, notices, tag) for tag in notices.by_language}
    texts = {tag: Text(each.subject, each.mail(desk.site)) for tag, each in said.items()}
    kind = "notice" if row.document == NOTICE else "policy"
    return _letter(kind, UPDATES, texts, [row.version, row.effective_from.date().isoformat()])


async def tell(desk: Desk, by: str, row: NoticeEdition, notices: Notices) -> Told:
    """Announce an edition to everybody who subscribed to changes; raises NotPublished where no mail leaves."""
    letter = of_edition(desk, row, notices)
    asked = (await audience(desk, UPDATES, datetime.now(UTC))).total()
    if asked and desk.mailer is None:
        raise NotPublished(f"Mail is off: set CHATBOT_SMTP_HOST, so that the {asked} who subscribed are told.")
    done = await send(desk, letter, by) if desk.mailer else await counts(desk, letter.id)
    # A message that was being sent when the service died may or may not have arrived: it does not count as told.
    return Told(done["sent"], done["failed"] + done["sending"], await missed(desk, letter))


def _letter(kind: str, purpose: str, texts: dict[str, Text], about: list[str]) -> Letter:
    said = about or {tag: list(text) for tag, text in texts.items()}
    return Letter(digest([kind, purpose, said])[:ID_LENGTH], kind, purpose, texts, late=bool(about))


def _part(front: str, body: str, name: str) -> tuple[str, Text]:
    try:
        head = yaml.safe_load(front)
    except yaml.YAMLError:
        head = None
    if not isinstance(head, dict) or set(head) != {"language", "subject"} or not body.strip():
        raise DataError(f"{name}: each part needs language and subject between --- lines, and a text")
    subject = str(head["subject"]).strip()
    if not subject.isprintable() or not subject:
        raise DataError(f"{name}: a subject is one line")
    return str(head["language"]), Text(subject, body.strip() + "\n")
