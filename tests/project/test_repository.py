"""What is committed: no address of an index, no path of a machine, pins with hashes, no third-party code."""

import json
import re

import pytest

INDEX = re.compile(r"https?://[^/\s]*(?:pypi|pythonhosted|npmjs|yarnpkg)[^\s]*", re.IGNORECASE)
MACHINE = re.compile(r"(?<![\w.$~/}])/(?:root|home|work|mnt|Users)/\w+")
PIN = re.compile(r"[a-z0-9][a-z0-9._-]*(?:\[[a-z,-]+\])?==[^\s;]+(?: ;[^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")


def offences(tracked, pattern):
    return [f"{name}: {match[0]}" for name, text in tracked.items() for match in pattern.finditer(text)]


@pytest.mark.parametrize("host", ["pypi.org/simple", "registry.npmjs.org/x"])
def test_the_rule_of_addresses_bites(host):
    assert INDEX.search(f"resolved: https://{host}")


def test_no_file_names_a_package_index(tracked):
    assert offences(tracked, INDEX) == []


def test_no_file_names_a_path_of_somebody_s_machine(tracked):
    assert MACHINE.search(f"see /{'home'}/thandi/notes")
    assert offences(tracked, MACHINE) == []


def meant(text):
    """Give the lines that are neither empty nor a comment."""
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def unpinned(text):
    """List what is neither a pin, a hash nor a comment."""
    return [line for line in meant(text) if not (PIN.fullmatch(line) or HASH.fullmatch(line))]


def unhashed(text):
    """List the pins that no hash follows."""
    follows = zip(meant(text), [*meant(text)[1:], ""], strict=True)
    return [line for line, after in follows if PIN.fullmatch(line) and not HASH.fullmatch(after)]


@pytest.mark.parametrize("line", ["--index-url https://mirror.example/simple", "litestar", "litestar>=2 \\", "-e ."])
def test_the_rule_of_pins_bites(line):
    assert unpinned(line)


def test_a_pin_without_a_hash_is_noticed():
    assert unhashed("click==8.3.1 \\\nrich==14.0 \\\n    --hash=sha256:" + "0" * 64)


def test_every_requirement_is_pinned_with_hashes_and_names_no_index(repository):
    files = sorted((repository / "requirements").glob("*.txt"))
    assert {"run.txt", "dev.txt", "uv.txt"} <= {path.name for path in files}
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert (path.name, unpinned(text), unhashed(text)) == (path.name, [], [])


def test_what_runs_is_the_same_in_tests(repository):
    """A package of the service has one version, whether it is served or tested."""
    pins = {}
    for name in ("run.txt", "dev.txt"):
        text = (repository / "requirements" / name).read_text(encoding="utf-8")
        pins[name] = dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", text, re.MULTILINE))
    assert {name: version for name, version in pins["run.txt"].items() if pins["dev.txt"].get(name) != version} == {}


def test_the_npm_lock_carries_hashes_and_no_addresses(repository):
    packages = json.loads((repository / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    locked = {name: row for name, row in packages.items() if name}
    assert locked
    assert [name for name, row in locked.items() if "resolved" in row or not row.get("integrity")] == []


def test_no_third_party_code_is_committed(tracked):
    assert [name for name in tracked if "node_modules/" in name or name.endswith((".min.js", ".min.css"))] == []
