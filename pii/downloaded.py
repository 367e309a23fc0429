"""Finders over bigger models of other libraries, for those who have installed and downloaded them."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

from pii.engine import windows
from pii.errors import DataError
from pii.finders import SPACY_KINDS
from pii.spans import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_WINDOW = 1_000
_GLINER_KINDS = {
    "person": "PERSON",
    "street address": "STREET_ADDRESS",
    "location": "LOCATION",
    "organization": "ORGANIZATION",
    "username": "USERNAME",
}


class GlinerFinder:
    """Names, places and addresses by a GLiNER model that is already on this machine."""

    def __init__(self, model: str) -> None:
        self.name = f"gliner:{model}"
        library = _library("gliner")
        self._model = _offline(library.GLiNER.from_pretrained, model, local_files_only=True)

    def find_batch(self, texts: Sequence[str], questions: Sequence[str | None] | None = None) -> list[list[Span]]:
        """Find in several texts, window by window."""
        del questions
        return [list(self._find(text)) for text in texts]

    def _find(self, text: str) -> Iterator[Span]:
        for offset, part in windows(text, _WINDOW):
            for row in self._model.predict_entities(part, list(_GLINER_KINDS), threshold=0.4):
                kind = _GLINER_KINDS[row["label"]]
                yield Span(offset + row["start"], offset + row["end"], kind, float(row["score"]), self.name)


class TransformersFinder:
    """Names and places by a Hugging Face token classifier that is already on this machine."""

    def __init__(self, model: str) -> None:
        self.name = f"transformers:{model}"
        library = _library("transformers")
        options = {"aggregation_strategy": "simple", "model_kwargs": {"local_files_only": True}}
        self._classify = _offline(library.pipeline, "token-classification", model, **options)

    def find_batch(self, texts: Sequence[str], questions: Sequence[str | None] | None = None) -> list[list[Span]]:
        """Find in several texts, window by window."""
        del questions
        return [list(self._find(text)) for text in texts]

    def _find(self, text: str) -> Iterator[Span]:
        for offset, part in windows(text, _WINDOW):
            for row in self._classify(part):
                kind = SPACY_KINDS.get(row["entity_group"].upper())
                if kind:
                    yield Span(offset + row["start"], offset + row["end"], kind, float(row["score"]), self.name)


def _library(package: str) -> Any:
    """Import an optional library, or say what to install."""
    try:
        return importlib.import_module(package)
    except ImportError:
        raise DataError(f"this finder needs the package {package}: pip install {package}") from None


def _offline(load: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Load a model from this machine alone."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        return load(*arguments, **options)
    except OSError:
        raise DataError(
            "the model is not on this machine; download it first, nothing is fetched at run time"
        ) from None
