"""How sure is it that a passage answers the question: a small logistic over what the two searches saw.

The weights are data (data/search/score.yaml), fitted by bench/answers.py on one half of the question set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chatbot.knowledge.datafile import read_yaml
from chatbot.knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FEATURES = (
    "meaning",  # cosine of question and passage
    "wording_meaning",  # cosine of question and heading, or another wording of what the passage answers
    "stands_out",  # how far the cosine lies above the mean of all passages, in standard deviations
    "wording_stands_out",  # the same for the wordings
    "coverage",  # share of the question's ideas that the passage has; rare ones weigh more, unknown ones most
    "wording_coverage",  # the same for heading and other wordings alone
    "unknown",  # share of the question's ideas that no passage has
    "gap",  # 1 when the question has a word for what no page answers
    "words",  # bm25, squeezed into 0..1
    "fused",  # the reciprocal-rank score, as a share of the best possible
    "ideas",  # logarithm of how many ideas the question has
)


@dataclass(frozen=True)
class Score:
    """The weights, one a feature, and the score from which on an answer is given."""

    weights: NDArray[np.float64]
    bias: float
    threshold: float

    @classmethod
    def read(cls, path: Path) -> Score:
        """Read score.yaml; raises KnowledgeError."""
        members = read_yaml(path)
        weights = members.get("weights")
        if not isinstance(weights, dict) or weights.keys() != set(FEATURES):
            raise KnowledgeError(path, 1, f"`weights:` needs exactly these: {', '.join(FEATURES)}")
        try:
            numbers = np.array([float(weights[name]) for name in FEATURES])
            return cls(numbers, float(members["bias"]), float(members["threshold"]))
        except (KeyError, TypeError, ValueError):
            raise KnowledgeError(path, 1, "`weights`, `bias` and `threshold` must be numbers") from None

    def probability(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give 0..1 for each row of features."""
        return np.asarray(1.0 / (1.0 + np.exp(-(features @ self.weights + self.bias))))
