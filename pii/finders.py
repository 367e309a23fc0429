"""Names and places by spaCy: the finder to compare with, and the socket for its bigger models."""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from pii.errors import DataError
from pii.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WINDOW = 5_000
_OVERLAP = 200
SPACY_KINDS = {
    "PERSON": "PERSON",
    "PER": "PERSON",
    "GPE": "LOCATION",
    "LOC": "LOCATION",
    "FAC": "LOCATION",
    "LOCATION": "LOCATION",
    "ORG": "ORGANIZATION",
    "ORGANIZATION": "ORGANIZATION",
}
_SCORE = 0.85


class SpacyFinder:
    """Names and places by a spaCy model, with no pipe loaded that entity recognition does not use."""

    def __init__(self, package: str) -> None:
        self.name = f"spacy:{package}"
        if not package.isidentifier() or importlib.util.find_spec(package) is None:
            raise DataError(f"the spaCy model {package} is not installed; nothing is downloaded at run time")
        self._nlp = importlib.import_module(package).load(
            exclude=["parser", "tagger", "attribute_ruler", "lemmatizer", "senter"],
        )
        if "tok2vec" in self._nlp.pipe_names and not _listens(self._nlp):
            self._nlp.remove_pipe("tok2vec")

    def find_batch(self, texts: Sequence[str], questions: Sequence[str | None] | None = None) -> list[list[Span]]:
        """Find in several texts; spaCy models make no use of the questions."""
        del questions
        pieces = [(index, offset, part) for index, text in enumerate(texts) for offset, part in windows(text)]
        found: list[list[Span]] = [[] for _ in texts]
        for (index, offset, _), doc in zip(pieces, self._nlp.pipe(part for *_, part in pieces), strict=True):
            found[index].extend(self._spans(doc, offset))
        return found

    def _spans(self, doc: Any, offset: int) -> Iterator[Span]:
        for entity in doc.ents:
            kind = SPACY_KINDS.get(entity.label_)
            if kind:
                yield Span(offset + entity.start_char, offset + entity.end_char, kind, _SCORE, self.name)


def windows(text: str, size: int = _WINDOW, overlap: int = _OVERLAP) -> Iterator[tuple[int, str]]:
    """Cut a long text into overlapping windows with their offsets; a short one is its only window."""
    if len(text) <= size:
        yield 0, text
        return
    for start in range(0, max(len(text) - overlap, 1), size - overlap):
        yield start, text[start : start + size]


def _listens(nlp: Any) -> bool:
    """Say whether entity recognition reads the separate tok2vec; if not, that pipe is dead weight."""
    return any(node.name == "tok2vec-listener" for node in nlp.get_pipe("ner").model.walk())
