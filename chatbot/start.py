"""Start-up: every part is made and checked before the first request; a wrong one stops the start in plain words."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from chatbot.channels import fitting, with_channels
from chatbot.consents.editions import Editions
from chatbot.consents.policies import Policies
from chatbot.consents.receipts import Receipts
from chatbot.consents.wall import Wall
from chatbot.conversation.ephemeral import EphemeralKeeper
from chatbot.conversation.reply import Replies
from chatbot.conversation.stored import StoredKeeper
from chatbot.conversation.watch import Watch
from chatbot.cookies.page import cookie_policy
from chatbot.cookies.registry import Registry as CookieRegistry
from chatbot.decisions.downstream import Downstream
from chatbot.decisions.rules import Rules, load_rules
from chatbot.guardians.parts import Parts
from chatbot.guardians.words import load_words
from chatbot.knowledge.search import Knowledge
from chatbot.limits import Limits
from chatbot.llm import AnswererConfig, build_answerer, build_embedded
from chatbot.moderation import Moderation
from chatbot.observe.metrics import Metrics
from chatbot.observe.readiness import Readiness
from chatbot.policies import Draft, policy_text
from chatbot.seals import Seals, derive
from chatbot.services import Services
from chatbot.signals import Signals
from chatbot.site_words import SiteWords, load_site
from chatbot.storage.database import Database
from chatbot.subscriptions.parts import Desk
from chatbot.subscriptions.words import load_words as load_subscribing
from consent import egress
from consent.notice import Notices
from consent.operators import Register
from consent.party import Party
from consent.purposes import Purposes
from pii.redactor import Redactor
from pii.service import RedactionService

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from chatbot.llm.answerer import Answerer
    from chatbot.settings import Settings
    from consent.sources import Sources


WARMING = "Hello, I am Jane Doe, jane@mail.example, 082 555 0100, 12 Long Street, Cape Town"


def start(settings: Settings, redactor: Redactor | None = None) -> Services:
    """Make a worker's services, with a redactor if one is loaded; raises when a setting or a data file is wrong."""
    with ThreadPoolExecutor(1) as loading:
        loaded = loading.submit(_warm, redactor, settings.finder)
        secret, metrics = settings.server_secret(), Metrics()
        told = read_data(settings, metrics.sent)
        database = Database(settings.database, told.sources.check)
        replies, editions = Replies(settings.max_streams), Editions(told.notices)
        knowledge = Knowledge.open(settings.var_dir / "knowledge.db", settings.data_dir)
        redaction = make_redaction(settings, loaded.result())
        return Services(
            settings=settings,
            database=database,
            redaction=redaction,
            knowledge=knowledge,
            answerer=told.answerer,
            embedded=build_embedded(settings.data_dir, told.party.country),
            editions=editions,
            seals=Seals.of(secret),
            stored=StoredKeeper(database, editions),
            ephemeral=EphemeralKeeper(Seals.of(secret)),
            replies=replies,
            signals=Signals(replies, database, settings.valkey_url.get_secret_value()),
            limits=Limits(settings, derive(secret, "address"), metrics),
            metrics=metrics,
            watch=Watch(database, replies),
            downstream=Downstream(database, told.register, derive(secret, "downstream")),
            rules=told.rules,
            guardians=make_guardians(settings, told, secret),
            subscriptions=make_desk(settings, told, database, editions),
            cookies=told.cookies,
            policies=Policies(draft_policies(settings, told), editions),
            site=told.site,
            moderation=Moderation.load(settings.data_dir / "moderation" / "words"),
            receipts=Receipts(secret, editions),
            wall=Wall(database, editions),
            mailer=make_mailer(settings, told),
            readiness=Readiness(database, redaction, knowledge),
        )


def make_redaction(settings: Settings, redactor: Redactor) -> RedactionService:
    """Put a loaded redactor into threads, with a time limit."""
    return RedactionService(redactor, time_limit=settings.redaction_seconds, workers=settings.redaction_threads)


def _warm(redactor: Redactor | None, finder: str) -> Redactor:
    """Load the redactor and use it once: what it loads late must not cost the first visitor the time limit."""
    ready = redactor or Redactor(finder)
    ready.redact(WARMING)
    return ready


class Told(NamedTuple):
    """What the data files and the settings say together."""

    party: Party
    register: Register
    answerer: Answerer
    notices: Notices
    cookies: CookieRegistry
    site: dict[str, SiteWords]
    sources: Sources
    rules: Rules


def read_data(settings: Settings, sent: Counter[str] | None = None) -> Told:
    """Read registers, prompts and notices, and make the answerer they allow; quick, so it also checks a start.

    `sent` is filled with the requests to each operator.
    """
    registers = settings.data_dir / "registers"
    party = Party.load(registers / "party.yaml")
    register = Register.load(registers / "operators.yaml", home=party.country)
    answerer = build_answerer(answerer_config(settings), register, party, os.environ, sent)
    cookies = CookieRegistry.load(settings.data_dir)
    notices = load_notices(settings.data_dir, party, answerer)
    site = load_site(settings.data_dir / "site", set(notices.by_language))
    sources = fitting(settings.data_dir)
    return Told(party, register, answerer, notices, cookies, site, sources, load_rules(registers))


def draft_policies(settings: Settings, told: Told) -> dict[str, Draft]:
    """Give the policies as the data files have them; a changed cookie policy asks on every page by itself."""
    drafts = {path.stem: policy_text(path) for path in (settings.data_dir / "policies").glob("*.md")}
    drafts["cookies"] = Draft(cookie_policy(told.cookies, told.site["en"]), announced=False)
    privacy = drafts["privacy"]
    return drafts | {"privacy": privacy._replace(text=with_channels(privacy.text, told.sources))}


def make_mailer(settings: Settings, told: Told) -> egress.Mailer | None:
    """Make the way out for mail, or None without a server; raises when the server is not registered."""
    if not settings.smtp_host:
        return None
    server = egress.MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_from or told.party.support,
        settings.smtp_account,
        settings.smtp_password.get_secret_value(),
    )
    return egress.mail(told.register, server)


def make_guardians(settings: Settings, told: Told, secret: bytes) -> Parts:
    """Make the parts of the guardian flow; raises when a text of it is missing."""
    return Parts(
        words=load_words(settings.data_dir / "notices", set(told.notices.by_language)),
        mailer=make_mailer(settings, told),
        site=settings.public_url or told.party.website,
        delay=timedelta(hours=settings.guardian_delay_hours),
        provider_url=settings.guardian_provider_url,
        provider_key=settings.guardian_provider_key.get_secret_value().encode(),
        secret=derive(secret, "guardians"),
    )


def make_desk(settings: Settings, told: Told, database: Database, editions: Editions) -> Desk:
    """Make the parts of subscribing by e-mail; raises when a text of it is missing."""
    return Desk(
        database=database,
        editions=editions,
        words=load_subscribing(settings.data_dir / "notices", set(told.notices.by_language)),
        mailer=make_mailer(settings, told),
        site=settings.public_url or told.party.website,
        secret=derive(settings.server_secret(), "subscriptions"),
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
