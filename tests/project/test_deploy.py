"""What starts the service elsewhere: the container, the composition, the proxy, and what CI runs."""

import os
import re
import subprocess

import pytest
import yaml

SECRETS = ("CHATBOT_SECRET", "POSTGRES_PASSWORD", "VALKEY_PASSWORD")
OURS = ("chatbot-1", "chatbot-2")


@pytest.fixture(scope="module")
def text(repository):
    """Read a file of the repository."""
    return lambda name: (repository / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def services(text):
    """Give the services of the composition."""
    return yaml.safe_load(text("compose.yaml"))["services"]


@pytest.mark.parametrize("name", SECRETS)
def test_the_composition_refuses_to_start_without_a_secret_and_has_no_default(text, name):
    used = re.findall(rf"\$\{{{name}(:[^}}]*)?\}}", text("compose.yaml"))
    assert used
    assert all(each.startswith(":?") for each in used)
    assert f"\n{name}=\n" in text("deploy/example.env")


def test_every_service_of_the_composition_has_a_health_check_and_comes_back(services):
    assert [name for name, row in services.items() if not row.get("healthcheck") or not row.get("restart")] == []


def test_only_the_proxy_is_reached_from_outside_and_reaches_outside(services):
    assert [name for name, row in services.items() if row.get("ports")] == ["proxy"]
    assert [name for name, row in services.items() if "outside" in row["networks"]] == ["proxy"]


def test_the_replicas_may_write_to_their_own_folder_alone(services):
    for name in OURS:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert "volumes" not in services[name]


def test_the_second_replica_waits_for_the_one_that_migrates(services):
    assert services["chatbot-2"]["depends_on"] == {"chatbot-1": {"condition": "service_healthy"}}


def test_the_proxy_streams_keeps_metrics_inside_and_no_access_log(text):
    proxy = text("deploy/Caddyfile")
    assert "flush_interval -1" in proxy
    assert re.search(r"@inside path /metrics /health/\*\n\s*respond @inside 404", proxy)
    assert not re.search(r"^\s*log\b", proxy, re.MULTILINE)


def test_the_container_takes_any_base_runs_as_nobody_special_and_checks_its_health(text):
    recipe = text("Containerfile")
    assert re.search(r"^ARG BASE=", recipe, re.MULTILINE)
    assert re.search(r"^USER (?!root)\w+$", recipe, re.MULTILINE)
    assert "HEALTHCHECK" in recipe
    assert "curl" not in recipe
    assert recipe.count("--require-hashes") == recipe.count("-r requirements/") == 3


def test_the_container_gets_nothing_but_what_it_needs(text):
    allowed = re.findall(r"^!(\S+)", text(".dockerignore"), re.MULTILINE)
    assert text(".dockerignore").splitlines()[0] == "*"
    assert set(allowed) == {
        "pyproject.toml", "README.md", "LICENSE", "requirements/*.txt", "chatbot", "consent", "pii", "data",
        "package.json", "package-lock.json",
    }  # fmt: skip


def test_what_ci_runs_is_sound_shell(repository):
    script = repository / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")
