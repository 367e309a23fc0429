"""What lies in files: the settings, the var folder with its secret, and every data file."""

from __future__ import annotations

import difflib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from chatbot.cli.doctor.finding import failed, ok, ready, warning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import ValidationError

    from chatbot.cli.doctor.finding import Finding, Setup
    from chatbot.settings import Settings

PREFIX = "CHATBOT_"
ENV_FILE = Path(".env")
LITTLE_BYTES, TOO_LITTLE_BYTES = 1_000_000_000, 100_000_000
SECRET_BYTES = 32
LIMITS = ("message_limit", "session_limit", "address_limit", "subscribe_limit")


def settings(setup: Setup) -> Iterator[Finding]:
    """Check every setting, and look for names that are none."""
    from pydantic import ValidationError

    from chatbot.settings import Settings

    try:
        made = Settings()
    except ValidationError as error:
        yield from _wrong(error)
        return
    yield from _unknown(set(setup.environment) | _named_in_env_file(), set(Settings.model_fields))
    wrong_limits = [name for name in LIMITS if not _is_limit(getattr(made, name))]
    for name in wrong_limits:
        yield failed(f"{PREFIX}{name.upper()} is not a rate", "write it like 20/minute")
    if not wrong_limits:
        setup.settings = made
        yield ok("the settings are valid")


def _wrong(error: ValidationError) -> Iterator[Finding]:
    """Say which setting is wrong; pydantic's `input` is left out, because it can be a secret."""
    for each in error.errors(include_input=False, include_context=False, include_url=False):
        name = "_".join(map(str, each["loc"])).upper()
        what = each["msg"].removeprefix("Value error, ")
        mend = "set it right in the environment or in .env; docs/settings.md describes it"
        yield failed(f"{PREFIX}{name}: {what}" if name else what, mend)


def _unknown(names: set[str], known: set[str]) -> Iterator[Finding]:
    settings = sorted(f"{PREFIX}{name}".upper() for name in known)
    for name in sorted(name.upper() for name in names if name.upper().startswith(PREFIX)):
        if name not in settings:
            near = difflib.get_close_matches(name, settings, n=1)
            meant = f"did you mean {near[0]}?" if near else "remove it"
            yield warning(f"{name} is no setting, so it does nothing", f"{meant} (docs/settings.md lists them all)")


def _named_in_env_file() -> set[str]:
    if not ENV_FILE.is_file():
        return set()
    from dotenv import dotenv_values

    return set(dotenv_values(ENV_FILE))


def _is_limit(text: str) -> bool:
    from limits import parse

    try:
        return bool(parse(text))
    except ValueError:
        return False


@ready
def folder(settings: Settings, _setup: Setup) -> Iterator[Finding]:
    """Check that the var folder can be written to, and that the disk has room."""
    path = settings.var_dir.resolve()
    there = next(parent for parent in (path, *path.parents) if parent.exists())
    mend = "give the service's account that folder, or set CHATBOT_VAR_DIR to one of its own"
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        yield failed(f"{there} cannot be written to ({error.strerror})", mend)
        return
    free = shutil.disk_usage(there).free
    if free < LITTLE_BYTES:
        verdict = failed if free < TOO_LITTLE_BYTES else warning
        yield verdict(f"only {free // 1_000_000} MB are free where {path} lies", "make room, or move the folder")
    else:
        yield ok(f"{path} can be written to, {free / 1e9:.1f} GB free")


@ready
def secret(settings: Settings, _setup: Setup) -> Iterator[Finding]:
    """Check that the files which hold secrets can be read by their owner alone, and are whole."""
    key = settings.var_dir / "secret.key"
    for path in (key, ENV_FILE):
        if path.is_file() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield failed(f"{path} holds secrets and others may read it", f"chmod 600 {path}")
    if settings.secret.get_secret_value():
        yield ok("the secret comes from CHATBOT_SECRET")
    elif not key.exists():
        yield ok(f"{key} is made at the first start")
    elif not os.access(key, os.R_OK):
        yield failed(f"{key} cannot be read by this account", "run as the account that owns it")
    elif key.stat().st_size < SECRET_BYTES:
        yield failed(f"{key} is damaged", "put it back from a backup, or remove it: open conversations then end")
    else:
        yield ok(f"{key} is there")


@ready
def data(settings: Settings, setup: Setup) -> Iterator[Finding]:
    """Read every data file as the service does."""
    checked = faults(settings.data_dir)
    for name, fault in checked:
        if fault:
            setup.settings = None
            yield failed(f"{name}: {fault}", f"mend the file below {settings.data_dir}")
    if setup.settings is not None:
        yield ok(f"{len(checked)} groups of data files are valid")


def faults(folder: Path) -> list[tuple[str, str]]:
    """Read every group of data files; gives for each what is wrong with it, nothing when it is in order."""
    from chatbot.knowledge.errors import KnowledgeError
    from consent.data import DataError
    from pii.errors import DataError as WordListError

    found = []
    for name, load in _loaders(folder).items():
        try:
            load()
        except (DataError, WordListError, KnowledgeError, OSError, ValueError) as error:
            found.append((name, str(error)))
        else:
            found.append((name, ""))
    return found


def _loaders(folder: Path) -> dict[str, Callable[[], object]]:
    return _registers(folder) | _texts(folder)


def _registers(folder: Path) -> dict[str, Callable[[], object]]:
    from datetime import UTC, datetime

    from chatbot.channels import fitting
    from chatbot.cli.promises import Promises
    from chatbot.cookies.registry import Registry
    from chatbot.decisions.rules import load_rules
    from consent import law
    from consent.law.overview import overview
    from consent.notice import Notices
    from consent.operators import Register
    from consent.party import Party
    from consent.purposes import Purposes

    registers, today = folder / "registers", datetime.now(UTC).date()
    return {
        "responsible party": lambda: Party.load(registers / "party.yaml"),
        "purposes": lambda: Purposes.load(registers / "purposes.yaml"),
        "operators": lambda: Register.load(registers / "operators.yaml"),
        "incidents and records": lambda: load_rules(registers),
        "commitments": lambda: Promises.load(registers / "commitments.yaml"),
        "notices": lambda: Notices.load(
            folder / "notices", Purposes.load(registers / "purposes.yaml"), Party.load(registers / "party.yaml")
        ),
        "sources": lambda: fitting(folder),
        "cookies and site services": lambda: Registry.load(folder),
        "law": lambda: (law.countries(), [overview(country, today) for country in law.countries()]),
    }


def _texts(folder: Path) -> dict[str, Callable[[], object]]:
    from chatbot.guardians.words import load_words
    from chatbot.knowledge.documents import read_folder
    from chatbot.knowledge.score import Score
    from chatbot.knowledge.words import Words
    from chatbot.llm import build_embedded
    from chatbot.llm.prompts import Prompts
    from chatbot.moderation import Moderation
    from chatbot.subscriptions.words import load_words as load_subscribing
    from pii.wordlists import AllowList, hide_list

    search, languages = folder / "search", {"en", "af", "de"}
    return {
        "words for guardians and children": lambda: load_words(folder / "notices", languages),
        "words of moderation": lambda: Moderation.load(folder / "moderation" / "words"),
        "words for subscribers": lambda: load_subscribing(folder / "notices", languages),
        "word lists": lambda: (AllowList(), hide_list()),
        "prompts": lambda: Prompts.read(folder / "prompts"),
        "replies": lambda: build_embedded(folder),
        "search": lambda: (Words.read(search / "words.yaml"), Score.read(search / "score.yaml")),
        "knowledge": lambda: read_folder(folder / "knowledge", folder / "policies"),
    }
