"""Who is asking: the token of a conversation, the address for the limits, the idempotency key."""

from __future__ import annotations

import hashlib
import time
import uuid
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from chatbot.errors import InvalidRequest, NotFound, Unauthorized
from chatbot.services import Services

if TYPE_CHECKING:
    from litestar import Request

    from chatbot.seals import Claims

BEARER = "Bearer "
Worker: TypeAlias = NamedDependency[SkipValidation[Services]]
"""The worker's services, as handlers receive them."""


def claims(request: Request[Any, Any, Any], services: Services, session_id: str | None = None) -> Claims:
    """Open the request's token; with `session_id`, only that session's token will do."""
    header = request.headers.get("Authorization", "")
    if not header.startswith(BEARER):
        raise Unauthorized("Send the token of this conversation as 'Authorization: Bearer …'.")
    opened = services.seals.claims(header.removeprefix(BEARER).strip(), int(time.time()))
    if session_id is not None and opened.session_id != session_id:
        raise NotFound("This conversation does not exist for this token.")
    return services.signals.left(opened)


def earlier(request: Request[Any, Any, Any], services: Services) -> Claims | None:
    """Open the token of the conversation before this one, if the request brings one that still opens."""
    try:
        return claims(request, services)
    except Unauthorized:
        return None


def address(request: Request[Any, Any, Any], services: Services) -> str:
    """Give the visitor's address as the trusted proxies report it; used for limits only, never kept."""
    peer = request.client.host if request.client else "unknown"
    hops = services.settings.trusted_proxies
    # A proxy may add a line of its own: all lines are one list (RFC 9110, section 5.3).
    lines = ",".join(request.headers.getall("X-Forwarded-For", []))
    forwarded = [part.strip() for part in lines.split(",") if part.strip()]
    return _network(forwarded[-hops] if hops and len(forwarded) >= hops else peer)


def _network(given: str) -> str:
    """Give what one visitor holds: an IPv4 address, or an IPv6 network of 64 bits."""
    try:
        found = ip_address(given.strip("[]"))
    except ValueError:
        return given
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((int(found), 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)


def idempotency_key(request: Request[Any, Any, Any]) -> str:
    """Read the `Idempotency-Key`, a UUID; one of our own when the caller sends none."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(given))
    except ValueError:
        raise InvalidRequest("Idempotency-Key must be a UUID, fresh for each new request.") from None


def key_digest(key: str) -> bytes:
    """Give what is kept of an idempotency key."""
    return hashlib.sha256(key.encode()).digest()
