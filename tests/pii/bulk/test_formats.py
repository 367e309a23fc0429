"""Each format: what is redacted, what stays byte for byte, and what is refused."""

import json

import pytest
from bulk_redactors import make

from pii.bulk import BadJob, BadRow, BrokenInput, BulkError, Dialect, Job, NothingRedacted, run


def redacted(tmp_path, body, kind, encoding="utf-8", **options):
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(body if isinstance(body, bytes) else body.encode(encoding))
    run(Job(source, target, kind, encoding=encoding, **options), make=make)
    return target.read_bytes().decode(encoding)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Jane Doe here\n", "<PERSON_1> here\n"),
        ("no end Jane Doe", "no end <PERSON_1>"),
        ("a@b.co\r\n\r\nJane Doe\r\n", "<EMAIL_ADDRESS_1>\r\n\r\n<PERSON_1>\r\n"),
        ("", ""),
        ("\n\n", "\n\n"),
        ("typed <PERSON_1>\n", "typed ‹PERSON_1›\n"),
        ("line\u2028separator Jane Doe\n", "line\u2028separator <PERSON_1>\n"),
    ],
)
def test_text_keeps_its_line_ends(tmp_path, body, expected):
    assert redacted(tmp_path, body, "text") == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_text_keeps_its_encoding(tmp_path, encoding):
    assert redacted(tmp_path, "Süß Jane Doe\nzwei\n", "text", encoding) == "Süß <PERSON_1>\nzwei\n"


def test_a_byte_order_mark_is_kept_and_is_no_part_of_the_first_column(tmp_path):
    body = b"\xef\xbb\xbfnote,id\r\nJane Doe,1\r\n"
    assert redacted(tmp_path, body, "csv", columns=("note",)) == "\ufeffnote,id\r\n<PERSON_1>,1\r\n"


@pytest.mark.parametrize(
    ("columns", "row", "expected"),
    [
        (("note",), {"note": "Jane Doe", "id": "a@b.co"}, {"note": "<PERSON_1>", "id": "a@b.co"}),
        (("a.b",), {"a": {"b": "Jane Doe", "c": "Jane Doe"}}, {"a": {"b": "<PERSON_1>", "c": "Jane Doe"}}),
        (("m.c",), {"m": [{"c": "a@b.co"}, {"c": "x"}]}, {"m": [{"c": "<EMAIL_ADDRESS_1>"}, {"c": "x"}]}),
        (("m",), {"m": {"deep": ["Jane Doe", 3, None, True]}}, {"m": {"deep": ["<PERSON_1>", 3, None, True]}}),
        (("a\\.b",), {"a.b": "Jane Doe"}, {"a.b": "<PERSON_1>"}),
        (("*",), [{"x": "Jane Doe"}, "a@b.co"], [{"x": "<PERSON_1>"}, "<EMAIL_ADDRESS_1>"]),
        (("x", "y"), {"x": "Jane Doe", "y": "Jane Doe"}, {"x": "<PERSON_1>", "y": "<PERSON_1>"}),
    ],
)  # fmt: skip
def test_json_fields_are_found_however_deep(tmp_path, columns, row, expected):
    assert json.loads(redacted(tmp_path, json.dumps(row) + "\n", "jsonl", columns=columns)) == expected


def test_a_number_becomes_text_only_when_it_is_personal(tmp_path):
    body = '{"q": "PIN?", "n": 4821}\n{"q": "how many?", "n": 4821}\n'
    found = redacted(tmp_path, body, "jsonl", columns=("n",), question="q")
    assert [json.loads(line)["n"] for line in found.splitlines()] == ["<PIN_1>", 4821]


def test_a_key_that_is_there_twice_does_not_smuggle_its_first_value_through(tmp_path):
    assert "Jane" not in redacted(tmp_path, '{"n": "Jane Doe", "n": "ok"}\n', "jsonl", columns=("n",))


