"""How each provider's package is made to use our own way out; one that cannot is refused, except on this machine.

A LangChain package opens its own connections unless it is handed a client. The register of operators is asked for
each request by the client that we hand over, so a package that takes none would pass the door by.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from chatbot.llm.errors import ModelMisconfigured
from consent import egress
from consent.operators import is_loopback

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Awaitable, Callable, Mapping

    from consent.operators import Register


@dataclass(frozen=True, slots=True)
class Way:
    """One way out: where to, through which register, and as what data; `counts` requests by operator."""

    register: Register
    base_url: str
    key: str
    timeout: float
    data_class: str
    counts: Counter[str]

    def client(self, library: Callable[..., Any] = egress.client) -> Any:
        """Make a client that reaches registered hosts only."""
        return library(
            self.register,
            base_url=self.base_url,
            timeout=self.timeout,
            data_class=self.data_class,
            counts=self.counts,
        )

    def transport(self) -> egress.RegisteredTransport:
        """Make what a client of somebody else's must send its requests through."""
        return egress.RegisteredTransport(self.register, data_class=self.data_class, counts=self.counts)


class Fitted(NamedTuple):
    """What a model is made with, what is done to it afterwards, and how its connections are closed."""

    options: dict[str, Any]
    close: Callable[[], Awaitable[None]]
    after: Callable[[Any], None] = lambda _model: None


class Provider(NamedTuple):
    """How a provider is reached when no base URL is set, and how its package takes our client.

    `tells_end`: its replies end with a reason, so that one without it was cut off.
    """

    base_url: str = ""
    fit: Callable[[Way], Fitted] | None = None
    tells_end: bool = True


def _keyword(extra: Mapping[str, Any]) -> Callable[[Way], Fitted]:
    def fit(way: Way) -> Fitted:
        client = way.client()
        return Fitted({"http_async_client": client, **extra}, client.aclose)

    return fit


def _mistral(way: Way) -> Fitted:
    client = way.client()
    client.headers.update({"Accept": "application/json", "Authorization": f"Bearer {way.key}"})
    return Fitted({"async_client": client}, client.aclose)


def _ollama(way: Way) -> Fitted:
    transport = way.transport()
    options = {"transport": transport, "trust_env": False, "follow_redirects": False, "timeout": way.timeout}
    return Fitted({"async_client_kwargs": options}, transport.aclose)


def _anthropic(way: Way) -> Fitted:
    """Make the client that the model would make for itself, round ours: its class takes none as an argument."""
    client = way.client(egress.newer_client)

    def after(model: Any) -> None:
        anthropic = importlib.import_module("anthropic")
        parts = model._client_params  # noqa: SLF001 — what the model would make its own client of
        model.__dict__["_async_client"] = anthropic.AsyncAnthropic(**parts, http_client=client)

    return Fitted({}, client.aclose, after)


OURS = {"stream_chunk_timeout": None}
"""The time limits are ours (`ProviderAnswerer`); those of the package would make a task for every word."""
PROVIDERS: dict[str, Provider] = {
    "openai": Provider("https://api.openai.com/v1", _keyword({"use_responses_api": False, **OURS})),
    "anthropic": Provider("https://api.anthropic.com", _anthropic),
    "mistralai": Provider("https://api.mistral.ai/v1", _mistral),
    "groq": Provider("https://api.groq.com", _keyword({})),
    "deepseek": Provider("https://api.deepseek.com/v1", _keyword(OURS)),
    "xai": Provider("https://api.x.ai/v1", _keyword(OURS)),
    "ollama": Provider("http://127.0.0.1:11434", _ollama),
}


def fitted(name: str, way: Way) -> Fitted:
    """Give what the provider's package needs to use our way out; raises ModelMisconfigured when it cannot."""
    provider = PROVIDERS.get(name)
    if provider is not None and provider.fit is not None:
        return provider.fit(way)
    if not is_loopback(urlsplit(way.base_url).hostname or ""):
        known = ", ".join(PROVIDERS)
        raise ModelMisconfigured(
            f"{name} would connect past the register of operators; use one of {known}, or its OpenAI-compatible"
            " address as openai:MODEL with CHATBOT_MODEL_BASE_URL"
        )
    return Fitted({}, _nothing)


async def _nothing() -> None:
    """Nothing is open."""
