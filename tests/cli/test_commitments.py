"""`chatbot commitments`: the register, the marks, the results, and what becomes of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from chatbot.cli.commitments import commitments
from chatbot.cli.promises import Mark, Promises, Result, State, marks, states
from consent.data import DataError

REPOSITORY = Path(__file__).resolve().parents[2]
REGISTER = REPOSITORY / "data" / "registers" / "commitments.yaml"

MODULE = """
import pytest
pytestmark = pytest.mark.commitment("P1")

@pytest.mark.commitment("R12", "R8")
def test_one():
    pass

@pytest.mark.commitment("K2")
class TestMany:
    @pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.commitment("K3"))])
    def test_two(self, n):
        assert n < 2

@pytest.mark.commitment("G1")
def test_skipped():
    pytest.skip("not here")
"""


@pytest.fixture
def tests(tmp_path):
    """Give a folder of tests of its own."""
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_sample.py").write_text(MODULE, encoding="utf-8")
    return folder


def run(*arguments):
    return CliRunner().invoke(commitments, [str(each) for each in arguments])


def test_the_register_holds_the_195_promises():
    assert len(Promises.load(REGISTER).ids) == 195


def test_marks_are_found_on_modules_classes_functions_and_parameters(tests):
    assert {mark[:2] for mark in marks(tests)} == {
        ("P1", "tests/test_sample.py"),
        ("R12", "tests/test_sample.py::test_one"),
        ("R8", "tests/test_sample.py::test_one"),
        ("K2", "tests/test_sample.py::TestMany"),
        ("K3", "tests/test_sample.py::TestMany::test_two"),
        ("G1", "tests/test_sample.py::test_skipped"),
    }


def test_an_id_that_is_not_literal_is_refused(tests):
    (tests / "test_more.py").write_text("import pytest\npytestmark = pytest.mark.commitment(ID)\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"test_more\.py: line 2"):
        marks(tests)


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([], State.MARKED),
        (["skipped"], State.MARKED),
        (["passed"], State.PROVEN),
        (["passed", "skipped"], State.PROVEN),
        (["passed", "failed"], State.MARKED),
    ],
)
def test_a_promise_is_proven_when_a_marked_test_passed_and_none_failed(outcomes, state):
    ran = [Result(f"tests/test_a.py::test_it[{n}]", frozenset({"P1"}), each) for n, each in enumerate(outcomes)]
    judged = states(Promises.load(REGISTER), [Mark("P1", "tests/test_a.py::test_it", 1)], ran)
    assert judged["P1"] is state
    assert judged["P2"] is State.OPEN


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        (["passed"], State.PARTLY),
        (["skipped"], State.MARKED),
        (["passed", "failed"], State.MARKED),
    ],
)
def test_a_part_alone_never_proves_the_whole(outcomes, state):
    ran = [Result(f"tests/test_a.py::test_it[{n}]", frozenset({"P1"}), each) for n, each in enumerate(outcomes)]
    part, whole = Mark("P1", "tests/test_a.py::test_it", 1, "one side"), Mark("P1", "tests/test_b.py::test_all", 1)
    assert states(Promises.load(REGISTER), [part], ran)["P1"] is state
    both = [*ran, Result(whole.scope, frozenset({"P1"}), "passed")]
    proven = State.MARKED if "failed" in outcomes else State.PROVEN
    assert states(Promises.load(REGISTER), [part, whole], both)["P1"] is proven


def test_the_part_is_read_from_the_mark(tests):
    (tests / "test_more.py").write_text(
        'import pytest\npytestmark = pytest.mark.commitment("Q1", part="asking")\n', encoding="utf-8"
    )
    assert [mark.part for mark in marks(tests) if mark.promise == "Q1"] == ["asking"]


def test_a_result_of_a_test_that_lost_its_mark_or_its_name_proves_nothing():
    ran = [
        Result("tests/test_a.py::test_its_brother", frozenset({"P1"}), "passed"),
        Result("tests/test_a.py::test_it", frozenset({"P2"}), "passed"),
    ]
    found = [Mark("P1", "tests/test_a.py::test_it", 1)]
    assert states(Promises.load(REGISTER), found, ran)["P1"] is State.MARKED


def test_an_unknown_id_is_named_and_fails(tests):
    (tests / "test_more.py").write_text(
        'import pytest\npytestmark = pytest.mark.commitment("Q99")\n', encoding="utf-8"
    )
    result = run("--tests", tests, "--json")
    assert result.exit_code == 1
    assert "'Q99'" in result.output
    assert "tests/test_more.py, line 2" in result.output


def test_open_promises_alone_can_be_listed_as_json(tests):
    result = run("--tests", tests, "--open", "--json")
    assert result.exit_code == 0
    rows = json.loads(result.stdout)
    assert {row["state"] for row in rows} == {"open"}
    assert "R12" not in {row["id"] for row in rows}


def test_the_table_counts_every_state(tests):
    assert (
        "195 promises: 0 proven, 0 in part, 6 marked, 189 open" in run("--tests", tests, "--results", "none").output
    )


@pytest.mark.parametrize("workers", [(), ("-n", "1", "--dist", "loadgroup")])
def test_the_plugin_remembers_the_outcomes_of_a_real_run(tests, workers):
    command = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", f"--rootdir={tests.parent}", *workers]
    plugins = ["-p", "support.commitments_plugin", "-o", f"cache_dir={tests.parent}/cache"]
    outer = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = outer | {"PYTHONPATH": str(REPOSITORY / "tests")}
    subprocess.run([*command, *plugins, str(tests)], env=environment, capture_output=True, check=False, timeout=60)
    shown = run("--tests", tests, "--results", tests.parent / "cache/v/commitments/results", "--json")
    state = {row["id"]: row["state"] for row in json.loads(shown.stdout)}
    # Every test here carries the file's P1, and one of them fails.
    assert [state[each] for each in ("R12", "R8", "P1", "K2", "K3", "G1")] == [
        "proven", "proven", "marked", "marked", "marked", "marked",
    ]  # fmt: skip
