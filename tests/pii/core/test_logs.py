"""Nothing that a person typed leaves through a log record."""

import datetime as dt
import io
import json
import logging
import sys
import uuid
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from pii.logs import LogRedactor, redact_processor
from pii.text import seal

CARD, MAIL = "4111111111111111", "siyabonga@example.org"


def process(**event):
    return redact_processor(None, "info", event)


def test_listed_keys_stay_and_others_are_counted():
    record = process(event="turn.done", level="info", status=200, text="hello", body="x", _record=1)
    assert record == {"event": "turn.done", "level": "info", "status": 200, "dropped": 2}


def test_values_are_scrubbed_wherever_they_are():
    record = process(event=f"mail to {MAIL}", reason={"a": [MAIL, (f"card {CARD}",)], MAIL: 1}, count=int(CARD))
    assert MAIL not in str(record)
    assert CARD not in str(record)
    assert record["event"] == "mail to <EMAIL_ADDRESS>"


def test_plain_values_stay_as_they_are():
    event = {"event": "http", "route": "/v1/notice", "duration_ms": 1.25, "count": None}
    assert process(timestamp="2026-11-21T20:45:10.123Z")["timestamp"] == "2026-11-21T20:45:10.123Z"
    assert process(**event) == event


def test_other_objects_show_their_type_alone():
    record = process(event="a", reason=object(), state=seal("text"), size=b"bytes", error=ValueError(MAIL))
    assert record == {
        "event": "a",
        "reason": "<object>",
        "state": "<Redacted>",
        "size": "<bytes>",
        "error": "<ValueError>",
    }


def test_deep_and_long_values_are_cut():
    deep = current = []
    for _ in range(50):
        current.append([])
        current = current[0]
    assert "<list>" in str(process(event="a", reason=deep))
    assert len(process(event="a", reason="word " * 10_000)["reason"]) < 2_100


def failing():
    secret = MAIL
    try:
        {}[secret]
    except KeyError as error:
        raise ValueError(f"no row for {secret}") from error


def test_an_exception_becomes_types_and_frames():
    try:
        failing()
    except ValueError as error:
        for info in (True, error, sys.exc_info()):
            record = process(event="a", exc_info=info)
            assert record["exception"]["types"] == ["ValueError", "KeyError"]
            assert record["exception"]["frames"][-1].startswith("test_logs.py:")
            assert record["exception"]["frames"][-1].endswith(":failing")
            assert MAIL not in str(record)


def test_an_exception_that_was_rendered_before_loses_its_message():
    try:
        failing()
    except ValueError:
        rendered = structlog.processors.format_exc_info(None, "error", {"event": "a", "exc_info": True})
    record = process(**rendered)
    assert record["exception"]["types"] == ["ValueError", "KeyError"]
    assert MAIL not in str(record)


class BrokenRules:
    def find(self, text, *_):
        raise ValueError(text)


@pytest.mark.parametrize(
    ("event", "kept"), [("turn.failed", "turn.failed"), ("hello Siyabonga", "withheld"), (7, "withheld")]
)
def test_when_scrubbing_fails_only_level_and_event_name_leave(event, kept):
    broken = LogRedactor(rules=BrokenRules())
    assert broken(None, "error", {"event": event, "reason": "hello Siyabonga"}) == {"level": "error", "event": kept}


def test_records_of_the_standard_library_are_scrubbed_too():
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact_processor]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processors=[*processors, structlog.processors.JSONRenderer()])
    )
    logger = logging.getLogger("foreign")
    logger.addHandler(handler)
    logger.propagate = False
    try:
        failing()
    except ValueError:
        logger.exception("could not mail %s", MAIL, extra={"body": CARD})
    assert MAIL not in out.getvalue()
    assert CARD not in out.getvalue()
    assert json.loads(out.getvalue())["exception"]["types"] == ["ValueError", "KeyError"]


PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.uuids(), st.datetimes()
)


@given(
    st.dictionaries(
        st.sampled_from(["event", "reason", "state", "exc_info", "exception"]), st.recursive(PLAIN, st.lists)
    )
)
def test_any_record_leaves_as_plain_data(event):
    json.dumps(process(**event))


def test_paths_ids_and_dates_do_not_break_it():
    record = process(event="a", reason=[Path("/a"), uuid.UUID(int=0), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)])
    assert record["reason"] == ["/a", "<UUID>", "<datetime>"]
