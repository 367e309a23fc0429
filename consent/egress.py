"""The only door out: each request's host is looked up in the register of operators, and unknown means no.

Redirects are not followed, proxies and keys of the environment are ignored, and plain http leaves only to this
machine. Mail goes the same way, and over TLS unless the server is this machine. A refusal raises ``OperatorError``
before any byte, or even a name lookup, leaves.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from email.utils import formatdate, make_msgid
from types import MappingProxyType
from typing import Any
from unicodedata import normalize

import aiosmtplib
import httpx

from consent.operators import OperatorMissing, Register, is_loopback

# A setting of these names would send traces, with the visitor's words in them, to somebody else.
_TRACING_PREFIXES = ("LANGSMITH_", "LANGFUSE_", "OTEL_EXPORTER_", "SENTRY_", "DD_TRACE_", "PHOENIX_", "TRACELOOP_")
_TRACING_NAMES = frozenset(
    {
        *("LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2", "LANGCHAIN_API_KEY", "LANGCHAIN_ENDPOINT"),
        *("OTEL_TRACES_EXPORTER", "OTEL_LOGS_EXPORTER", "WANDB_API_KEY", "HELICONE_API_KEY"),
    }
)
_MAIL_CLASS = "contact"
_TLS_PORT = 465
_MAIL_SECONDS = 20.0
_TELL_SECONDS = 10.0
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_LONGEST_ADDRESS = 254
_ATOM, _LABEL = r"[\w!#$%&'*+/=?^`{|}~-]+", r"[^\W_](?:[^\W_]|-)*"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")
_OFF = frozenset({"", "0", "false", "no", "off", "none"})


def today() -> date:
    """Return the day by which contracts are judged."""
    return datetime.now(UTC).date()


class RegisteredTransport(httpx.AsyncBaseTransport):
    """Lets a request through to a registered host, counted by operator, and refuses every other."""

    def __init__(
        self,
        register: Register,
        *,
        data_class: str | None = None,
        counts: Counter[str] | None = None,
        on: Callable[[], date] = today,
        inner: Any = None,
    ) -> None:
        self._register, self._data_class, self._on = register, data_class, on
        self._counts = Counter() if counts is None else counts
        self._inner = inner or httpx.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: Any) -> Any:
        """Send one request, or raise ``OperatorError`` and send nothing."""
        operator = check(self._register, str(request.url), self._on(), data_class=self._data_class)
        self._counts[operator] += 1
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def check(register: Register, url: httpx.URL | str, on: date, *, data_class: str | None = None) -> str:
    """Return the id of the operator behind an address; raise ``OperatorError`` when nothing may be sent there."""
    address = httpx.URL(url)
    if address.scheme != "https" and not (address.scheme == "http" and is_loopback(address.host)):
        raise OperatorMissing(f"{address.host or 'the address'} must be reached by https; change the address")
    return register.for_host(address.host, on, data_class=data_class).id


def client(
    register: Register,
    *,
    base_url: str = "",
    timeout: float = 30.0,
    data_class: str | None = None,
    counts: Counter[str] | None = None,
) -> httpx.AsyncClient:
    """Return a client that reaches registered hosts only; ``timeout`` in seconds, ``counts`` by operator id."""
    transport = RegisteredTransport(register, data_class=data_class, counts=counts)
    return httpx.AsyncClient(
        base_url=base_url, timeout=timeout, transport=transport, follow_redirects=False, trust_env=False
    )


async def tell(register: Register, url: str, body: bytes, headers: Mapping[str, str]) -> int | None:
    """Post one document to a registered host; gives the status, or None when nobody answered.

    Raises ``OperatorError``, before anything leaves, when the host may receive nothing.
    """
    async with client(register, timeout=_TELL_SECONDS) as door:
        try:
            return (await door.post(url, content=body, headers=dict(headers))).status_code
        except httpx.HTTPError:
            return None


def newer_client(
    register: Register,
    *,
    base_url: str = "",
    timeout: float = 30.0,
    data_class: str | None = None,
    counts: Counter[str] | None = None,
) -> Any:
    """Return the same as ``client`` for a library that takes ``httpx2`` only; ImportError when that is missing."""
    import httpx2

    class Transport(RegisteredTransport, httpx2.AsyncBaseTransport):
        """The same door, as the newer library calls it."""

    inner = httpx2.AsyncHTTPTransport(trust_env=False)
    transport = Transport(register, data_class=data_class, counts=counts, inner=inner)
    return httpx2.AsyncClient(
        base_url=base_url, timeout=timeout, transport=transport, follow_redirects=False, trust_env=False
    )


class MailError(Exception):
    """A message was not taken by the mail server; the text names no address."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in: its account, and the sender that people see."""

    host: str
    port: int
    sender: str
    account: str = ""
    password: str = field(default="", repr=False)


