"""What a visitor reads about decisions and about the record has words in every language: no raw key is ever shown."""

import ast
import re

import pytest

from chatbot.moderation.lists import read_lists
from chatbot.settings import data_folder
from consent.audit import Verb
from consent.gate import Reason
from consent.wording import load_strings

STRINGS = load_strings(data_folder() / "notices" / "strings", {"en", "af", "de"})
YES = {Reason.CONSENT, Reason.OTHER_BASIS}


def literal(node):
    """Give the text that a string begins with, up to its first value; empty for anything else."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) else node
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def decisions(modules):
    """Give each `Found(source, rule, …)` and `Made(kind, effect, rule, …)`; what moderation finds is none."""
    for module in modules:
        calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
        for call in calls if not module.name.startswith("chatbot/moderation/") else []:
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name in {"Found", "Made"}:
                yield name, call.args


def rules(modules):
    """Give the string of each rule, as `chat/decisions.js` looks for it."""
    lists = read_lists(data_folder() / "moderation" / "words")
    categories = {group.category for group in [*lists.adults, *lists.minors]} | {"sign"}
    for name, arguments in decisions(modules):
        rule = literal(arguments[1 if name == "Found" else 2]).split(" >=")[0]
        ids = [rule + each for each in categories] if rule.endswith(".") else [rule] if rule else []
        yield from ("rule_" + re.sub(r"\W+", "_", each) for each in ids)


def inputs(modules):
    """Give the string of each input with its value, or what it begins with where the value is not written down."""
    made = list(decisions(modules))
    yield from (f"input_found_by_{literal(arguments[0])}" for name, arguments in made if name == "Found")
    given = [ast.walk(arguments[4]) for name, arguments in made if name == "Made"]
    assigned = (node for module in modules for node in ast.walk(module.tree) if isinstance(node, ast.AnnAssign))
    given += [ast.walk(node.value) for node in assigned if ast.unparse(node.target) == "inputs" and node.value]
    for each in (node for nodes in given for node in nodes if isinstance(node, ast.Dict)):
        pairs = zip(map(literal, each.keys), map(literal, each.values), strict=True)
        yield from (f"input_{name}_{value}".rstrip("_") for name, value in pairs)


def test_every_rule_has_words(modules):
    assert {"rule_pii_CHILD", "rule_agent", "rule_moderation_slur"} <= set(rules(modules))
    for words in STRINGS.values():
        assert [key for key in rules(modules) if key not in words] == []


def test_every_input_has_words(modules):
    assert {"input_flag_CHILD", "input_score", "input_found_by_chat"} <= set(inputs(modules))
    for words in STRINGS.values():
        assert [key for key in inputs(modules) if not any(each.startswith(key) for each in words)] == []


@pytest.mark.parametrize(
    "code", ["Found('new', 'agent')", "Made(KIND, EFFECT, f'new {x}', v, {})", "Made(k, e, r, v, {'new': x})"]
)
def test_the_rule_of_words_for_decisions_bites(code, module):
    keys = [*rules([module("chatbot/sample.py", code)]), *inputs([module("chatbot/sample.py", code)])]
    assert any("new" in key for key in keys)
    assert not any(key in STRINGS["en"] for key in keys if "new" in key)


def test_every_act_and_every_refusal_has_words():
    wanted = [f"log_{verb}_" for verb in Verb] + [f"log_why_{reason}" for reason in Reason if reason not in YES]
    for words in STRINGS.values():
        assert [key for key in wanted if not any(each.startswith(key) for each in words)] == []
