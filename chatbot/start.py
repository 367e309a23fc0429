"""Start-up: every part is made and checked before the first request; a wrong one stops the start in plain words."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from chatbot.conversation.ephemeral import EphemeralKeeper
from chatbot.conversation.reply import Replies
from chatbot.conversation.stored import StoredKeeper
from chatbot.knowledge.search import Knowledge
from chatbot.limits import Limits
from chatbot.llm import AnswererConfig, build_answerer, build_embedded
from chatbot.observe.metrics import Metrics
from chatbot.seals import Seals, derive
from chatbot.services import Services
from chatbot.signals import Signals
from chatbot.storage.database import Database
from consent.gate import Gate
from consent.notice import Notices
from consent.operators import Register
from consent.party import Party
from consent.purposes import Purposes
from pii.redactor import Redactor
from pii.service import RedactionService

if TYPE_CHECKING:
    from pathlib import Path

    from chatbot.llm.answerer import Answerer
    from chatbot.settings import Settings


def start(settings: Settings) -> Services:
    """Make a worker's services; raises when a setting or a data file is wrong."""
    with ThreadPoolExecutor(1) as loading:
        redactor = loading.submit(Redactor, settings.finder)
        secret = settings.server_secret()
        registers = settings.data_dir / "registers"
        party = Party.load(registers / "party.yaml")
        register = Register.load(registers / "operators.yaml", home=party.country)
        answerer = build_answerer(answerer_config(settings), register, party, os.environ)
        notices = load_notices(settings.data_dir, party, answerer)
        database, metrics, seals = Database(settings.database), Metrics(), Seals.of(secret)
        replies = Replies(settings.max_streams)
        return Services(
            settings=settings,
            database=database,
            redaction=RedactionService(
                redactor.result(), time_limit=settings.redaction_seconds, workers=settings.redaction_threads
            ),
            knowledge=Knowledge.open(settings.var_dir / "knowledge.db", settings.data_dir),
            answerer=answerer,
            notices=notices,
            embedded=build_embedded(settings.data_dir, party.country),
            gate=Gate(notices.best("en").purposes),
            seals=seals,
            stored=StoredKeeper(database),
            ephemeral=EphemeralKeeper(seals),
            replies=replies,
            signals=Signals(replies, settings.valkey_url.get_secret_value()),
            limits=Limits(settings, derive(secret, "address"), metrics),
            metrics=metrics,
        )


def answerer_config(settings: Settings) -> AnswererConfig:
    """Give the part of the settings that the model needs."""
    return AnswererConfig(
        model=settings.model,
        base_url=settings.model_base_url,
        api_key=settings.model_api_key,
        timeout=settings.model_timeout,
        first_token_timeout=settings.model_first_token_timeout,
        retries=settings.model_retries,
        fallback=settings.model_fallback,
        history_tokens=settings.history_tokens,
        prompts=settings.data_dir / "prompts",
    )


def load_notices(data_dir: Path, party: Party, answerer: Answerer) -> Notices:
    """Load the notice in every language, naming the model's provider when it is abroad."""
    purposes = Purposes.load(data_dir / "registers" / "purposes.yaml")
    model, country = (answerer.operator, answerer.country) if answerer.abroad else ("", "")
    return Notices.load(data_dir / "notices", purposes, party, model=model, model_country=country)
