"""A visitor who comes back: a new conversation goes on with the same subject when both it and the earlier one say so.

The token of the earlier conversation proves who comes back. Whatever is missing (the token is over, the conversation
gone or held, the yes withdrawn, a child in either) makes a fresh subject, without a word.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlmodel import select

from chatbot.consents import auditing
from chatbot.conversation.children import hold_on
from chatbot.memory.recall import refusals
from chatbot.memory.rows import PURPOSE
from chatbot.storage.tables import ChatSession, Subject

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.seals import Claims
    from chatbot.services import Services


async def continued(session: AsyncSession, services: Services, claims: Claims, earlier: Claims | None) -> str | None:
    """Give the subject of the earlier conversation when this one may go on with it; None begins a fresh one."""
    if earlier is None or PURPOSE not in claims.purposes or claims.subject_type != earlier.subject_type:
        return None
    kept = await session.get(ChatSession, earlier.session_id)
    if kept is None or not hmac.compare_digest(kept.token_lookup, earlier.lookup) or await hold_on(session, kept.id):
        return None
    # From here to the end of the transaction nobody can withdraw or erase behind our back: both wait for the subject.
    await session.exec(select(Subject.id).where(Subject.id == kept.subject_id).with_for_update())
    standing = await services.stored.standing(session, kept.subject_id)
    minor = child(claims) or child(earlier)
    if refused := refusals(services.gate, standing, minor=minor):
        await auditing.write(session, kept.subject_id, refused, now=datetime.now(UTC))
        return None
    return kept.subject_id if standing.get("store") else None


def child(claims: Claims) -> bool:
    """Tell whether a child writes in a conversation; nothing is remembered of one, whatever anybody ticked."""
    return claims.minor or bool(claims.guardian)
