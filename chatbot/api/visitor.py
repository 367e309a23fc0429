"""The visitor's first steps: the notice, a session, a rating, a message for a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from chatbot.api import access
from chatbot.api.access import Worker
from chatbot.api.consents import announcements
from chatbot.api.decisions import about_age
from chatbot.api.wire import HandoffOut, NewHandoff, NewRating, NewSession, RatingOut, SessionOut
from chatbot.conversation import sessions, voices
from consent import law

if TYPE_CHECKING:
    from consent.notice import Notice

LINKS = {"privacy": "/privacy", "acceptable_use": "/acceptable-use", "cookies": "/cookies"}


class Visitor(Controller):
    """What a visitor meets first."""

    path = "/v1"
    tags = ("visitor",)

    @get("/notice")
    async def notice(
        self,
        request: Request[Any, Any, Any],
        services: Worker,
        language: FromQuery[str | None] = None,
    ) -> dict[str, Any]:
        """Give what to show first: disclosure, age question, countries, purposes, contacts, the widget's words."""
        accepted = request.headers.get("Accept-Language", "").split(",")
        notice = services.notices.best(language, *(tag.split(";")[0] for tag in accepted))
        return {
            "version": notice.version,
            "language": notice.language,
            "languages": {tag: each.words.name for tag, each in services.notices.by_language.items()},
            "disclosure": notice.words.disclosure,
            "label": notice.words.label,
            "company": notice.party.name,
            "age_question": notice.words.age_question.model_dump(),
            "country_question": notice.words.country.model_dump(),
            "countries": _countries(notice),
            "purposes": [
                {
                    "id": row.id,
                    "title": words.title,
                    "text": words.text,
                    "required": row.required,
                    "default": row.default,
                }
                for row, words in notice.asked(abroad=services.answerer.abroad)
            ],
            "buttons": notice.words.buttons,
            "messages": notice.words.messages.model_dump(),
            "contacts": notice.party.contacts(),
            "links": LINKS,
            "strings": dict(notice.strings),
            "terms": _terms(notice),
            "announcements": announcements(services, notice.language),
        }

    @post("/sessions")
    async def create(
        self, request: Request[Any, Any, Any], services: Worker, data: JSONBody[NewSession]
    ) -> SessionOut:
        """Begin a session. `born` is judged and dropped; storing and every other purpose is a choice.

        With the token of an earlier conversation, this one remembers it where both agreed to `personalise`.
        """
        await services.limits.count("session", access.address(request, services))
        wish = sessions.Wish(
            data.country,
            data.consents,
            data.notice_version,
            data.language,
            data.subject_type,
            access.earlier(request, services),
        )
        admitted = await sessions.create(services, wish, data.born, access.idempotency_key(request))
        notice, claims = services.notices.best(data.language), admitted.claims
        return SessionOut(
            id=claims.session_id if claims else None,
            token=admitted.token,
            state=admitted.state.value,  # type: ignore[arg-type]  # consent_stale is raised, never returned
            language=notice.language,
            message=notice.message(admitted.state),
            expires_at=datetime.fromtimestamp(claims.expires, UTC) if claims else None,
            minor=admitted.minor,
            decision=about_age(services, admitted, notice.language),
        )

    @post("/sessions/{session_id:str}/feedback")
    async def rate(
        self,
        request: Request[Any, Any, Any],
        services: Worker,
        session_id: FromPath[str],
        data: JSONBody[NewRating],
    ) -> RatingOut:
        """Rate a reply; a comment is redacted, and kept only with a stored conversation."""
        claims = access.claims(request, services, session_id)
        await services.limits.count("message", claims.session_id)
        await voices.rate(services, claims, data.turn, data.rating, data.comment)
        return RatingOut(turn=data.turn, rating=data.rating)

    @post("/sessions/{session_id:str}/handoff")
    async def hand_off(
        self,
        request: Request[Any, Any, Any],
        services: Worker,
        session_id: FromPath[str],
        data: JSONBody[NewHandoff],
    ) -> HandoffOut:
        """Leave a message for a person on the support team."""
        claims = access.claims(request, services, session_id)
        await services.limits.count("message", claims.session_id)
        key = access.key_digest(access.idempotency_key(request))
        reference = await voices.hand_off(services, claims, data.message, key)
        strings = services.notices.best(claims.language).strings
        return HandoffOut(reference=reference, message=strings.get("handoff_received", ""))


def _countries(notice: Notice) -> list[dict[str, Any]]:
    """List the countries; `juristic` where the law protects companies as well, so that it is asked who writes."""
    juristic = law.where(law.Duty.JURISTIC_PERSONS, datetime.now(UTC).date())
    return [{"code": code, "name": name, "juristic": code in juristic} for code, name in notice.countries()]


def _terms(notice: Notice) -> dict[str, dict[str, str]]:
    """Give the readable names of what the register of purposes mentions by id."""
    titles = {row.id: notice.titled(row.id).title for row in notice.purposes.purposes}
    return {"purposes": titles, "data": notice.words.terms.data, "recipients": notice.words.terms.recipients}
