"""Make the answerer that the settings name, or refuse to start and say why.

Refused are: tracing to third parties, a model whose host is not in the register of operators, a provider whose
package would connect past our own way out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chatbot.llm.embedded import EmbeddedAnswerer
from chatbot.llm.errors import ModelMisconfigured
from chatbot.llm.fallback import FallbackAnswerer
from chatbot.llm.prompts import Prompts
from chatbot.llm.provider import Door, ProviderAnswerer
from chatbot.llm.providers import PROVIDERS, Provider, Way, fitted
from consent import egress
from consent.transfers import Mechanism, Ruling, Transfer, judge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatbot.llm.answerer import Answerer, Sending
    from chatbot.llm.config import AnswererConfig
    from chatbot.llm.providers import Fitted
    from consent.operators import Operator, Register
    from consent.party import Party

EMBEDDED = "embedded"
DATA_CLASS = "message"  # what a model receives, as the register of operators calls it


def build_answerer(
    config: AnswererConfig,
    register: Register,
    party: Party,
    environment: Mapping[str, str],
    counts: Counter[str] | None = None,
) -> Answerer:
    """Make the answerer; raises ModelMisconfigured, or OperatorError for a host that may receive nothing.

    `counts` is filled with the requests to each operator.
    """
    if names := egress.tracing_variables(environment):
        raise ModelMisconfigured(
            f"{', '.join(names)} would send conversations to a tracing service; unset it and start again"
        )
    embedded = EmbeddedAnswerer.load(config.prompts.parent, party.country)
    if config.model == EMBEDDED:
        return embedded
    model = _provider(config, register, party, embedded, Counter() if counts is None else counts)
    return FallbackAnswerer(model, embedded) if config.fallback else model


def _provider(
    config: AnswererConfig, register: Register, party: Party, embedded: EmbeddedAnswerer, counts: Counter[str]
) -> ProviderAnswerer:
    name, base_url = _known(config)
    operator = register.for_host(urlsplit(base_url).hostname or "", egress.today(), data_class=DATA_CLASS)
    key = config.api_key.get_secret_value() or "none"
    fit = fitted(name, Way(register, base_url, key, config.timeout, DATA_CLASS, counts))
    door = Door(
        operator.name,
        operator.country,
        register.abroad(operator),
        check=lambda: egress.check(register, base_url, egress.today(), data_class=DATA_CLASS),
        close=fit.close,
        judge=lambda sending: _judge(register, operator, sending),
        tells_end=name in PROVIDERS and PROVIDERS[name].tells_end,
    )
    model = _chat_model(config, base_url, key, fit)
    return ProviderAnswerer(model, Prompts.read(config.prompts), replace(config, company=party.name), door, embedded)


def _known(config: AnswererConfig) -> tuple[str, str]:
    name, separator, model = config.model.partition(":")
    if not separator or not model:
        raise ModelMisconfigured("CHATBOT_MODEL must be `embedded` or `provider:model`, as in openai:gpt-5-mini")
    base_url = config.base_url or PROVIDERS.get(name, Provider()).base_url
    if not base_url:
        raise ModelMisconfigured(f"{name} needs CHATBOT_MODEL_BASE_URL, so that its host can be checked")
    return name, base_url


def _judge(register: Register, operator: Operator, sending: Sending) -> Ruling:
    """Judge a message abroad by what holds today; at home nothing crosses a border."""
    if not register.abroad(operator):
        return Ruling(Mechanism.HOME, operator.country)
    transfer = Transfer(
        subject_country=sending.country,
        operator=operator,
        data_class=DATA_CLASS,
        on=egress.today(),
        home=register.home,
        consented=sending.consented,
        minor=sending.minor,
    )
    return judge(transfer)


def _need_package(name: str) -> None:
    """Say which of our extras is missing, whatever LangChain has remembered of an earlier import."""
    if name in PROVIDERS and find_spec(f"langchain_{name}") is None:
        raise ModelMisconfigured(f"langchain_{name} is not installed; install rousora-chatbot[{name}]")


def _chat_model(config: AnswererConfig, base_url: str, key: str, fit: Fitted) -> Any:
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {
        "base_url": base_url,
        "api_key": key,
        "max_retries": 0,
        "max_tokens": config.answer_tokens,
        "temperature": 0.2,
        "cache": False,
        **fit.options,
    }
    _need_package(config.model.partition(":")[0])
    try:
        model = init_chat_model(config.model, **options)
        fit.after(model)
    except ImportError as error:
        raise ModelMisconfigured(f"{config.model}: {error}") from None  # names the package to install
    except ValueError:
        raise ModelMisconfigured(f"LangChain does not know the model {config.model} or its options") from None
    return model
