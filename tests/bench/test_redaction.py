"""The comparison of finders: each in its own process, and one that fails is named with its reason."""

import argparse
import json

from bench.redaction import measured, tables


def test_a_finder_is_measured_and_one_that_cannot_run_is_named(tmp_path):
    rows = [
        {"text": "my mail is jo@example.com", "spans": [[11, 25, "EMAIL"]]},
        {"text": "I am Jane", "spans": [[5, 9, "PERSON"]]},
    ]
    (tmp_path / "two.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "clean.jsonl").write_text('{"text": "hello there", "spans": []}\n')
    found = measured(argparse.Namespace(data=tmp_path, limit=0, peers="langchain,absent"))
    written = found["finders"]["langchain"]["sets"]["two"]["written"]
    assert (written["precision"], written["leaks"]) == (1.0, 500)
    assert written["recall"] == 12 / 16
    shown = tables(found)
    assert "| langchain |" in shown
    assert "absent: not measured: ModuleNotFoundError: No module named 'bench.peers.absent'" in shown


def test_ours_and_stock_in_turn_are_shown_with_their_ratio():
    fast = {"per_second": 2000.0, "p50": 0.5, "p95": 1.0, "p99": 1.5}
    slow = {"per_second": 200.0, "p50": 5.0, "p95": 8.0, "p99": 9.0}
    shown = tables({"finders": {}, "duel": {"ours": fast, "presidio": slow}})
    assert "| messages a second of CPU | 2,000 | 200      | 10           |" in shown
    assert "| p99 ms" in shown
