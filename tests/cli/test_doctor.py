"""`chatbot doctor`: every kind of broken set-up is named, with a way to mend it, and no secret is shown."""

import asyncio
import json
import os
import shutil
import socket
import sqlite3
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from chatbot.cli.doctor import doctor, files, machine, running
from chatbot.cli.doctor.finding import Setup, Verdict
from chatbot.settings import Settings, data_folder
from chatbot.storage.database import Database
from chatbot.storage.migrate import upgrade

SECRET = "wonderful-secret-of-more-than-32-characters"


@pytest.fixture(autouse=True)
def _apart(tmp_path, monkeypatch):
    """Keep the set-up under test away from this machine's own."""
    for name in [name for name in os.environ if name.startswith("CHATBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def setup(tmp_path):
    """Give a set-up with valid settings in a folder of its own; keyword arguments are settings."""

    def make(**settings):
        return Setup({}, "127.0.0.1", free_port(), Settings(var_dir=tmp_path / "var", **settings))

    return make


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def look(check, setup):
    """Run one check; gives its verdicts and everything that it says."""
    found = list(check(setup))
    return [finding.verdict for finding in found], " ".join(
        f"{finding.message} → {finding.mend}" for finding in found
    )


def test_a_good_set_up_has_no_failure(setup):
    result = CliRunner().invoke(doctor, ["--json", "--port", str(free_port())])
    failed = [row for row in json.loads(result.stdout) if row["verdict"] == "failed"]
    assert (result.exit_code, failed) == (0, [])


def test_a_broken_one_exits_with_1_and_shows_the_way(monkeypatch):
    monkeypatch.setenv("CHATBOT_WORKERS", "none")
    result = CliRunner().invoke(doctor, [])
    assert result.exit_code == 1
    assert "✗ settings   CHATBOT_WORKERS: Input should be a valid integer" in result.stdout
    assert "→ set it right in the environment or in .env" in result.stdout
    assert "· database" in result.stdout


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"CHATBOT_SECRET": "too-short-a-secret"}, "CHATBOT_SECRET: needs at least 32 characters"),
        ({"CHATBOT_DATABASE_URL": "mysql://admin:hidden@db/chat"}, "CHATBOT_DATABASE_URL: must start with"),
        ({"CHATBOT_MODEL_BASE_URL": "http://models.example/v1"}, "CHATBOT_MODEL_BASE_URL: must be https"),
        ({"CHATBOT_WORKERS": "2"}, "needs CHATBOT_VALKEY_URL"),
        ({"CHATBOT_MESSAGE_LIMIT": "many"}, "CHATBOT_MESSAGE_LIMIT is not a rate"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(monkeypatch, variables, said):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    verdicts, words = look(files.settings, Setup(dict(os.environ), "127.0.0.1", 8000))
    assert verdicts == [Verdict.FAILED]
    assert said in words
    assert not any(value in words for value in variables.values() if len(value) > 1)


def test_a_misspelt_setting_is_noticed_in_the_environment_and_in_the_env_file(tmp_path):
    (tmp_path / ".env").write_text("CHATBOT_WORKRES=2\n", encoding="utf-8")
    verdicts, words = look(files.settings, Setup({"CHATBOT_MODLE": "embedded"}, "127.0.0.1", 8000))
    assert verdicts == [Verdict.WARNING, Verdict.WARNING, Verdict.OK]
    assert "did you mean CHATBOT_MODEL?" in words
    assert "did you mean CHATBOT_WORKERS?" in words


def test_a_var_folder_that_is_a_file_cannot_be_written_to(setup, tmp_path):
    (tmp_path / "var").write_text("", encoding="utf-8")
    assert look(files.folder, setup())[0] == [Verdict.FAILED]


@pytest.mark.parametrize(("megabytes", "verdict"), [(50, Verdict.FAILED), (500, Verdict.WARNING), (5000, Verdict.OK)])
def test_a_full_disk_is_noticed(setup, monkeypatch, megabytes, verdict):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=megabytes * 1_000_000))
    assert look(files.folder, setup())[0] == [verdict]


def test_a_secret_that_others_may_read_is_refused_with_the_command_that_mends_it(setup, tmp_path):
    made = setup()
    made.settings.server_secret()
    key = tmp_path / "var" / "secret.key"
    assert look(files.secret, made)[0] == [Verdict.OK]
    key.chmod(0o644)
    verdicts, words = look(files.secret, made)
    assert verdicts == [Verdict.FAILED, Verdict.OK]
    assert f"chmod 600 {key}" in words


def test_a_secret_that_was_cut_is_damaged(setup, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret.key").touch(mode=0o600)
    verdicts, words = look(files.secret, setup())
    assert verdicts == [Verdict.FAILED]
    assert "damaged" in words


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("registers/party.yaml", "name: Rousora\n", "party.yaml: country: Field required"),
        ("registers/operators.yaml", "operators: [{id: x}]\n", "operators.0.name: Field required"),
        ("notices/en.yaml", "a: [\n", "en.yaml: not valid YAML"),
        ("notices/strings/de.yaml", None, "no file for de"),
    ],
)
def test_a_broken_data_file_is_named(setup, tmp_path, file, content, said):
    shutil.copytree(data_folder(), tmp_path / "data")
    if content is None:
        (tmp_path / "data" / file).unlink()
    else:
        (tmp_path / "data" / file).write_text(content, encoding="utf-8")
    made = setup(data_dir=tmp_path / "data")
    verdicts, words = look(files.data, made)
    assert set(verdicts) == {Verdict.FAILED}
    assert said in words
    assert look(running.model, made)[0] == [Verdict.SKIPPED]


