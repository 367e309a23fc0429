"""What everybody may ask for: the rights in plain words, whom to write to, and where to complain."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import Controller, Request, get
from litestar.params import FromQuery, QueryParameter

from chatbot.api import access
from chatbot.api.access import Worker
from consent import law

CountryWish = Annotated[
    str | None, QueryParameter(name="country", max_length=2, description="ISO 3166-1; without one, the token's.")
]


class Rights(Controller):
    """The rights, for everybody and without a token."""

    path = "/v1/rights"
    tags = ("visitor",)

    @get("/", sync_to_thread=False)
    def rights(
        self,
        request: Request[Any, Any, Any],
        services: Worker,
        country: CountryWish = None,
        language: FromQuery[str | None] = None,
    ) -> dict[str, Any]:
        """Give the rights in a language, and the authority of a country; unknown is the responsible party's."""
        if country is None and "Authorization" in request.headers:
            country = access.claims(request, services).country
        notice = services.notices.best(language, *request.headers.get("Accept-Language", "").split(","))
        found = law.authority(law.country_or_elsewhere(country or ""), datetime.now(UTC).date())
        return {
            "language": notice.language,
            "rights": [{"id": id_, **words.model_dump()} for id_, words in notice.words.rights.items()],
            "officer": notice.party.information_officer.email,
            "authority": {"country": found.country, "name": found.name, "url": found.url, "how": found.how},
        }
