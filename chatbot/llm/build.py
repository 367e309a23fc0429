"""Make the answerer that the settings name, or refuse to start and say why.

Refused are: tracing to third parties, a model whose host is not in the register of operators, an unknown provider.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from chatbot.llm.embedded import EmbeddedAnswerer
from chatbot.llm.errors import ModelMisconfigured
from chatbot.llm.fallback import FallbackAnswerer
from chatbot.llm.prompts import Prompts
from chatbot.llm.provider import Door, ProviderAnswerer
from consent import egress

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from chatbot.llm.answerer import Answerer
    from chatbot.llm.config import AnswererConfig
    from consent.operators import Register
    from consent.party import Party

EMBEDDED = "embedded"
DATA_CLASS = "message"  # what a model receives, as the register of operators calls it


class Provider(NamedTuple):
    """How a provider is reached when no base URL is set, and under which names its LangChain class takes things."""

    base_url: str
    client: str = ""
    extra: tuple[tuple[str, Any], ...] = ()


# A provider without `client` makes its own connections: its host is checked against the register before each call.
PROVIDERS = {
    "openai": Provider("https://api.openai.com/v1", "http_async_client", (("use_responses_api", False),)),
    "anthropic": Provider("https://api.anthropic.com"),
    "ollama": Provider("http://127.0.0.1:11434"),
}


def build_answerer(
    config: AnswererConfig, register: Register, party: Party, environment: Mapping[str, str]
) -> Answerer:
    """Make the answerer; raises ModelMisconfigured, or OperatorError for a host that may receive nothing."""
    if names := egress.tracing_variables(environment):
        raise ModelMisconfigured(
            f"{', '.join(names)} would send conversations to a tracing service; unset it and start again"
        )
    embedded = EmbeddedAnswerer.load(config.prompts.parent, party.country)
    if config.model == EMBEDDED:
        return embedded
    model = _provider(config, register, party, embedded)
    return FallbackAnswerer(model, embedded) if config.fallback else model


def _provider(
    config: AnswererConfig, register: Register, party: Party, embedded: EmbeddedAnswerer
) -> ProviderAnswerer:
    provider = _known(config)
    base_url = config.base_url or provider.base_url
    host = urlsplit(base_url).hostname or ""
    operator = register.for_host(host, egress.today(), data_class=DATA_CLASS)
    client = egress.client(register, base_url=base_url, timeout=config.timeout, data_class=DATA_CLASS)
    door = Door(
        operator.name,
        operator.country,
        register.abroad(operator),
        check=lambda: egress.check(register, base_url, egress.today(), data_class=DATA_CLASS),
        close=client.aclose,
    )
    model = _chat_model(config, provider, base_url, client)
    return ProviderAnswerer(model, Prompts.read(config.prompts), replace(config, company=party.name), door, embedded)


def _known(config: AnswererConfig) -> Provider:
    name, separator, model = config.model.partition(":")
    if not separator or not model:
        raise ModelMisconfigured("CHATBOT_MODEL must be `embedded` or `provider:model`, as in openai:gpt-5-mini")
    provider = PROVIDERS.get(name, Provider(""))
    if not (config.base_url or provider.base_url):
        raise ModelMisconfigured(f"{name} needs CHATBOT_MODEL_BASE_URL, so that its host can be checked")
    return provider


def _chat_model(config: AnswererConfig, provider: Provider, base_url: str, client: httpx.AsyncClient) -> Any:
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {
        "base_url": base_url,
        "api_key": config.api_key.get_secret_value() or "none",
        "max_retries": 0,
        "max_tokens": config.answer_tokens,
        "temperature": 0.2,
        "cache": False,
        **dict(provider.extra),
    }
    if provider.client:
        options[provider.client] = client
    try:
        return init_chat_model(config.model, **options)
    except ImportError as error:
        package = config.model.partition(":")[0]
        raise ModelMisconfigured(f"{error.name} is not installed; install rousora-chatbot[{package}]") from None
    except ValueError:
        raise ModelMisconfigured(f"LangChain does not know the model {config.model} or its options") from None
