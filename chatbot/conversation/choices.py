"""What happens to a session later: other choices, and the end.

stored    -> ephemeral    what was kept is erased, and goes to the visitor, sealed
ephemeral -> stored       what the visitor brings is kept from now on
erase                     everything goes but the proof of consent, which names nobody
"""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from chatbot.consents import auditing, handed
from chatbot.consents.withdrawn import session_key
from chatbot.conversation import children, objecting
from chatbot.conversation.erasing import conversations, hold_all, remove, remove_others
from chatbot.conversation.moving import AGE_RULE_CARRIED, Changed, hand_over, keep_sent, quieten, sent_before, take_in
from chatbot.conversation.rows import owned_session
from chatbot.conversation.sessions import SESSION_CONTROL, Wish, admit, agree
from chatbot.errors import GuardianRequired, NotFound
from chatbot.storage.tables import ChatSession
from chatbot.storage.tables.consents import Acknowledgement
from consent import ledger
from consent.age import AgeOutcome
from consent.gate import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from chatbot.seals import Claims
    from chatbot.services import Services
    from consent.audit import Fact
    from consent.tables import ConsentEvent


async def today(services: Services, claims: Claims) -> Claims:
    """Give the claims as things stand: storing may have begun since the token was made, in another tab, say."""
    if claims.stored:
        return claims
    async with services.database.reading() as session:
        kept = await session.get(ChatSession, claims.session_id)
    mine = kept is not None and hmac.compare_digest(kept.token_lookup, claims.lookup)
    return msgspec.structs.replace(claims, stored=True) if mine else claims


async def standing(services: Services, claims: Claims) -> Mapping[str, bool]:
    """Give what stands for each purpose that is asked, under the notice in force."""
    claims = await today(services, claims)
    asked = [purpose.id for purpose, _ in services.notices.best("en").asked(abroad=services.answerer.abroad)]
    if claims.stored:
        async with services.database.reading() as session:
            kept = await owned_session(session, claims)
            now = await services.stored.standing(session, kept.subject_id)
        return {purpose: bool(now.get(purpose)) for purpose in asked}
    agreed = set(claims.purposes) - services.editions.touched_since(claims.notice_version)
    return {purpose: purpose in agreed for purpose in asked}


async def change(services: Services, claims: Claims, wish: Wish, state: str | None) -> Changed:
    """Put new choices into effect at once; a purpose that is not named keeps its answer.

    What is withdrawn is lost to every older token too, and stops the reply being written. For a child the choices
    are the guardian's.
    """
    if claims.guardian:
        raise GuardianRequired("Your parent or guardian chooses this on their page.")
    await children.check(services, claims)
    claims = await today(services, await services.signals.caught_up(claims))
    try:
        return await _change(services, claims, wish, state)
    except NotFound:
        return await sent_before(services, claims, wish)


async def _change(services: Services, claims: Claims, wish: Wish, state: str | None) -> Changed:
    """Record the answers, what older tokens lose by them, and where the conversation now belongs: all or nothing."""
    before = await standing(services, claims)
    admission = admit(services, _age(claims), replace(wish, choices={**before, **wish.choices}))
    granted, stored = admission.granted, admission.state is State.STORED
    new = msgspec.structs.replace(
        claims,
        stored=stored,
        language=services.notices.best(wish.language).language,
        purposes=tuple(purpose for purpose, yes in granted.items() if yes),
        notice_version=services.notices.version,
        issued=time.time(),
        changes=services.signals.changes(claims),
        objected=await objecting.carried(services, claims),
    )
    answered = {purpose: yes for purpose, yes in granted.items() if purpose in wish.choices or yes != before[purpose]}
    mine, handing = await mine_of(services, claims), claims.stored and not stored
    if handing:
        await quieten(services, claims.session_id)
    async with services.database.transaction() as session:
        withdrawn = None
        if lost := [purpose for purpose, yes in before.items() if yes and not granted[purpose]]:
            withdrawn = services.signals.withdraw(session, claims, lost)
            new = msgspec.structs.replace(new, changes=withdrawn.change)
        step = _Step(claims, new, granted, answered, auditing.not_taken(admission))
        changed = Changed(new, dict(granted), await _move(session, services, step, state))
        if handing:
            await keep_sent(session, services, claims, wish, changed)
    if withdrawn:
        await services.signals.tell(withdrawn)
        for each in mine:
            await services.signals.stop_reply(each)
    if withdrawn or handing:
        await services.database.checkpoint()  # it also outlives a power cut, before it is told
    return changed


