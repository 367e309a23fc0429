"""Names and places by spaCy: the finder to compare with, and the socket for its bigger models."""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from pii.errors import DataError
from pii.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
        return [list(self._spans(doc)) for doc in self._nlp.pipe(texts)]

    def _spans(self, doc: Any) -> Iterator[Span]:
        for entity in doc.ents:
            kind = SPACY_KINDS.get(entity.label_)
            if kind:
                yield Span(entity.start_char, entity.end_char, kind, _SCORE, self.name)


def _listens(nlp: Any) -> bool:
    """Say whether entity recognition reads the separate tok2vec; if not, that pipe is dead weight."""
    return any(node.name == "tok2vec-listener" for node in nlp.get_pipe("ner").model.walk())
