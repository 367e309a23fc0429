"""Fit the search's score (data/search/score.yaml) on the first half of the question sets and on all of everyday.yaml.

The order of candidates is a conditional logistic, the sureness of the first one a plain logistic, both with a
ridge that keeps weights small on few questions (chosen by cross-validation within the first half).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import yaml

from bench.questions import Question, to_fit
from chatbot.knowledge.score import FEATURES, SHARE, Score

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chatbot.knowledge.search import Knowledge

RIDGE = 0.03
STEPS = 25  # Newton steps; both models stand still long before
FOLDS = 8
FALSE_ANSWERS = 0.04  # share of the questions without an answer that may get one all the same
FALSE_DOUBTS = 0.12  # share of them that may get an answer or a guess with a word of doubt
ROUNDING = 0.005  # the thresholds are written with two digits
NOTE = """\
# Fitted by `python bench/answers.py --fit` on the first half of data/questions and all of everyday.yaml: `order`
# puts a question's candidates in order, `sure` says how likely the first is right. From `threshold` on it is an
# answer, from `doubt` on a guess: 4 % and 12 % of the questions without an answer get that far. Do not edit by hand.
"""


class Seen(NamedTuple):
    """What the search saw of one question: features of its candidates, and which of them are right."""

    features: np.ndarray
    right: np.ndarray
    answerable: bool


def fit(knowledge: Knowledge) -> Score:
    """Fit both models on everything, and the thresholds on chances given by models that had not seen the question."""
    seen = [_seen(knowledge, question) for question in to_fit()]
    tops = [top for fold in range(FOLDS) for top in _unseen(seen, fold)]
    return replace(models(seen), threshold=threshold(tops, FALSE_ANSWERS), doubt=threshold(tops, FALSE_DOUBTS))


def models(seen: list[Seen]) -> Score:
    """Fit both models; the thresholds stay open."""
    order = conditional_logistic([one for one in seen if one.right.any()])
    ordering = Score(order, np.zeros(len(FEATURES) + 1), 0.0, 0.0, 0.0)
    first = [_first(ordering, one) for one in seen if len(one.features)]
    sure, bias = logistic(np.array([row for row, _ in first]), np.array([right for _, right in first], float))
    return replace(ordering, sure=sure, bias=bias)


def _unseen(seen: list[Seen], fold: int) -> Iterator[tuple[float, bool]]:
    """Give each question's chance, by models fitted on the other folds, and whether it has an answer."""
    score = models([one for number, one in enumerate(seen) if number % FOLDS != fold])
    for one in seen[fold::FOLDS]:
        if len(one.features):
            row, _ = _first(score, one)
            yield float(1 / (1 + np.exp(-(row @ score.sure + score.bias)))), one.answerable


def write(score: Score, path: Path) -> None:
    """Write the weights with a note of where they come from."""
    members = {
        "order": dict(zip(FEATURES, map(_short, score.order), strict=True)),
        "sure": dict(zip((*FEATURES, SHARE), map(_short, score.sure), strict=True)),
        "bias": _short(score.bias),
        "threshold": round(score.threshold, 2),
        "doubt": round(score.doubt, 2),
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


def threshold(tops: list[tuple[float, bool]], share: float) -> float:
    """Give the lowest score that no more than `share` of the questions without an answer reach."""
    chances = sorted((chance for chance, answerable in tops if not answerable), reverse=True)
    return chances[int(share * len(chances))] + ROUNDING


def _seen(knowledge: Knowledge, question: Question) -> Seen:
    places, features = knowledge.features(question.ask)
    return Seen(features, np.array([place in question.expect for place in places], bool), bool(question.expect))


def _first(score: Score, seen: Seen) -> tuple[np.ndarray, bool]:
    """Give the features of the candidate that comes first, and whether it is right."""
    shares = score.shares(seen.features)
    best = int(shares.argmax())
    return np.append(seen.features[best], shares[best]), bool(seen.right[best])


def _short(number: float) -> float:
    return round(float(number), 4)
