"""The benchmark's measure and its data: figures by hand, labels that lie where they say."""

import json

import pytest

from bench.data.write import SIZES, message, messages
from bench.datasets import Dataset, Message, load, lower
from bench.measure import common_type, measure
from bench.tables import table, written


def found(*spans):
    return lambda _text, _question: spans


JANE = Message("I am Jane Doe", ((5, 13, "PERSON"),))


@pytest.mark.parametrize(
    ("spans", "recall", "precision", "leaks", "false"),
    [
        ([(5, 13, "PERSON")], 1.0, 1.0, 0, 0),
        ([(5, 9, "PERSON")], 4 / 7, 1.0, 1000, 0),
        ([(0, 13, "PERSON")], 1.0, 7 / 10, 0, 0),
        ([(0, 1, "PERSON")], 0.0, 0.0, 1000, 1000),
        ([(5, 13, "EMAIL_ADDRESS")], 1.0, None, 0, 0),
        ([(0, 4, "DATE_TIME")], 0.0, None, 1000, 0),
        ([], 0.0, None, 1000, 0),
    ],
)
def test_figures_follow_from_characters_and_spans(spans, recall, precision, leaks, false):
    figures = measure(found(*spans), Dataset("one", (JANE,))).figures()
    assert figures["recall"] == pytest.approx(recall)
    assert figures["precision"] == (precision if precision is None else pytest.approx(precision))
    assert (figures["leaks"], figures["false"]) == (leaks, false)


def test_f2_weighs_recall_four_times():
    figures = measure(found((5, 9, "PERSON")), Dataset("one", (JANE,))).figures()
    assert figures["f2"] == pytest.approx(5 * (4 / 7) / (4 + 4 / 7))


def test_clean_messages_charge_every_type_and_give_no_recall():
    figures = measure(found((0, 2, "IBAN_CODE")), Dataset("clean", (Message("ok so"),))).figures()
    assert (figures["f2"], figures["leaks"], figures["false"]) == (None, None, 1000)


def test_what_is_to_be_ignored_is_never_charged():
    row = Message("party of 5 Jane", ((11, 15, "PERSON"),), ((0, 10),))
    assert measure(found((0, 10, "PERSON")), Dataset("one", (row,))).figures()["false"] == 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PHONE_NUMBER", "PHONE"),
        ("ip-address", "IP"),
        ("STREET_ADDRESS", "ADDRESS"),
        ("ssn", "ID"),
        ("GPE", "LOCATION"),
    ],
)
def test_names_of_other_finders_become_types_of_the_labels(name, expected):
    assert common_type(name) == expected


def test_lower_casing_moves_no_offset():
    text = "İstanbul ẞ JANE"
    assert len(lower(text)) == len(text)
    assert lower(text).endswith("jane")


@pytest.mark.parametrize("dataset", load(), ids=lambda each: each.name)
def test_every_label_covers_a_value_without_its_edges(dataset):
    assert len(dataset.messages) == SIZES[dataset.name]
    for each in dataset.messages:
        for start, end, _ in each.spans:
            assert each.text[start:end].strip(" ,.!?") == each.text[start:end]


def test_the_sets_together_are_large_enough_and_differ():
    texts = [each.text for dataset in load() for each in dataset.messages]
    assert len(texts) >= 600
    assert len(set(texts)) > 0.98 * len(texts)


def test_the_committed_messages_are_what_the_script_writes():
    from random import Random

    from bench.data.write import HERE, SEED

    made = messages("bookings", SIZES["bookings"], Random(f"{SEED} bookings"))
    kept = [json.loads(line) for line in (HERE / "bookings.jsonl").read_text(encoding="utf-8").splitlines()]
    assert made == kept


def test_a_template_may_follow_a_question():
    from random import Random

    row = message("What is your PIN?\t{pin}", Random(1))
    assert row["question"] == "What is your PIN?"
    assert row["spans"] == [[0, 4, "SECRET"]]


def test_tables_are_markdown():
    assert table("T", ("a", "b"), [("x", 0.12345), ("y", None)]).splitlines()[-1] == "| y | -     |"
    assert written(1234.5) == "1,234"