def test_a_field_that_no_row_has_leaves_nothing_behind(tmp_path):
    with pytest.raises(NothingRedacted, match="no row has the field nope"):
        redacted(tmp_path, '{"n": "Jane Doe"}\n', "jsonl", columns=("nope",))
    assert [each.name for each in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize("row", ['{"a": {"b": null}}', '{"a": []}', '{"a": [{"b": ""}]}'])
def test_a_field_that_is_there_but_empty_is_no_mistake(tmp_path, row):
    assert redacted(tmp_path, row, "jsonl", columns=("a.b",)) == row


@pytest.mark.parametrize(
    ("body", "dialect", "expected"),
    [
        ("id,note\n1,Jane Doe\n", Dialect(), "id,note\n1,<PERSON_1>\n"),
        ("id;note\r\n1;Jane Doe\r\n", Dialect(), "id;note\r\n1;<PERSON_1>\r\n"),
        ("id\tnote\n1\tJane Doe\n", Dialect(), "id\tnote\n1\t<PERSON_1>\n"),
        ('id,note\n1,"two\nlines, Jane Doe"\n2,x\n', Dialect(), 'id,note\n1,"two\nlines, <PERSON_1>"\n2,x\n'),
        ("id,note\n1,'a ''quote'' Jane Doe'\n", Dialect(quote="'"), "id,note\n1,'a ''quote'' <PERSON_1>'\n"),
        ('id|note\n1|say "hi" Jane Doe\n', Dialect("|", ""), 'id|note\n1|say "hi" <PERSON_1>\n'),
    ],
)
def test_csv_in_its_dialects(tmp_path, body, dialect, expected):
    assert redacted(tmp_path, body, "csv", columns=("note",), dialect=dialect) == expected


def test_csv_without_a_header_has_numbered_columns(tmp_path):
    found = redacted(tmp_path, "1,Jane Doe\n2,a@b.co\n", "csv", columns=("2",), dialect=Dialect(header=False))
    assert found == "1,<PERSON_1>\n2,<EMAIL_ADDRESS_1>\n"


@pytest.mark.parametrize(
    ("body", "kind", "options", "expected"),
    [
        (b"ok\nJane Doe \xff\n", "text", {}, (BadRow, r"^in:2: bytes that are not utf-8; name .* --encoding$")),
        (b"x" * 1_000_002, "text", {}, (BadRow, r"^in:1: longer than 1,000,000 characters")),
        (b"ok\nFAIL Jane Doe\n", "text", {}, (BadRow, r"^in:2: the row could not be redacted")),
        (b'{"a": 1}\n{"a": Jane Doe}\n', "jsonl", {"columns": ("a",)}, (BadRow, r"^in:2: not JSON")),
        (b"[" * 100_000 + b"\n", "jsonl", {"columns": ("a",)}, (BadRow, r"^in:1: not JSON")),
        (b"a,b\n1,2\n1,Jane Doe,3\n", "csv", {"columns": ("b",)}, (BadRow, r"^in:3: 3 cells where .* be 2")),
        (b'a,b\n1,"Jane\nDoe\n', "csv", {"columns": ("b",)}, (BrokenInput, r"^in:2: the quoting is broken")),
        (b'a,b\n1,"x" y\n', "csv", {"columns": ("b",)}, (BrokenInput, r"^in:2: the quoting is broken")),
        (b"a,b\n1,2\n", "csv", {"columns": ("c",)}, (BulkError, r"no column of the 2 is called 'c'.*--no-header")),
        (b"a,a\n1,2\n", "csv", {"columns": ("a",)}, (BulkError, r"more than one column")),
        (b"a,b\n", "csv", {}, (BadJob, r"choose what to redact in csv with --columns")),
        (b"a\n", "text", {"columns": ("a",)}, (BadJob, r"plain text has no columns")),
        (b"a\n", "text", {"encoding": "klingon"}, (BadJob, r"no encoding named 'klingon'")),
        (b"a\n", "xml", {}, (BadJob, r"no format 'xml'")),
        (b"a\n", "text", {"resume": True, "vault": "per-file"}, (BadJob, r"cannot be resumed")),
    ],
)  # fmt: skip
def test_bad_input_is_named_by_its_line_and_never_quoted(tmp_path, body, kind, options, expected):
    (tmp_path / "in").write_bytes(body)
    error, message = expected
    with pytest.raises(error, match=message) as caught:
        run(Job(tmp_path / "in", tmp_path / "out", kind, **options), make=make)
    assert "Jane" not in str(caught.value)
    assert not (tmp_path / "out").exists()
    assert not any(b"Jane" in each.read_bytes() for each in tmp_path.iterdir() if each.name != "in")
