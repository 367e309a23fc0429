"""Parquet: types, nesting, row groups, what fails; needs the extra `parquet`."""

import sys

import pytest
from bulk_redactors import make

from pii.bulk import BulkError, Job, run

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def table(tmp_path, **columns):
    pq.write_table(pa.table(columns), tmp_path / "in.parquet", row_group_size=300)
    return tmp_path / "in.parquet"


def test_parquet_keeps_its_rows_its_types_and_its_other_columns(tmp_path):
    notes = [None if index % 7 == 0 else f"{index} Jane Doe" for index in range(1000)]
    nested = [[{"c": "a@b.co", "n": index}] for index in range(1000)]
    source = table(tmp_path, id=range(1000), note=notes, nested=nested, kept=["a@b.co"] * 1000)
    report = run(Job(source, tmp_path / "out.parquet", "parquet", columns=("note", "nested")), make=make)
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.schema == pq.read_table(source).schema
    assert found["id"].to_pylist() == list(range(1000))
    assert found["note"].to_pylist() == [each and each.replace("Jane Doe", "<PERSON_1>") for each in notes]
    assert found["nested"].to_pylist()[5] == [{"c": "<EMAIL_ADDRESS_1>", "n": 5}]
    assert found["kept"].to_pylist() == ["a@b.co"] * 1000
    assert report.rows == 1000


def test_parquet_leaves_out_rows_that_fail(tmp_path):
    source = table(tmp_path, note=["Jane Doe", "FAIL", "ok"])
    run(Job(source, tmp_path / "out", "parquet", columns=("*",), keep_going=True), make=make)
    assert pq.read_table(tmp_path / "out")["note"].to_pylist() == ["<PERSON_1>", "ok"]
    assert (tmp_path / "out.rejects").read_text() == "2\n"


def test_a_parquet_column_of_numbers_is_refused(tmp_path):
    source = table(tmp_path, note=["x"], phone=[27825551234])
    with pytest.raises(BulkError, match="column 'phone' holds int64, not text"):
        run(Job(source, tmp_path / "out", "parquet", columns=("phone",)), make=make)


def test_a_dictionary_column_comes_out_as_plain_text(tmp_path):
    source = table(tmp_path, note=pa.array(["Jane Doe", "x", "Jane Doe"]).dictionary_encode())
    run(Job(source, tmp_path / "out", "parquet", columns=("note",)), make=make)
    assert pq.read_table(tmp_path / "out")["note"].to_pylist() == ["<PERSON_1>", "x", "<PERSON_1>"]


def test_parquet_without_pyarrow_says_what_to_install(tmp_path, monkeypatch):
    source = table(tmp_path, note=["x"])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(BulkError, match="extra `parquet`"):
        run(Job(source, tmp_path / "out", "parquet", columns=("note",)), make=make)


def test_a_parquet_run_that_stopped_goes_on(tmp_path):
    pq.write_table(pa.table({"id": range(1000), "n": ["Jane Doe"] * 1000}), tmp_path / "in")
    job = Job(tmp_path / "in", tmp_path / "out", "parquet", columns=("n",), resume=True)

    def stop(rows, _):
        if rows >= 300:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job, make=make, progress=stop, every=0.0)
    run(job, make=make)
    found = pq.read_table(tmp_path / "out")
    assert found["id"].to_pylist() == list(range(1000))
    assert set(found["n"].to_pylist()) == {"<PERSON_1>"}
