"""The repository as the rules see it: its modules as syntax trees, its tracked files as text."""

import ast
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("chatbot", "consent", "pii")


@dataclass(frozen=True)
class Module:
    """One module of our code; `name` is its path from the repository's root."""

    name: str
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, name, text):
        return cls(name, text, ast.parse(text, filename=name))


@pytest.fixture(scope="session")
def repository():
    """Give the repository's root."""
    return REPOSITORY


@pytest.fixture(scope="session")
def modules():
    """Give every module of the three packages."""
    paths = sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))
    return [Module.of(path.relative_to(REPOSITORY).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


@pytest.fixture(scope="session")
def tracked():
    """Give the text files that git has or would take, by name."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    texts = {}
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = REPOSITORY / name
        raw = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" not in raw:
            texts[name] = raw.decode("utf-8")
    return texts


@pytest.fixture
def module():
    """Make a module from text, to show that a rule bites."""
    return Module.of
