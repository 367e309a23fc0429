"""The first mails: asked for in a step that is the same for everybody, sent after the answer, and never written down.

    leave ──> this worker's memory ──after the answer──> mail server
                       └── not taken: again later, for an hour ──┘

Nothing is stored before a yes, and the wish to be asked for one is none yet: a worker that dies takes the mails that
wait along, and whoever got none asks again. The answer is given before anything is looked up or sent, and whoever may
not be written to leaves an errand with nothing in it, so that no answer tells one from another.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from chatbot.errors import MailStopped
from chatbot.subscriptions.choosing import known
from consent.tables import new_id

if TYPE_CHECKING:
    from chatbot.subscriptions.parts import Desk, Request
    from consent.notice import Notice

CONFIRM, PAGE, NOTHING = "confirm", "page", ""
SOON_SECONDS = 60.0
LONGEST_SECONDS = 3600.0
MOST = 1000
"""Errands that wait in a worker while its mail server is away; the oldest go first."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Errand:
    """A mail to send: the link to confirm, the way to a page if there is one, or nothing; times are monotonic."""

    kind: str
    request: Request | None
    mark: str
    due: float
    until: float
    attempts: int = 1

    def __repr__(self) -> str:
        return f"<Errand {self.attempts} attempts>"


def leave(desk: Desk, kind: str, request: Request) -> None:
    """Leave an errand; the same work for every kind."""
    now = time.monotonic()
    if len(desk.waiting) >= MOST:
        desk.waiting.popleft()
    desk.waiting.append(Errand(kind, request if kind else None, new_id(), now, now + LONGEST_SECONDS))


async def deliver(desk: Desk, now: float | None = None) -> int:
    """Run the errands that are due (at a monotonic `now`); gives how many mails left. Nobody waits for it."""
    now, sent = time.monotonic() if now is None else now, 0
    for _ in range(len(desk.waiting)):
        if not desk.waiting:  # somebody else is delivering as well
            break
        errand = desk.waiting.popleft()
        if errand.due > now:
            desk.waiting.append(errand)
            continue
        try:
            sent += await _run(desk, errand)
        except (MailStopped, SQLAlchemyError, OSError) as error:
            log.warning("mail_waits", attempts=errand.attempts, error=type(error).__name__)
            _again(desk, errand, now)
    return sent


def _again(desk: Desk, errand: Errand, now: float) -> None:
    due = now + SOON_SECONDS * 2 ** (errand.attempts - 1)
    if due < errand.until:
        desk.waiting.append(replace(errand, due=due, attempts=errand.attempts + 1))


async def _run(desk: Desk, errand: Errand) -> int:
    if errand.request is None:
        return 0
    run = _confirm if errand.kind == CONFIRM else _page
    return await run(desk, errand.request, errand.mark)


async def _confirm(desk: Desk, request: Request, mark: str) -> int:
    link = desk.link(f"/subscribe/confirm/{desk.seal_request(request)}")
    purposes = named(desk.editions.current.notices.best(request.language), request.purposes)
    await desk.send(request.address, request.language, "confirm", mark, link=link, purposes=purposes)
    return 1


async def _page(desk: Desk, request: Request, mark: str) -> int:
    """Mail the way to its page to whom an address belongs, not to who asks; nothing when it is not known."""
    lookup = desk.lookup(request.address)
    row = await known(desk, lookup)
    if row is None or not (own := desk.reveal(row.id, row.address)):
        return 0
    await desk.send(own, row.language, "page", mark, link=desk.page(lookup))
    return 1


def named(notice: Notice, purposes: tuple[str, ...]) -> str:
    """Write purposes into a mail, in the very words that ask for them."""
    words = [notice.words.purposes[purpose] for purpose in purposes]
    return "\n\n".join(f"- {each.title}\n  {each.text}" for each in words)
