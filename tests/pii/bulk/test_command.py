"""The command: formats by name, exit codes, explanations that show no value, figures."""

import json
import os
import resource
import subprocess
import sys

import pytest
from click.testing import CliRunner

from chatbot.cli.redact import redact


@pytest.fixture
def call(monkeypatch, tmp_path):
    """Call the command in a folder of its own, with the quick test redactor."""
    from bulk_redactors import make

    monkeypatch.setattr("chatbot.cli.redact._maker", lambda _: make)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(redact, ["-j", "1", *arguments])


def test_it_redacts_a_file_by_the_ending_of_its_name(call, tmp_path):
    (tmp_path / "a.csv").write_text('id,"to, whom"\n1,Jane Doe\n')
    done = call("a.csv", "-c", '"to, whom"', "-o", "b.csv", "--report", "r.json")
    assert (done.exit_code, done.output) == (0, done.stderr)
    assert (tmp_path / "b.csv").read_text() == 'id,"to, whom"\n1,<PERSON_1>\n'
    assert json.loads((tmp_path / "r.json").read_text())["kinds"] == {"PERSON": 1}
    assert "PERSON" in done.stderr


def test_figures_as_json_are_alone_on_standard_output(call, tmp_path):
    (tmp_path / "a.txt").write_text("Jane Doe\nx\n")
    done = call("a.txt", "-o", "b.txt", "--json")
    assert json.loads(done.stdout)["rows"] == 2
    assert "Jane" not in done.output


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("a.csv", "-c", "note", "-o", "b.csv"), 1, "a.csv:3: 3 cells where there should be 2; quote cells"),
        (("a.csv", "-c", "nope", "-o", "b.csv"), 1, "no column of the 2 is called 'nope'"),
        (("missing.csv", "-c", "note"), 1, "cannot read missing.csv: No such file"),
        (("a.csv", "-o", "b.csv"), 2, "--columns"),
        (("a.csv", "-c", "note", "-o", "a.csv"), 2, "must not be the input"),
        (("a.csv", "-c", "note", "--resume"), 2, "only a file that is written to a file can be resumed"),
        (("a.csv", "--format", "xml"), 2, "Invalid value"),
    ],
)
def test_exit_codes_and_words_say_what_is_wrong(call, tmp_path, arguments, code, said):
    (tmp_path / "a.csv").write_text("id,note\n1,Jane Doe\n2,Jane Doe,3\n")
    done = call(*arguments)
    assert done.exit_code == code
    assert said in done.output
    assert "Jane" not in done.output


def test_keep_going_leaves_bad_rows_out(call, tmp_path):
    (tmp_path / "a.csv").write_text("id,note\n1,Jane Doe\n2,Jane Doe,3\n")
    done = call("a.csv", "-c", "note", "-o", "b.csv", "--keep-going")
    assert done.exit_code == 0
    assert "1 left out, numbers in b.csv.rejects" in done.output
    assert (tmp_path / "b.csv").read_text() == "id,note\n1,<PERSON_1>\n"
    assert (tmp_path / "b.csv.rejects").read_text() == "2\n"


def test_explain_says_what_and_why_and_shows_values_only_when_asked(call, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"t": "x", "q": ""}\n{"t": "a@b.co 4821", "q": "PIN?"}\n')
    hidden = call("a.jsonl", "-c", "t", "--question-column", "q", "--explain")
    assert hidden.output.splitlines() == [
        "a.jsonl:2: EMAIL_ADDRESS 0.90 test 'x@x.xx': the name finder reads it so, in its context",
        "a.jsonl:2: PIN 0.90 Rules '0000': a rule, by form and the words beside it",
    ]
    assert "'a@b.co'" in call("a.jsonl", "-c", "t", "--explain", "--show-values").output
    assert [each.name for each in tmp_path.iterdir()] == ["a.jsonl"]


def test_explain_goes_on_past_what_it_cannot_read(call, tmp_path):
    (tmp_path / "a.txt").write_text("FAIL\nJane Doe\n")
    lines = call("a.txt", "--explain").output.splitlines()
    assert lines[0] == "a.txt:1: the text could not be redacted"
    assert lines[1].startswith("a.txt:2: PERSON")


def test_what_cannot_be_written_is_said_in_one_line(call, tmp_path):
    (tmp_path / "a.txt").write_text("Jane Doe\n")
    done = call("a.txt", "-o", "nowhere/b.txt")
    assert (done.exit_code, done.output) == (1, "No such file or directory: nowhere/b.txt.part\n")


def test_a_run_that_wrote_nothing_leaves_nothing(call, tmp_path):
    (tmp_path / "a.csv").write_text("id,note\n")
    assert call("a.csv", "-c", "nope", "-o", "b.csv").exit_code == 1
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


def test_a_full_disk_stops_the_run_and_room_lets_it_go_on(call, tmp_path):
    (tmp_path / "a.txt").write_text("Jane Doe\n" * 3000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        done = call("a.txt", "-o", "b.txt")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (done.exit_code, done.output) == (1, "File too large: b.txt\n")
    assert not (tmp_path / "b.txt").exists()
    assert call("a.txt", "-o", "b.txt", "--resume").exit_code == 0
    assert (tmp_path / "b.txt").read_text() == "<PERSON_1>\n" * 3000


def test_a_device_is_never_replaced_by_a_file(call, tmp_path):
    (tmp_path / "a.txt").write_text("x\n")
    os.mkfifo(tmp_path / "pipe")
    assert call("a.txt", "-o", "pipe").exit_code == 2
    assert (tmp_path / "pipe").is_fifo()


def test_a_pipe_goes_through_the_real_redactor_on_two_processes():
    text = "I am Thandi Mokoena, thandi@example.com\n" * 300
    command = [sys.executable, "-m", "chatbot", "redact", "-j", "2"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    assert done.stdout.count("<EMAIL_ADDRESS_1>") == 300
    assert "thandi" not in (done.stdout + done.stderr).lower()
