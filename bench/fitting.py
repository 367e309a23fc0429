"""Fit the search's score (data/search/score.yaml) on the first half of the question sets.

The order of candidates is a conditional logistic, the sureness of the first one a plain logistic, both with a
ridge that keeps weights small on few questions (chosen by cross-validation within the first half).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import yaml

from bench.questions import FIT, Question, questions
from chatbot.knowledge.score import FEATURES, SHARE, Score

if TYPE_CHECKING:
    from pathlib import Path

    from chatbot.knowledge.search import Knowledge

RIDGE = 0.1
STEPS = 25  # Newton steps; both models stand still long before
FALSE_ANSWER_COST = 2.0  # how much worse a false answer is than a missed one when the threshold is chosen
NOTE = """\
# Fitted by `python bench/answers.py --fit` on the first half of data/questions: `order` puts a question's
# candidates in order, `sure` says how likely the first is right; the threshold makes missed and false
# answers cheapest there. Do not edit by hand.
"""


class Seen(NamedTuple):
    """What the search saw of one question: features of its candidates, and which of them are right."""

    features: np.ndarray
    right: np.ndarray
    answerable: bool


def fit(knowledge: Knowledge) -> Score:
    """Fit both models and the threshold."""
    seen = [_seen(knowledge, question) for question in questions(FIT)]
    order = conditional_logistic([one for one in seen if one.right.any()])
    ordering = Score(order, np.zeros(len(FEATURES) + 1), 0.0, 0.0)
    first = [_first(ordering, one) for one in seen if len(one.features)]
    sure, bias = logistic(np.array([row for row, _, _ in first]), np.array([right for _, right, _ in first], float))
    tops = [(float(1 / (1 + np.exp(-(row @ sure + bias)))), answerable) for row, _, answerable in first]
    return Score(order, sure, bias, threshold(tops))


def write(score: Score, path: Path) -> None:
    """Write the weights with a note of where they come from."""
    members = {
        "order": dict(zip(FEATURES, map(_short, score.order), strict=True)),
        "sure": dict(zip((*FEATURES, SHARE), map(_short, score.sure), strict=True)),
        "bias": _short(score.bias),
        "threshold": round(score.threshold, 2),
    }
    path.write_text(NOTE + yaml.safe_dump(members, sort_keys=False))


def conditional_logistic(seen: list[Seen]) -> np.ndarray:
    """Fit weights that put a right candidate first among those of its question (Newton's method)."""
    every = np.concatenate([one.features for one in seen])
    spread = every.std(axis=0) + 1e-9
    ridge = RIDGE * len(seen)
    w = np.zeros(every.shape[1])
    for _ in range(STEPS):
        gradient, curvature = ridge * w, ridge * np.eye(len(w))
        for one in seen:
            z = one.features / spread
            p = np.exp(z @ w - np.max(z @ w))
            p /= p.sum()
            wanted = p * one.right / (p * one.right).sum()
            gradient += z.T @ (p - wanted)
            curvature += (z * p[:, None]).T @ z - np.outer(z.T @ p, z.T @ p)
        w -= np.linalg.solve(curvature, gradient)
    return w / spread


def logistic(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit a logistic by Newton's method on standardised features, and undo the standardising."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    x = np.column_stack([(features - mean) / spread, np.ones(len(features))])
    ridge = np.diag([RIDGE * len(x)] * features.shape[1] + [0.0])
    w = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ w))
        w -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + ridge, x.T @ (p - labels) + ridge @ w)
    weights = w[:-1] / spread
    return weights, float(w[-1] - weights @ mean)


def threshold(tops: list[tuple[float, bool]]) -> float:
    """Choose the score at which missed and false answers together are cheapest."""

    def cost(at: float) -> float:
        missed = np.mean([chance < at for chance, answerable in tops if answerable])
        false = np.mean([chance >= at for chance, answerable in tops if not answerable])
        return float(missed + FALSE_ANSWER_COST * false)

    return float(min(np.arange(0.05, 0.95, 0.01), key=cost))


def _seen(knowledge: Knowledge, question: Question) -> Seen:
    places, features = knowledge.features(question.ask)
    return Seen(features, np.array([place in question.expect for place in places], bool), bool(question.expect))


def _first(score: Score, seen: Seen) -> tuple[np.ndarray, bool, bool]:
    """Give the features of the candidate that comes first, whether it is right, whether anything could be."""
    shares = score.shares(seen.features)
    best = int(shares.argmax())
    return np.append(seen.features[best], shares[best]), bool(seen.right[best]), seen.answerable


def _short(number: float) -> float:
    return round(float(number), 4)
