"""How sure is it that a passage answers the question: two small logistic models over what the searches saw.

The first orders the candidates of one question among themselves; the second says how likely the passage is to be an
answer at all. Their weights are data (data/search/score.yaml), fitted by bench/answers.py on one half of the
question set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chatbot.knowledge.datafile import read_yaml
from chatbot.knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FEATURES = (
    "meaning",  # cosine of question and passage, by static word vectors
    "wording_meaning",  # cosine of question and heading, or another wording of what the passage answers
    "sense",  # cosine of question and passage, by the sentence encoder
    "sense_stands_out",  # how far that lies above the mean of all passages, in standard deviations
    "wording_sense",  # cosine of question and nearest wording, by the sentence encoder
    "wording_sense_stands_out",  # how far that lies above the mean
    "same_wording",  # 0 up to a cosine of 0.7, then rising to 1 for the very same words
    "coverage",  # share of the question's ideas that the passage has; rare ones weigh more, unknown ones most
    "wording_coverage",  # the same for heading and other wordings alone
    "words",  # bm25, squeezed into 0..1
    "fused",  # the reciprocal-rank score, as a share of the best possible
    "unknown",  # share of the question's ideas that no passage has
    "gap",  # 1 when the question has a word for what no page answers
    "gap_sense",  # cosine of question and the nearest question that no page answers, by the sentence encoder
    "ideas",  # logarithm of how many ideas the question has
)
SHARE = "share"  # what the first model gives a candidate, as a share of one among all candidates


@dataclass(frozen=True)
class Score:
    """The weights of both models, one a feature, and the scores from which on an answer or a guess is given."""

    order: NDArray[np.float64]
    sure: NDArray[np.float64]
    bias: float
    threshold: float
    doubt: float

    @classmethod
    def read(cls, path: Path) -> Score:
        """Read score.yaml; raises KnowledgeError."""
        members = read_yaml(path)
        try:
            order = _weights(path, "order", members.get("order"), FEATURES)
            sure = _weights(path, "sure", members.get("sure"), (*FEATURES, SHARE))
            return cls(order, sure, *(float(members[name]) for name in ("bias", "threshold", "doubt")))
        except (KeyError, TypeError, ValueError):
            raise KnowledgeError(path, 1, "weights, `bias`, `threshold` and `doubt` must be numbers") from None

    def shares(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Share one out among the candidates by how well each fits."""
        strength = np.exp(features @ self.order - np.max(features @ self.order, initial=-np.inf))
        return np.asarray(strength / (strength.sum() or 1.0))

    def probability(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give for each candidate how likely it is an answer, 0..1."""
        seen = np.column_stack([features, self.shares(features)])
        return np.asarray(1.0 / (1.0 + np.exp(-(seen @ self.sure + self.bias))))


def _weights(path: Path, name: str, member: Any, features: tuple[str, ...]) -> NDArray[np.float64]:
    if not isinstance(member, dict) or member.keys() != set(features):
        raise KnowledgeError(path, 1, f"`{name}:` needs exactly these: {', '.join(features)}")
    return np.array([float(member[feature]) for feature in features])
