"""A run as a whole: order, processes, numbering, rows left out, and taking up what was killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from bulk_redactors import make, make_broken, make_slow

from pii.bulk import BadRow, BulkError, Job, redact_rows, run
from pii.errors import RedactionError

KILLED = """
import sys
from pathlib import Path
from bulk_redactors import make_slow
from pii.bulk import Job, run
if __name__ == "__main__":
    job = Job(Path(sys.argv[1]), Path(sys.argv[2]), "csv", columns=("note",), jobs=2, keep_going=True)
    run(job, make=make_slow, every=0.0)
"""


def lines(count, every_bad=0):
    bad = {index for index in range(count) if every_bad and index % every_bad == 1}
    return "".join(f"{index} {'FAIL' if index in bad else 'Jane Doe'}\n" for index in range(count))


def test_rows_come_out_in_order_from_several_processes(tmp_path):
    (tmp_path / "in").write_text(lines(1000))
    report = run(Job(tmp_path / "in", tmp_path / "out", jobs=2), make=make)
    assert (tmp_path / "out").read_text() == lines(1000).replace("Jane Doe", "<PERSON_1>")
    assert report.kinds == {"PERSON": 1000}
    assert sorted(each.name for each in tmp_path.iterdir()) == ["in", "out"]


def test_a_redactor_that_does_not_load_is_reported_as_itself(tmp_path):
    (tmp_path / "in").write_text("x\n")
    with pytest.raises(RedactionError, match="not installed"):
        run(Job(tmp_path / "in", tmp_path / "out", jobs=2), make=make_broken)


def test_rows_left_out_are_counted_and_listed_by_number_alone(tmp_path):
    (tmp_path / "in").write_text(lines(10, every_bad=4))
    report = run(Job(tmp_path / "in", tmp_path / "out", keep_going=True), make=make)
    assert (tmp_path / "out.rejects").read_text() == "2\n6\n10\n"
    assert (report.rows, report.left_out, report.redacted) == (10, 3, 7)
    assert "FAIL" not in (tmp_path / "out").read_text()


@pytest.mark.parametrize(
    ("vault", "expected"),
    [
        ("per-row", [["<PERSON_1>", "<PERSON_2> <PERSON_1>"], ["<PERSON_1>", ""]]),
        ("per-file", [["<PERSON_1>", "<PERSON_2> <PERSON_1>"], ["<PERSON_2>", ""]]),
    ],
)
def test_placeholders_are_numbered_per_row_or_per_file(tmp_path, vault, expected):
    rows = [["Jane Doe", "John Roe Jane Doe"], ["John Roe", ""]]
    (tmp_path / "in").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run(Job(tmp_path / "in", tmp_path / "out", "jsonl", columns=("*",), vault=vault, jobs=2), make=make)
    assert [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()] == expected


def test_the_output_never_replaces_the_input(tmp_path):
    (tmp_path / "in").write_text("Jane Doe\n")
    (tmp_path / "link").symlink_to("in")
    with pytest.raises(BulkError, match="must not be the input"):
        run(Job(tmp_path / "in", tmp_path / "link"), make=make)


def test_memory_stays_the_same_however_long_the_input(tmp_path):
    """The reader is never more than a few chunks ahead of the writer."""
    read, ahead = 0, []

    def rows():
        nonlocal read
        for read in range(5000):
            yield f"row {read}"

    for index, _ in enumerate(redact_rows(rows(), jobs=2, make=make)):
        ahead.append(read - index)
    assert len(ahead) == 5000
    assert max(ahead) < 128 * 8


def test_rows_in_memory_keep_their_shape():
    rows = ["Jane Doe", {"x": ["a@b.co", 1]}, "", None]
    assert list(redact_rows(rows, make=make)) == ["<PERSON_1>", {"x": ["<EMAIL_ADDRESS_1>", 1]}, "", None]


def test_a_row_in_memory_that_fails_is_withheld():
    with pytest.raises(BadRow, match="row 2"):
        list(redact_rows(["x", "FAIL Jane Doe"], make=make))


@pytest.mark.parametrize("stop_at", [1, 128, 129, 400, 999])
def test_a_run_that_stopped_anywhere_goes_on_without_a_gap_or_a_repeat(tmp_path, stop_at):
    good = "".join(f'{{"n": "{index} Jane Doe"}}\n' for index in range(1000))
    (tmp_path / "in").write_text(good)
    job = Job(tmp_path / "in", tmp_path / "out", "jsonl", columns=("n",), resume=True)

    def stop(rows, _):
        if rows >= stop_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job, make=make, progress=stop, every=0.0)
    with (tmp_path / "out.part").open("ab") as part:
        part.write(b'{"n": "half a ro')
    report = run(job, make=make)
    assert (tmp_path / "out").read_text() == good.replace("Jane Doe", "<PERSON_1>")
    assert report.kinds == {"PERSON": 1000}


def test_kill_9_loses_no_row_repeats_none_and_leaves_no_process(tmp_path):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        "id,note\n" + "".join(f'{i},"{"FAIL" if i % 50 == 7 else "Jane Doe"}\n{i}"\n' for i in range(3000))
    )
    (tmp_path / "job.py").write_text(KILLED)
    path = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[3])])
    command = [sys.executable, str(tmp_path / "job.py"), str(source), str(target)]
    killed = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": path})
    sidecar = tmp_path / "out.csv.resume"
    while not sidecar.exists() or json.loads(sidecar.read_text())["rows"] < 300:
        assert killed.poll() is None
        time.sleep(0.01)
    children = psutil.Process(killed.pid).children(recursive=True)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert not target.exists()
    assert children
    assert not psutil.wait_procs(children, timeout=10)[1]
    job = Job(source, target, "csv", columns=("note",), keep_going=True)
    report = run(Job(**{**_fields(job), "resume": True}), make=make)
    run(Job(**{**_fields(job), "target": tmp_path / "whole.csv"}), make=make)
    assert target.read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert (tmp_path / "out.csv.rejects").read_text() == (tmp_path / "whole.csv.rejects").read_text()
    assert (report.rows, report.left_out) == (3000, 60)


def _fields(job):
    return {name: getattr(job, name) for name in job.__slots__}


@pytest.mark.parametrize("change", ["input", "options"])
def test_a_changed_run_is_not_taken_up(tmp_path, change):
    source = tmp_path / "in"
    source.write_text(lines(400))

    def stop(rows, _):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(Job(source, tmp_path / "out"), make=make_slow, progress=stop, every=0.0)
    if change == "input":
        source.write_text(lines(401))
    encoding = "latin-1" if change == "options" else "utf-8"
    with pytest.raises(BulkError, match="have changed"):
        run(Job(source, tmp_path / "out", resume=True, encoding=encoding), make=make)


def test_the_checkpoint_and_the_report_hold_no_value(tmp_path):
    (tmp_path / "in").write_text(lines(300))
    with pytest.raises(KeyboardInterrupt):
        run(Job(tmp_path / "in", tmp_path / "out"), make=make, progress=_interrupt, every=0.0)
    kept = "".join(each.read_text() for each in tmp_path.iterdir() if each.name != "in")
    assert "<PERSON_1>" in kept
    assert "Jane" not in kept


def _interrupt(rows, _):
    raise KeyboardInterrupt
