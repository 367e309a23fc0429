"""How the code reads: short modules, short functions, a docstring on every module, and the project's own words."""

import ast
import re

import pytest

MODULE_LINES, FUNCTION_LINES = 250, 40
# Generated once, then never edited: their length is the schema's.
GENERATED = "chatbot/migrations/versions/"
# A visitor is not a "user", a customer is somebody else's, and "bot" hides which part is meant.
# Both are allowed where the thing itself is called so: a user name, an account's customer number.
FORBIDDEN = re.compile(r"\b(users?|customers?|bots?)\b(?![ -]?names?\b)", re.IGNORECASE)
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def lines(node):
    """Count a function's lines without its docstring."""
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(getattr(first, "value", None), ast.Constant)
    docstring = first.end_lineno - first.lineno + 1 if documented else 0
    return node.end_lineno - node.lineno + 1 - docstring


def names(tree):
    """Give every name that the code itself chose: of modules' variables, functions, classes and arguments."""
    for node in ast.walk(tree):
        if isinstance(node, (*FUNCTION, ast.ClassDef)):
            yield node.name, node
        elif isinstance(node, ast.arg):
            yield node.arg, node
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node


def in_words(name):
    """Split a name: `userName_of` becomes `user Name of`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ")


def foreign_words(module):
    """List the chosen names that hold a word which this project does not use."""
    chosen = names(module.tree)
    return [f"{module.name}:{node.lineno} {name}" for name, node in chosen if FORBIDDEN.search(in_words(name))]


def test_no_module_is_longer_than_250_lines(modules):
    long = [module.name for module in modules if len(module.text.splitlines()) > MODULE_LINES]
    assert long == []


def test_no_function_is_longer_than_40_lines(modules):
    long = [
        f"{module.name}:{node.lineno} {node.name} has {lines(node)}"
        for module in modules if not module.name.startswith(GENERATED)
        for node in ast.walk(module.tree) if isinstance(node, FUNCTION) and lines(node) > FUNCTION_LINES
    ]  # fmt: skip
    assert long == []


def test_the_usual_function_is_short(modules):
    """The median over the three packages stays where reading is easy."""
    sizes = sorted(lines(node) for module in modules for node in ast.walk(module.tree) if isinstance(node, FUNCTION))
    assert sizes[len(sizes) // 2] <= 8


def test_every_module_says_what_it_is(modules):
    assert [module.name for module in modules if not ast.get_docstring(module.tree)] == []


@pytest.mark.parametrize(
    "code", ["def get_user(): ...", "class BotReply: ...", "customers = 1", "def f(user_id): ..."]
)
def test_the_rule_of_words_bites(code, module):
    assert foreign_words(module("chatbot/sample.py", code))


def test_the_rule_of_words_lets_user_names_be(module):
    assert not foreign_words(module("pii/sample.py", "user_name = 1\ndef username(chatbot): ..."))


def test_names_use_the_words_of_the_project(modules):
    assert [offence for module in modules for offence in foreign_words(module)] == []