def test_tracing_variables_are_named_without_their_values():
    environment = {"LANGSMITH_API_KEY": SECRET, "LANGCHAIN_TRACING_V2": "true"}
    verdicts, words = look(running.tracing, Setup(environment, "127.0.0.1", 8000))
    assert verdicts == [Verdict.FAILED, Verdict.FAILED]
    assert "unset LANGSMITH_API_KEY" in words
    assert SECRET not in words


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"model": "openai:gpt-5-mini"}, "api.openai.com is in no row of operators.yaml"),
        ({"model": "gpt-5-mini"}, "must be `embedded` or `provider:model`"),
        ({"model": "acme:large"}, "needs CHATBOT_MODEL_BASE_URL"),
    ],
)
def test_a_model_that_may_not_or_cannot_answer_is_explained(setup, settings, said):
    verdicts, words = look(running.model, setup(model_api_key=SECRET, **settings))
    assert verdicts == [Verdict.FAILED]
    assert said in words
    assert SECRET not in words


def test_a_finder_that_is_not_installed_is_explained(setup):
    verdicts, words = look(running.redaction, setup(finder="spacy:no_such_package"))
    assert verdicts == [Verdict.FAILED]
    assert "CHATBOT_FINDER" in words


def test_looking_at_a_new_set_up_makes_nothing(setup, tmp_path):
    made = setup()
    for check in (files.folder, files.secret, running.database, running.knowledge):
        assert look(check, made)[0] == [Verdict.OK]
    assert list(tmp_path.iterdir()) == []


async def _migrated(settings, revision="head"):
    database = Database(settings.database)
    await upgrade(database, revision)
    await database.close()


def test_a_database_at_its_head_is_fine_and_an_older_one_waits_for_the_start(setup, tmp_path):
    made = setup()
    asyncio.run(_migrated(made.settings))
    assert look(running.database, made)[0] == [Verdict.OK]
    with sqlite3.connect(tmp_path / "var" / "chatbot.db") as connection:
        connection.execute("DELETE FROM alembic_version")
    connection.close()
    verdicts, words = look(running.database, made)
    assert verdicts == [Verdict.WARNING]
    assert "migrations are pending" in words


def test_a_damaged_database_is_noticed(setup, tmp_path):
    made = setup()
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "chatbot.db").write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    assert look(running.database, made)[0] == [Verdict.FAILED]


def test_a_database_server_that_is_away_is_named_without_its_password(setup):
    url = f"postgresql+asyncpg://chat:{SECRET}@127.0.0.1:{free_port()}/chat"
    verdicts, words = look(running.database, setup(database_url=url, secret="s" * 32))
    assert verdicts == [Verdict.FAILED]
    assert "127.0.0.1:" in words
    assert SECRET not in words


def test_a_valkey_that_is_away_is_noticed_without_its_password(setup):
    verdicts, words = look(running.valkey, setup(valkey_url=f"redis://:{SECRET}@127.0.0.1:{free_port()}/0"))
    assert verdicts == [Verdict.FAILED]
    assert SECRET not in words


@pytest.mark.parametrize(
    ("passages", "verdict"), [([], Verdict.FAILED), (["Zoho"], Verdict.OK), (None, Verdict.FAILED)]
)
def test_a_knowledge_base_that_is_empty_or_broken_is_noticed(setup, tmp_path, passages, verdict):
    (tmp_path / "var").mkdir()
    connection = sqlite3.connect(tmp_path / "var" / "knowledge.db")
    if passages is not None:
        connection.execute("CREATE TABLE passage (text)")
        connection.executemany("INSERT INTO passage VALUES (?)", [(text,) for text in passages])
    connection.commit()
    connection.close()
    assert look(running.knowledge, setup())[0] == [verdict]


def test_a_port_that_another_program_holds_is_noticed(setup):
    made = setup()
    with socket.create_server(("127.0.0.1", made.port)):
        verdicts, words = look(machine.port, made)
    assert verdicts == [Verdict.FAILED]
    assert "another program listens" in words


def test_a_missing_or_unfit_package_is_named(monkeypatch):
    wanted = ["litestar==1.0", "no-such-package>=2", "click>=8", 'never; extra == "more"']
    monkeypatch.setattr(machine, "requires", lambda _: wanted)
    verdicts, words = look(machine.packages, Setup({}, "127.0.0.1", 8000))
    assert verdicts == [Verdict.FAILED, Verdict.FAILED]
    assert "litestar is" in words
    assert "no-such-package is missing" in words


def test_a_clock_that_is_behind_the_installed_files_is_noticed(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: Path(machine.__file__).stat().st_mtime - 40 * 86_400)
    verdicts, words = look(machine.clock, Setup({}, "127.0.0.1", 8000))
    assert verdicts == [Verdict.FAILED]
    assert "40 days behind" in words
