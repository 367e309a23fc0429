"""Every error leaves as an RFC 9457 problem that says what to do and repeats nothing that was sent."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chatbot.errors import ChatbotError, InvalidRequest, SourceClosed, StorageStopped, TooLarge
from consent.age import BirthError
from consent.purposes import PurposeError
from consent.sources import SourceDenied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PROBLEM_JSON = "application/problem+json"
UNKNOWN_FIELD = "Object contains unknown field"
BODY = "The body must be JSON of the documented shape, in UTF-8."
# msgspec names the offending value or field in back-quotes or quotes; only type names may be repeated.
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`(?!(?:str|int|bool|object|array|null|float|dict)`)[^`]*`")
_WORDS = re.compile(r"^(?:Expected|Object|Invalid|Missing|Unknown|JSON|Input|Value)\b")
log = structlog.get_logger()


def handlers() -> Mapping[type[Exception] | int, Callable[[Any, Any], Response[Any]]]:
    """Give the table of exception handlers."""
    return {
        ChatbotError: _told,
        BirthError: lambda _, error: problem(
            InvalidRequest(str(error), errors=[{"field": "born", "detail": str(error)}])
        ),
        PurposeError: lambda _, error: problem(InvalidRequest(str(error))),
        SourceDenied: lambda _, __: problem(SourceClosed("Nothing was kept. Please write to us another way.")),
        HTTPException: _http,
        # Reading a body is the one place that decodes bytes or recurses with the input.
        UnicodeDecodeError: lambda _, __: problem(InvalidRequest(BODY)),
        RecursionError: lambda _, __: problem(InvalidRequest(BODY)),
        DBAPIError: _storage,
        PoolTimeout: _storage,
        IntegrityError: _storage,  # two answers of one visitor at the same moment: the second may be sent again
        Exception: _unexpected,
    }


def problem(error: ChatbotError) -> Response[dict[str, Any]]:
    """Write an error as a problem."""
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return Response(error.problem(), status_code=error.status, headers=headers, media_type=PROBLEM_JSON)


def _told(_request: Request[Any, Any, Any], error: ChatbotError) -> Response[dict[str, Any]]:
    return problem(error)


def _http(_request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return problem(TooLarge("A request may hold 64 KB at most."))
    if isinstance(error, ValidationException) or error.status_code == HTTPStatus.BAD_REQUEST:
        return problem(InvalidRequest("Check the fields named in 'errors'.", errors=_fields(error)))
    status = HTTPStatus(error.status_code)
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    code = "not_found" if status is HTTPStatus.NOT_FOUND else status.phrase.lower().replace(" ", "_")
    document = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": status.phrase,
        "code": code,
    }
    return Response(document, status_code=status, headers=headers, media_type=PROBLEM_JSON)


def _storage(_request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """Tell a database that is full, locked or away apart from a fault of ours."""
    log.error("storage_failed", error=type(error).__name__, exc_info=error)
    return problem(
        StorageStopped("This could not be written down. Nothing of yours is lost: please try again.", retry_after=5)
    )


def _unexpected(_request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    return problem(ChatbotError("Nothing was lost. Please try again in a moment."))


def _fields(error: HTTPException) -> list[dict[str, str]]:
    found = error.extra if isinstance(error.extra, list) else []
    fields = [
        {"field": str(entry.get("key") or "body"), "detail": _plain(str(entry.get("message", "")))}
        for entry in found
        if isinstance(entry, dict)
    ]
    return fields or [{"field": "body", "detail": BODY}]


def _plain(message: str) -> str:
    """Keep what msgspec says about the shape, drop every value that it quotes."""
    if message.startswith(UNKNOWN_FIELD):
        return UNKNOWN_FIELD  # the field's name is the sender's own words
    plain = _QUOTED.sub("…", message).split(" - at ")[0]
    return plain if _WORDS.match(plain) else "This value does not fit."
