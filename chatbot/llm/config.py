"""What the settings say about the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import SecretStr

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class AnswererConfig:
    """Which model answers, where it is reached, and how long it may take (seconds).

    `model` is `embedded` or LangChain's `provider:model`. `history_tokens` bounds the earlier turns that are sent,
    `answer_tokens` the reply. `company` is whom the model speaks for; the register of the responsible party fills it.
    """

    prompts: Path
    model: str = "embedded"
    base_url: str = ""
    api_key: SecretStr = field(default_factory=lambda: SecretStr(""))
    timeout: float = 60.0
    first_token_timeout: float = 15.0
    gap_timeout: float = 15.0
    retries: int = 1
    fallback: bool = True
    history_tokens: int = 1500
    answer_tokens: int = 800
    company: str = ""
