"""What can go wrong, as data until the edge of the service.

    ChatbotError
      InvalidRequest          400 invalid_request
      Unauthorized            401 unauthorized
      ConsentRequired         403 consent_required
      GuardianRequired        403 guardian_required
      PurposeDenied           403 purpose_denied
      NotForMinors            403 not_for_minors
      SourceClosed            403 source_closed
      NotFound                404 not_found
      TurnInProgress          409 turn_in_progress
      IdempotencyConflict     409 idempotency_conflict
      ConsentStale            409 consent_stale
      StateInvalid            409 state_invalid
      TooLarge                413 too_large
      RateLimited             429 rate_limited         (says when to come back)
      RedactionStopped        503 redaction_unavailable
      StorageStopped          503 storage_unavailable
      Overloaded              503 overloaded           (says when to come back)
      ModelStopped            503 model_unavailable
      MailStopped             503 mail_unavailable
      Interrupted             503 interrupted

A message says what was wrong and how to mend it. It never repeats what the visitor sent.
"""

from __future__ import annotations

from typing import Any, ClassVar


class ChatbotError(Exception):
    """Something that the caller is told as an RFC 9457 problem.

    `retry_after` is in seconds and becomes the `Retry-After` header; `members` are extra problem members.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "", *, retry_after: int | None = None, **members: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.retry_after = retry_after
        self.members = members

    def problem(self) -> dict[str, Any]:
        """Give the problem document's members (RFC 9457, section 3.1)."""
        document = {
            "type": f"urn:chatbot:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        return document | self.members | ({"retry_after": self.retry_after} if self.retry_after else {})


class InvalidRequest(ChatbotError):
    """The request does not fit the interface."""

    status, code, title = 400, "invalid_request", "The request cannot be used as it is"


class Unauthorized(ChatbotError):
    """The token is missing, broken or expired."""

    status, code, title = 401, "unauthorized", "This conversation needs its token"


class ConsentRequired(ChatbotError):
    """Something that may only happen after a yes."""

    status, code, title = 403, "consent_required", "This needs your permission first"


class GuardianRequired(ChatbotError):
    """The visitor may not answer alone."""

    status, code, title = 403, "guardian_required", "A parent or guardian has to say yes first"


class PurposeDenied(ChatbotError):
    """The purpose wall is closed: these data may not go to this recipient for this purpose, now."""

    status, code, title = 403, "purpose_denied", "This use is not allowed"


class NotForMinors(ChatbotError):
    """Something that exists for adults only, whatever anyone ticked."""

    status, code, title = 403, "not_for_minors", "This is not for people under 18"


class SourceClosed(ChatbotError):
    """A record would come through a channel that is closed in the register of sources."""

    status, code, title = 403, "source_closed", "This way of reaching us is closed"


class NotFound(ChatbotError):
    """There is no such thing for this caller."""

    status, code, title = 404, "not_found", "There is nothing here"


class TurnInProgress(ChatbotError):
    """A reply in this session is still being written."""

    status, code, title = 409, "turn_in_progress", "The last reply is still being written"
    retryable = True


class IdempotencyConflict(ChatbotError):
    """An idempotency key came back with another request."""

    status, code, title = 409, "idempotency_conflict", "This idempotency key was used for another request"


class ConsentStale(ChatbotError):
    """The visitor agreed to an older notice."""

    status, code, title = 409, "consent_stale", "The notice has changed; please choose again"


class StateInvalid(ChatbotError):
    """The sealed conversation does not open."""

    status, code, title = 409, "state_invalid", "This conversation cannot be continued"


class TooLarge(ChatbotError):
    """More than the service reads."""

    status, code, title = 413, "too_large", "The request is too large"


class RateLimited(ChatbotError):
    """Too many requests."""

    status, code, title, retryable = 429, "rate_limited", "Too many requests", True


class RedactionStopped(ChatbotError):
    """Personal information cannot be hidden now, so nothing is read."""

    status, code, title, retryable = 503, "redaction_unavailable", "We cannot protect your message right now", True


class StorageStopped(ChatbotError):
    """The database cannot be reached or written."""

    status, code, title, retryable = 503, "storage_unavailable", "We cannot keep anything right now", True


class Overloaded(ChatbotError):
    """As many replies as this worker can carry are being written."""

    status, code, title, retryable = 503, "overloaded", "All lines are busy", True


class ModelStopped(ChatbotError):
    """No model could answer."""

    status, code, title, retryable = 503, "model_unavailable", "The model cannot answer right now", True


class MailStopped(ChatbotError):
    """No mail leaves: there is no mail server here, or it did not take the message."""

    status, code, title, retryable = 503, "mail_unavailable", "We cannot send mail right now", True


class Interrupted(ChatbotError):
    """A reply was cut off before its end."""

    status, code, title, retryable = 503, "interrupted", "The reply was interrupted", True
