"""A member of staff reports a child, from a command of its own: not in the process that serves the conversation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatbot.conversation import children
from chatbot.errors import InvalidRequest, StorageStopped
from chatbot.storage.tables import ChatSession
from chatbot.storage.tables.guardians import ChildHold
from consent import egress
from consent.data import canonical
from consent.operators import OperatorError, Register

if TYPE_CHECKING:
    from chatbot.services import Services

ACCEPTED = 202
FOUND = children.Found("agent", "agent")
_SESSION = re.compile(r"[0-9a-f]{32}")


async def report(services: Services, session_id: str, address: str) -> None:
    """Hold a session: in the database when it is kept, over Valkey when there is one, else through the service."""
    if not _SESSION.fullmatch(session_id):
        raise InvalidRequest("A session's id has 32 letters and digits.")
    async with services.database.reading() as session:
        kept = await session.get(ChatSession, session_id), await session.get(ChildHold, session_id)
    if any(kept) or services.settings.valkey_url.get_secret_value():
        await children.hold(services, session_id, FOUND)
    else:
        await _tell(address, session_id)


async def _tell(address: str, session_id: str) -> None:
    """Tell the one worker that there is, as anybody may who knows a child is chatting without permission."""
    url, body = f"{address.rstrip('/')}/v1/guardian/reports", canonical({"session": session_id})
    try:
        status = await egress.tell(Register(operators=()), url, body, {"Content-Type": "application/json"})
    except OperatorError as error:
        raise InvalidRequest(f"--service must be this machine: {error}.") from None
    if status != ACCEPTED:
        raise StorageStopped(
            "Nothing is kept of this conversation, and the running service could not be told of it. "
            "Is it running? Say where with --service."
        )