class Mailer:
    """Sends plain text through one registered mail server; made by ``mail``."""

    def __init__(
        self,
        register: Register,
        server: MailServer,
        *,
        counts: Counter[str] | None = None,
        on: Callable[[], date] = today,
    ) -> None:
        self._register, self._server, self._on = register, server, on
        self._counts = Counter() if counts is None else counts

    async def send(self, to: str, subject: str, text: str, headers: Mapping[str, str] = _NO_HEADERS) -> None:
        """Hand in one message; ``OperatorError`` when it may not leave, ``MailError`` when it was not taken.

        ``headers`` are ours, such as ``List-Unsubscribe``. The connection is encrypted unless the server is this
        machine.
        """
        server, own = self._server, is_loopback(self._server.host)
        message = _message(server.sender, to, subject, text)
        for name, value in headers.items():
            del message[name]
            message[name] = value
        operator = self._register.for_host(server.host, self._on(), data_class=_MAIL_CLASS)
        self._counts[operator.id] += 1
        try:
            await aiosmtplib.send(
                message,
                hostname=server.host,
                port=server.port,
                username=server.account or None,
                password=server.password or None,
                local_hostname=_domain(server.sender),
                use_tls=server.port == _TLS_PORT and not own,
                start_tls=server.port != _TLS_PORT and not own,
                timeout=_MAIL_SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailError(f"the mail server did not take a message ({type(error).__name__})") from None


def mail(register: Register, server: MailServer, *, counts: Counter[str] | None = None) -> Mailer:
    """Return a mailer when the server may receive contacts today, or raise ``OperatorError`` at once."""
    register.for_host(server.host, today(), data_class=_MAIL_CLASS)
    return Mailer(register, server, counts=counts)


class _Whole(UnstructuredHeader, BaseHeader):
    """A header that stays one line: an address of a page in an encoded word is none to a mail program (RFC 8058)."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        """Return the header as it is."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Whole)
_POLICY = EmailPolicy(header_factory=_HEADERS)


def is_address(text: str) -> bool:
    """Whether a text names one mailbox in a header, and in this one spelling: no group, comment, or encoded word.

    Otherwise one mailbox had many names, none of which the others' limits and answers know.
    """
    plain = len(text) <= _LONGEST_ADDRESS and "=?" not in text and normalize("NFKC", text) == text
    return plain and _ADDRESS.fullmatch(text) is not None


def _message(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    """Return the message; a line break in a header is refused by the class itself."""
    if not is_address(to):
        raise MailError("what is no single address cannot be written to")
    message = EmailMessage(_POLICY)
    try:
        message["From"], message["To"], message["Subject"] = sender, to, subject
    except ValueError:
        raise MailError("an address or subject that is no single line cannot be sent") from None
    message["Date"], message["Message-ID"] = formatdate(usegmt=True), make_msgid(domain=_domain(sender))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _domain(address: str) -> str:
    return address.rpartition("@")[2].rstrip(">") or "localhost"


def tracing_variables(environment: Mapping[str, str]) -> list[str]:
    """Return the names of set variables that would switch on tracing to somebody else; values are not shown."""
    return sorted(
        name
        for name, value in environment.items()
        if (name in _TRACING_NAMES or name.startswith(_TRACING_PREFIXES)) and value.strip().lower() not in _OFF
    )
