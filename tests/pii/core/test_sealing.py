"""Inside this package too, only the redactor declares text redacted; `general` makes redacted text say less."""

import ast
from pathlib import Path

import pii

PACKAGE = Path(pii.__file__).parent
SEALS = {"seal", "_SEAL", "Redacted"}


def sealing(tree):
    """List the names that seal text and are imported or called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "pii.text":
            yield from (alias.name for alias in node.names if alias.name in {"seal", "_SEAL"})
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            yield from [name] if name in SEALS else []


def test_only_the_redactor_seals():
    sealers = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if list(sealing(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert sealers == {"text.py", "redactor.py", "general.py"}
