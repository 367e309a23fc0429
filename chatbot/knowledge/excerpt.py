"""Choose the sentences of a passage that fit the question best: whole sentences, in their order."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from chatbot.knowledge.passages import blocks, sentences, words
from chatbot.knowledge.words import WORD, plain

if TYPE_CHECKING:
    from chatbot.knowledge.embedding import Embedder
    from chatbot.knowledge.words import Query

SHORT = 60  # words; a passage up to this length is quoted whole, unless fewer sentences are wanted
MOST_SENTENCES = 3
STEM = 5  # letters that two words must share at their beginning to count as the same


def excerpt(text: str, query: Query, embedder: Embedder, most: int = MOST_SENTENCES) -> str:
    """Give the best one to three sentences (`most`) of redacted Markdown; a list stays with its lead-in."""
    if most > MOST_SENTENCES or (most == MOST_SENTENCES and words(text) <= SHORT):
        return text
    units = [(number, unit) for number, block in enumerate(blocks(text)) for unit in sentences(block)]
    fits = _fit([unit for _, unit in units], query, embedder)
    best = np.argsort(-fits, kind="stable")[:most]
    strong = sorted(i for i in best if fits[i] >= fits[best[0]] / 2)
    paragraphs = groupby((units[i] for i in strong), key=itemgetter(0))
    return "\n\n".join(" ".join(unit for _, unit in paragraph) for _, paragraph in paragraphs)


def _fit(units: list[str], query: Query, embedder: Embedder) -> np.ndarray:
    sought = {word[:STEM] for group in query.groups for word in (group.word, *group.alternatives)}
    vectors = embedder.embed([query.text, *units])
    shared = [len(sought & {word[:STEM] for word in WORD.findall(plain(unit))}) for unit in units]
    return np.asarray(vectors[1:] @ vectors[0] + np.array(shared) / max(len(query.groups), 1))
