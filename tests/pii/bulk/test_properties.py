"""Whatever the file: what is not personal comes back the same, and what is personal never comes back."""

import csv
import io
import json
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from bulk_redactors import make
from hypothesis import given, settings
from hypothesis import strategies as st

from pii.bulk import BulkError, Job, run

REDACTOR = make()
cells = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="<‹&%\\\0"), max_size=20)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | cells
values = st.recursive(scalars, lambda each: st.lists(each, max_size=3) | st.dictionaries(cells, each, max_size=3))
rubble = st.lists(
    st.sampled_from([b"Jane Doe", b'"', b",", b"\n", b"\r", b"\\", b"\xff", b"{", b'{"n": "', b'"}', b" ", b"\0"]),
    max_size=30,
).map(b"".join)  # fmt: skip


def run_on(body, kind, **options):
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in"), Path(folder, "out")
        source.write_bytes(body)
        job = Job(source, target, kind, keep_going=True, **options)
        with suppress(BulkError):
            run(job, make=lambda: REDACTOR)
        return b"".join(each.read_bytes() for each in Path(folder).iterdir() if each.name != "in")


@given(st.lists(st.tuples(cells, cells), max_size=5))
@settings(deadline=None, max_examples=60)
def test_csv_cells_come_back_as_they_were(rows):
    buffer = io.StringIO()
    csv.writer(buffer).writerows([("a", "b"), *rows])
    found = run_on(buffer.getvalue().encode(), "csv", columns=("b",)).decode()
    assert list(csv.reader(io.StringIO(found, newline=""), strict=True)) == [["a", "b"], *map(list, rows)]


@given(st.lists(values, min_size=1, max_size=5))
@settings(deadline=None, max_examples=60)
def test_json_values_come_back_as_they_were(rows):
    body = "".join(json.dumps(row) + "\n" for row in rows)
    found = run_on(body.encode(), "jsonl", columns=("*",)).decode()
    assert [json.loads(line) for line in found.split("\n") if line] == rows


@pytest.mark.parametrize(
    ("kind", "head", "columns"), [("text", b"", ()), ("csv", b"a,b\n", ("*",)), ("jsonl", b"", ("*",))]
)
@given(body=rubble)
@settings(deadline=None, max_examples=60)
def test_no_rubble_makes_a_value_come_through(kind, head, columns, body):
    assert b"Jane" not in run_on(head + body, kind, columns=columns)
