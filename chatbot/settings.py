"""Every setting of the service, validated at start-up; docs/settings.md describes each one.

Settings come from the environment (`CHATBOT_…`) or a `.env` file. A wrong one stops the start with a sentence
that says what to do; nothing falls back silently.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SECRET_BYTES = 32
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def data_folder() -> Path:
    """Find `data/`: beside the packages in a checkout, inside the package in a wheel."""
    beside = Path(__file__).resolve().parents[1] / "data"
    return beside if beside.is_dir() else Path(__file__).resolve().parent / "_data"


class Settings(BaseSettings):
    """The service's settings; field descriptions are the documentation."""

    model_config = SettingsConfigDict(
        env_prefix="CHATBOT_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    var_dir: Path = Field(Path("var"), description="Folder for the databases and the generated secret.")
    data_dir: Path = Field(
        default_factory=data_folder, description="Folder of prompts, knowledge, notices, registers."
    )
    database_url: str = Field("", description="SQLAlchemy URL; empty means SQLite in `var_dir`.")
    valkey_url: SecretStr = Field(
        SecretStr(""), description="Valkey for limits and stop signals; needed by more than one worker."
    )
    secret: SecretStr = Field(
        SecretStr(""),
        description="At least 32 characters that seal tokens and conversations; generated in `var_dir` when empty.",
    )
    workers: int = Field(1, ge=1, le=64, description="Worker processes.")
    max_streams: int = Field(200, ge=1, description="Replies that one worker writes at the same time.")
    shutdown_seconds: int = Field(20, ge=1, le=300, description="How long open replies may finish at shutdown.")

    model: str = Field("embedded", description="`embedded`, or any LangChain `provider:model`.")
    model_base_url: str = Field("", description="Base URL of the model's API; its host must be in the register.")
    model_api_key: SecretStr = Field(SecretStr(""), description="Key for the model's API.")
    model_timeout: float = Field(60.0, gt=0, le=600, description="Seconds for a whole reply.")
    model_first_token_timeout: float = Field(15.0, gt=0, le=120, description="Seconds until the first token.")
    model_retries: int = Field(1, ge=0, le=5, description="Retries before the first token.")
    model_fallback: bool = Field(default=True, description="Let the embedded answerer step in when the model fails.")
    history_tokens: int = Field(1500, ge=0, le=100_000, description="Tokens of history that go into a prompt.")
    finder: str = Field("builtin", description="Name finder: `builtin`, `spacy:PACKAGE`, `gliner:MODEL`, …")

    redaction_seconds: float = Field(2.0, gt=0, le=30, description="Time limit for redacting one message.")
    redaction_threads: int = Field(2, ge=1, le=32, description="Threads that redact.")

    message_limit: str = Field("20/minute", description="Messages per session.")
    session_limit: str = Field("20/minute", description="New sessions per address.")
    address_limit: str = Field("120/minute", description="Requests to the API per address.")
    subscribe_limit: str = Field("3/hour", description="Mails to confirm a subscription, per e-mail address.")
    trusted_proxies: int = Field(0, ge=0, le=5, description="Proxies in front whose X-Forwarded-For is believed.")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Other sites, by origin, that may embed the widget; comma-separated."
    )
    session_hours: int = Field(24, ge=1, le=24 * 30, description="How long a session's token is valid.")

    smtp_host: str = Field("", description="Mail server; empty means that no mail is sent.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port; 465 is TLS from the first byte.")
    smtp_account: str = Field("", description="Account at the mail server.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password at the mail server.")
    smtp_from: str = Field("", description="Sender of mail; empty means the support address of `party.yaml`.")

    public_url: str = Field("", description="Where visitors reach this service, for links in mail.")
    child_score: float = Field(0.85, gt=0, le=1, description="How sure a finding 'a child writes' must be to stop.")
    child_erase_hours: float = Field(24.0, ge=0, le=24 * 30, description="When a held child's session is erased.")
    review_days: float = Field(7.0, ge=0, le=30, description="How long a review may keep a held session unerased.")
    guardian_delay_hours: float = Field(24.0, ge=1, le=120, description="Hours between a guardian's confirmations.")
    guardian_provider_url: str = Field("", description="Page of an identity provider for guardians.")
    guardian_provider_key: SecretStr = Field(SecretStr(""), description="Key shared with that provider.")

    metrics_token: SecretStr = Field(
        SecretStr(""), description="Bearer token for /metrics; without one it answers on this machine only."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite+aiosqlite:", "postgresql+asyncpg:")):
            raise ValueError("must start with sqlite+aiosqlite: or postgresql+asyncpg:")
        return value

    @field_validator("public_url", "guardian_provider_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and ((parts.scheme != "https" and parts.hostname not in LOOPBACK) or not parts.hostname):
            raise ValueError("must be an https address, or one of this machine")
        return value

    @field_validator("secret")
    @classmethod
    def _long_secret(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and len(value.get_secret_value()) < SECRET_BYTES:
            raise ValueError("needs at least 32 characters; make one with: openssl rand -base64 48")
        return value

    @field_validator("model_base_url")
    @classmethod
    def _safe_model_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("must be an http(s) URL with a host")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("must be https unless it is on this machine")
        return value

    @model_validator(mode="after")
    def _shared_needs(self) -> Self:
        if self.workers > 1 and not self.valkey_url.get_secret_value():
            raise ValueError(
                "CHATBOT_WORKERS above 1 needs CHATBOT_VALKEY_URL: limits and stop signals are shared there"
            )
        if self.guardian_provider_url and len(self.guardian_provider_key.get_secret_value()) < SECRET_BYTES:
            raise ValueError("CHATBOT_GUARDIAN_PROVIDER_URL needs a CHATBOT_GUARDIAN_PROVIDER_KEY of 32 characters")
        if self.database_url.startswith("postgresql") and not self.secret.get_secret_value():
            raise ValueError("CHATBOT_SECRET must be set with PostgreSQL: every replica needs the same one")
        return self

    @property
    def database(self) -> str:
        """The database URL in use."""
        return self.database_url or f"sqlite+aiosqlite:///{self.var_dir.resolve() / 'chatbot.db'}"

    def server_secret(self) -> bytes:
        """Give the secret that seals tokens; made once, readable by its owner only, when none is set."""
        if given := self.secret.get_secret_value():
            return given.encode()
        path = self.var_dir / "secret.key"
        self.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(secrets.token_bytes(SECRET_BYTES))
        kept = path.read_bytes()
        if len(kept) < SECRET_BYTES:
            raise ValueError(f"{path} is damaged; remove it to start afresh (open conversations end)")
        return kept
