"""The promises of the two policies, the tests that carry their ids, and how those tests went last time.

register   data/registers/commitments.yaml     every promise by id, in the policies' words
marks      tests/**/*.py                       `@pytest.mark.commitment("R12")`, read from the syntax tree;
                                               with `part="consent"` it proves that part of the promise alone
results    .pytest_cache                       what the plugin of tests/support wrote: ids and outcome by test
"""

from __future__ import annotations

import ast
import json
from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from consent.data import DataError, Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MARK = "commitment"

_Id = Annotated[str, Field(pattern=r"^[A-Z][0-9]{1,2}[a-z]?$")]
_Quote = Annotated[str, Field(min_length=2)]


class Section(Row):
    """A part of a policy, with its promises by id."""

    title: _Quote
    policy: Literal["privacy", "acceptable-use"]
    promises: dict[_Id, _Quote]


class Promises(Row):
    """Every promise, each id once."""

    sections: tuple[Section, ...]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read ``commitments.yaml``; raise ``DataError`` that says what is wrong in it."""
        return read(path, cls)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [each for section in self.sections for each in section.promises]
        if doubled := {one for one in ids if ids.count(one) > 1}:
            raise ValueError(f"promised twice: {', '.join(sorted(doubled))}")
        return self

    @property
    def ids(self) -> frozenset[str]:
        """Every id."""
        return frozenset(each for section in self.sections for each in section.promises)


class Mark(NamedTuple):
    """One mark in a test file; `scope` is the test, class or file that it stands on, as pytest names it."""

    promise: str
    scope: str
    line: int
    part: str = ""


class State(StrEnum):
    """How far a promise is: a marked test passed, one for a part of it passed, a test is marked, or nothing yet."""

    PROVEN = "proven"
    PARTLY = "in part"
    MARKED = "marked"
    OPEN = "open"


class Result(NamedTuple):
    """How a test went the last time it ran, and the ids that it carried then."""

    test: str
    ids: frozenset[str]
    outcome: str

    def within(self, scope: str) -> bool:
        """Whether the test is this scope or stands inside it."""
        # After the scope: a test inside it, its parameters, or the group that xdist appends.
        return self.test == scope or self.test.startswith(tuple(f"{scope}{mark}" for mark in ("::", "[", "@")))


def marks(tests: Path) -> list[Mark]:
    """Read the marks of every test file below a folder; raise ``DataError`` for one that is not a literal id."""
    found: list[Mark] = []
    for path in sorted(tests.rglob("*.py")):
        name = path.relative_to(tests.parent).as_posix()
        found += _in_scope(ast.parse(path.read_text(encoding="utf-8"), filename=name), name)
    return found


def results(path: Path) -> list[Result]:
    """Read what the plugin wrote; nothing when no test has run yet."""
    if not path.is_file():
        return []
    kept: dict[str, dict[str, list[str] | str]] = json.loads(path.read_text(encoding="utf-8"))
    return [Result(test, frozenset(row["ids"]), str(row["outcome"])) for test, row in kept.items()]


def states(promises: Promises, found: list[Mark], ran: list[Result]) -> Mapping[str, State]:
    """Say how far each promise is; one failed test takes the proof away."""
    whole: dict[str, set[str]] = defaultdict(set)
    part: dict[str, set[str]] = defaultdict(set)
    for mark in found:
        carried = (result for result in ran if mark.promise in result.ids and result.within(mark.scope))
        (part if mark.part else whole)[mark.promise].update(result.outcome for result in carried)
    return {each: _state(whole.get(each), part.get(each)) for each in promises.ids}


def _state(whole: set[str] | None, part: set[str] | None) -> State:
    outcomes = (whole or set()) | (part or set())
    if whole is None and part is None:
        return State.OPEN
    if "failed" in outcomes or "passed" not in outcomes:
        return State.MARKED
    return State.PROVEN if whole and "passed" in whole else State.PARTLY


def _in_scope(node: ast.AST, scope: str) -> Iterator[Mark]:
    for child in ast.iter_child_nodes(node):
        inner = scope
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{scope}::{child.name}"
        if isinstance(child, ast.Call) and _is_mark(child.func):
            part = next((_literal(each.value, scope) for each in child.keywords if each.arg == "part"), "")
            yield from (Mark(_literal(argument, scope), scope, child.lineno, part) for argument in child.args)
        yield from _in_scope(child, inner)


def _is_mark(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute) and function.attr == MARK and ast.unparse(function.value) == "pytest.mark"
    )


def _literal(argument: ast.expr, scope: str) -> str:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    raise DataError(f"{scope}: line {argument.lineno}: write the id of a commitment as plain text")