class _Step(NamedTuple):
    """From which claims to which; every choice as it now stands, and those that were answered this time."""

    old: Claims
    new: Claims
    granted: Mapping[str, bool]
    answered: Mapping[str, bool]
    refused: Sequence[Fact]


async def _move(session: AsyncSession, services: Services, step: _Step, state: str | None) -> str | None:
    """Record the answers and take the conversation where it now belongs; gives what the visitor shall keep."""
    if step.old.stored and step.new.stored:
        await _agree_again(session, services, step)
        return None
    if step.old.stored:
        return await hand_over(session, services, step.old, step.new, step.answered)
    conversation = await services.ephemeral.open(step.old, state)
    if step.new.stored:
        await take_in(session, services, step.new, conversation, step.granted)
        return None
    return state


async def history(services: Services, claims: Claims) -> Sequence[ConsentEvent]:
    """Give every answer of this visitor, oldest first; without a stored conversation, those that the token holds."""
    if claims.stored:
        async with services.database.reading() as session:
            kept = await owned_session(session, claims)
            return await ledger.history(session, kept.subject_id)
    notice = services.editions.notices(claims.notice_version) or services.notices
    asked = [purpose.id for purpose, _ in notice.best("en").asked(abroad=services.answerer.abroad)]
    how = ledger.Circumstances(notice.best(claims.language), claims.country, SESSION_CONTROL)
    chosen = {purpose: purpose in claims.purposes for purpose in asked}
    at = datetime.fromtimestamp(claims.issued, UTC)
    answers = ledger.chain(session_key(claims.session_id)[:32], chosen, how, now=at)
    return [*answers, *objecting.told(services, claims, answers[-1])] if answers else []


async def acknowledge(services: Services, claims: Claims, version: str) -> bool:
    """Record that a notice or policy was seen, which agrees to nothing; False where nothing is kept of a visitor."""
    if not services.editions.known(version):
        raise NotFound("There is no notice or policy of this version.")
    if not claims.stored:
        return False
    async with services.database.transaction() as session:
        kept = await owned_session(session, claims)
        session.add(
            Acknowledgement(
                subject_id=kept.subject_id, notice_version=version, language=claims.language, at=datetime.now(UTC)
            )
        )
    return True


async def erase(services: Services, claims: Claims, *, alone: bool = False) -> str:
    """Erase what is kept of a visitor, stop what is being written, and give a reference for the visitor.

    `alone`: this conversation only; the yes stays as long as it keeps another one.
    """
    claims = await today(services, claims)
    async with services.database.transaction() as session:
        await handed.drop(session, claims)  # also for a token that opens nothing else any more
    mine = [claims.session_id] if alone or claims.guardian else await mine_of(services, claims)
    for each in mine:
        await services.signals.stop_reply(each)
    if claims.stored:
        async with services.database.transaction() as session:
            kept = await hold_all(session, claims)
            stands = await ledger.standing(session, kept.subject_id, datetime.now(UTC), written=True)
            withdrawn = {purpose: False for purpose, yes in stands.items() if yes}
            alone = alone and len(await conversations(session, kept.subject_id)) > 1
            if not (alone or claims.guardian):  # a child erases the conversation; the yes is the guardian's
                await agree(session, services, kept.subject_id, claims, withdrawn)
                await remove_others(session, services, kept, role="visitor")
            await remove(session, services, claims.session_id, role="visitor")
        await services.database.checkpoint()
    for each in mine:
        services.replies.forget(each)
    return secrets.token_hex(8)


async def mine_of(services: Services, claims: Claims) -> Sequence[str]:
    """Give the conversations of this visitor that are open; this one at least."""
    if not claims.stored:
        return [claims.session_id]
    async with services.database.reading() as session:
        kept = await owned_session(session, claims)
        return await conversations(session, kept.subject_id, lock=False)


async def _agree_again(session: AsyncSession, services: Services, step: _Step) -> None:
    kept = await owned_session(session, step.old, lock=True)
    kept.language = step.new.language
    await agree(session, services, kept.subject_id, step.new, step.answered)
    await auditing.record(session, kept, *step.refused, now=datetime.now(UTC))


def _age(claims: Claims) -> AgeOutcome:
    """Say again what was judged when the session began: the token carries the outcome, not the month of birth."""
    return AgeOutcome(
        adult=True, minor=claims.minor, rule_version=AGE_RULE_CARRIED, judged_on=date.min, effective_age=0
    )
