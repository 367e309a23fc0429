"""What runs: redaction, the model, the database, Valkey, the knowledge base; each is tried, nothing is changed."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from chatbot.cli.doctor.finding import failed, ok, ready, warning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import URL

    from chatbot.cli.doctor.finding import Finding, Setup
    from chatbot.settings import Settings

PROBE = "Please write to probe@example.org"
SECONDS = 5.0


def tracing(setup: Setup) -> Iterator[Finding]:
    """Check that nothing would send conversations to a tracing service."""
    from consent.egress import tracing_variables

    names = tracing_variables(setup.environment)
    for name in names:
        yield failed(f"{name} would send conversations to a tracing service", f"unset {name}; the start is refused")
    if not names:
        yield ok("no tracing to third parties is switched on")


@ready
def redaction(settings: Settings, _setup: Setup) -> Iterator[Finding]:
    """Load the finder and the rules, and redact a made-up message."""
    from pii.errors import PiiError
    from pii.redactor import Redactor

    try:
        redactor = Redactor(settings.finder)
        hidden = "probe@" not in redactor.redact(PROBE).text.text
    except PiiError as error:
        yield failed(f"redaction does not run: {error}", "no message is read without it; check CHATBOT_FINDER")
        return
    if hidden:
        yield ok(f"redaction works, finder {redactor.describe()['finder']}")
    else:
        yield failed("redaction let an e-mail address through", "install the pinned packages again")


@ready
def model(settings: Settings, _setup: Setup) -> Iterator[Finding]:
    """Build the configured model as the start does: known, installed, registered, in force."""
    from chatbot.llm import build_answerer
    from chatbot.llm.errors import ModelMisconfigured
    from chatbot.start import answerer_config
    from consent.operators import OperatorError, Register
    from consent.party import Party

    registers = settings.data_dir / "registers"
    party = Party.load(registers / "party.yaml")
    operators = Register.load(registers / "operators.yaml", home=party.country)
    try:
        answerer = build_answerer(answerer_config(settings), operators, party, {})
    except ModelMisconfigured as error:
        yield failed(f"the model cannot be used: {error}", "set CHATBOT_MODEL right; `embedded` needs nothing else")
    except OperatorError as error:
        yield failed(f"the model's host may receive nothing: {error}", "enter it in data/registers/operators.yaml")
    else:
        yield ok(f"{answerer.name} answers" + (", abroad after a yes" if answerer.abroad else ""))


@ready
def database(settings: Settings, _setup: Setup) -> Iterator[Finding]:
    """Connect, and compare with the migrations; an SQLite file that is not there yet is not made."""
    from sqlalchemy.engine import make_url

    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        yield from _sqlite(url)
    else:
        yield from _migrations(url, f"PostgreSQL answers on {_place(url)}")


def _sqlite(url: URL) -> Iterator[Finding]:
    from pathlib import Path

    path = Path(url.database or "")
    if not path.exists():
        yield ok(f"{path} is made at the first start")
        return
    if complaint := _damage(path):
        yield failed(f"{path} is damaged: {complaint}", "stop the service and put the file back from a backup")
        return
    yield from _migrations(url, f"{path} is whole")


def _damage(path: Path) -> str:
    """Give what SQLite itself finds wrong with a file, or nothing."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=SECONDS)) as connection:
            said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        return str(error)
    return "" if said == "ok" else "its check fails"


def _migrations(url: URL, connected: str) -> Iterator[Finding]:
    try:
        behind = asyncio.run(asyncio.wait_for(_behind(url), SECONDS))
    except Exception as error:  # noqa: BLE001 — drivers raise many kinds, and their words may hold the address
        yield failed(
            f"the database at {_place(url)} does not answer ({type(error).__name__})",
            "is it running, and are host, port, account and password in CHATBOT_DATABASE_URL right?",
        )
        return
    if behind:
        yield warning(f"{connected}, but migrations are pending", "`chatbot serve` applies them when it starts")
    else:
        yield ok(connected)


def _place(url: URL) -> str:
    """Say where a database is, without account and password; a local socket has no host."""
    return f"{url.host}:{url.port or 5432}" if url.host else f"{url.database or 'a local socket'}"


async def _behind(url: URL) -> bool:
    from chatbot.storage.database import Database
    from chatbot.storage.migrate import pending

    database = Database(url.render_as_string(hide_password=False))
    try:
        return await pending(database)
    finally:
        await database.close()


@ready
def valkey(settings: Settings, _setup: Setup) -> Iterator[Finding]:
    """Ask Valkey for an answer, when one is set."""
    from redis import Redis
    from redis.exceptions import RedisError

    url = settings.valkey_url.get_secret_value()
    if not url:
        yield ok("not used; one worker needs none")
        return
    try:
        with Redis.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS) as client:
            client.ping()
        yield ok("Valkey answers")
    except (RedisError, OSError, ValueError) as error:
        yield failed(
            f"Valkey does not answer ({type(error).__name__}): rate limits and stop signals between workers stop",
            "is it running, and is CHATBOT_VALKEY_URL right?",
        )


@ready
def knowledge(settings: Settings, _setup: Setup) -> Iterator[Finding]:
    """Check that there is something to answer from."""
    path = settings.var_dir / "knowledge.db"
    if not path.exists():
        yield ok(f"{path} is made at the first start")
        return
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=SECONDS)) as connection:
            passages = connection.execute("SELECT count(*) FROM passage").fetchone()[0]
    except sqlite3.Error:
        yield failed(f"{path} cannot be read", "remove it; `chatbot knowledge ingest` makes it anew")
        return
    if passages:
        yield ok(f"{passages} passages to answer from")
    else:
        yield failed(
            "the knowledge base is empty", "write Markdown in data/knowledge, then `chatbot knowledge ingest`"
        )
