"""Rules over the syntax tree: the doors that text, transactions, connections and log lines go through.

Each rule is a function that lists offences, tried first on code that offends.
"""

import ast
from pathlib import Path

import pytest

import pii

# Redacted text is read back where it was kept, and nowhere else: elsewhere `from_storage` would launder raw text.
READERS = {"chatbot/storage/columns.py", "chatbot/conversation/ephemeral.py"}
# Kept conversations are read by the visitor's own turn, the guardian's review, what may be remembered (which asks the
# gate itself), a legal hold that moves them unread, and the wall; everybody else goes through the wall.
KEPT = {"Turn", "TurnNote", "Feedback", "Handoff", "VaultRow"}
READING = {"select", "get", "get_one", "aliased", "exists", "query"}
CONVERSATIONS = (
    "chatbot/conversation/",
    "chatbot/guardians/reviewing.py",
    "chatbot/memory/",
    "chatbot/decisions/holds.py",
    "chatbot/consents/readable.py",
)
# The one place that begins (and so commits) the service's transactions, and the migrations' own.
TRANSACTIONS = {"chatbot/storage/database.py", "chatbot/storage/migrate.py"}
LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "log"}
LOG_KEYS = {
    line.strip()
    for line in (Path(pii.__file__).parent / "data" / "log_keys.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
}
CONNECTING = {"open_connection", "open_unix_connection", "create_connection", "create_datagram_endpoint", "urlopen"}
CONNECTING_MODULES = {"urllib.request", "http.client", "ftplib", "telnetlib", "xmlrpc.client", "imaplib", "poplib"}


def calls(tree):
    """Give every call with the last name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def imports(tree):
    """Give every imported module and name, as in `pii.text.seal`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


def place(module, node):
    return f"{module.name}:{node.lineno}"


def makes_redacted(module):
    """List where text is declared redacted without having been: a leak into storage, logs and model requests."""
    if module.name.startswith("pii/"):
        return []
    found = [place(module, node) for name, node in calls(module.tree) if name == "Redacted"]
    found += [place(module, node) for name, node in imports(module.tree) if name.startswith("pii.text.seal")]
    found += [
        place(module, node) for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"text.seal", "pii.text.seal", "text._SEAL"}
    ]  # fmt: skip
    return found


def reads_redacted_back(module):
    """List where text is taken for redacted because it is said to come from storage."""
    if module.name.startswith("pii/") or module.name in READERS:
        return []
    return [place(module, node) for name, node in imports(module.tree) if name == "pii.text.from_storage"]


def commits(module):
    """List where a transaction is ended by hand: half of an act could be kept, or an erasure lost."""
    if not module.name.startswith(("chatbot/", "consent/")) or "/migrations/" in module.name:
        return []
    allowed = set() if module.name in TRANSACTIONS else {"begin", "begin_nested"}
    return [
        place(module, node) for name, node in calls(module.tree)
        if name in {"commit", "rollback"} or (name in allowed and "session" in ast.unparse(node.func))
    ]  # fmt: skip


def connects(module):
    """List where a connection is opened past the register of operators; imports are import-linter's."""
    if module.name == "consent/egress.py":
        return []
    found = [place(module, node) for name, node in calls(module.tree) if name in CONNECTING]
    outside = tuple(CONNECTING_MODULES)
    return found + [place(module, node) for name, node in imports(module.tree) if name.startswith(outside)]


def logs_loosely(module):
    """List log lines whose words are not fixed, or whose keys the allow-list would drop without a sound."""
    loose = []
    for _, node in calls(module.tree):
        logger, _, level = ast.unparse(node.func).rpartition(".")
        if logger not in {"log", "_log"} or level not in LEVELS:
            continue
        fixed = node.args and isinstance(node.args[0], ast.Constant)
        keys = {keyword.arg for keyword in node.keywords} - {"exc_info"}
        if not fixed or not keys <= LOG_KEYS:
            loose.append(place(module, node))
    return loose


def reads_conversations(module):
    """List where kept conversations are read past the purpose wall."""
    if module.name.startswith(CONVERSATIONS) or "/migrations/" in module.name:
        return []
    return [
        place(module, node) for name, node in calls(module.tree)
        if name in READING
        for named in ast.walk(node) if isinstance(named, ast.Name) and named.id in KEPT
    ]  # fmt: skip


RULES = [makes_redacted, reads_redacted_back, commits, connects, logs_loosely, reads_conversations]

OFFENCES = [
    (makes_redacted, "from pii.text import seal"),
    (makes_redacted, "Redacted(text, None)"),
    (makes_redacted, "import pii\npii.text.seal('a')"),
    (makes_redacted, "from pii import text\ntext.Redacted('a')"),
    (reads_redacted_back, "from pii.text import from_storage"),
    (commits, "async def keep(session):\n    await session.commit()"),
    (commits, "async def keep(session):\n    async with session.begin():\n        pass"),
    (commits, "connection.rollback()"),
    (connects, "import urllib.request"),
    (connects, "from http.client import HTTPConnection"),
    (connects, "import asyncio\nasyncio.open_connection('a', 1)"),
    (reads_conversations, "select(Turn)"),
    (reads_conversations, "select(Handoff.message).where(True)"),
    (reads_conversations, "aliased(Feedback)"),
    (reads_conversations, "session.get(VaultRow, 'a')"),
    (logs_loosely, "log.info(f'message from {name}')"),
    (logs_loosely, "log.error(str(error))"),
    (logs_loosely, "log.info('asked', text=message)"),
]


@pytest.mark.parametrize(("rule", "code"), OFFENCES)
def test_the_rule_bites(rule, code, module):
    assert rule(module("chatbot/insights/sample.py", code))


@pytest.mark.parametrize("rule", RULES)
def test_no_module_goes_past_the_door(rule, modules):
    assert [offence for module in modules for offence in rule(module)] == []
