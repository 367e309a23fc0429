"""Only the redactor's package makes redacted text, and it imports nothing of the service."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = [path for package in ("pii", "consent", "chatbot") for path in sorted((ROOT / package).rglob("*.py"))]
MAY_MAKE_IT = {ROOT / "pii" / "text.py", ROOT / "pii" / "redactor.py"}
FORBIDDEN = {"chatbot", "consent", "litestar", "sqlmodel", "sqlalchemy", "langchain", "langchain_core", "httpx"}


def makes_redacted(path):
    """List the calls of Redacted(...) or pii.text.seal, and imports of the latter."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "pii.text":
            yield from (alias.name for alias in node.names if alias.name in {"seal", "_SEAL"})
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
            if called in {"Redacted", "text.seal", "pii.text.seal", "Redacted.__new__", "object.__new__"}:
                yield called


@pytest.mark.parametrize("path", sorted(set(SOURCES) - MAY_MAKE_IT), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_this_package_makes_redacted_text(path):
    assert not list(makes_redacted(path))


def test_the_check_sees_each_way_of_making_it(tmp_path):
    for number, code in enumerate(["from pii.text import seal", "Redacted('a')", "import pii\npii.text.seal('a')"]):
        path = tmp_path / f"{number}.py"
        path.write_text(code)
        assert list(makes_redacted(path))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def test_the_package_knows_no_web_no_database_and_no_language_model():
    for path in (ROOT / "pii").rglob("*.py"):
        assert not set(imported(path)) & FORBIDDEN, path
