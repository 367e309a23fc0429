"""How well the knowledge base answers: hit@1, hit@3, false answers, missed, on the held-out half of the questions.

python bench/answers.py            measure with the weights in data/search/score.yaml
python bench/answers.py --fit      fit the weights on the first half, write them, then measure
python bench/answers.py --failures also list what goes wrong (of the fitting half only, to keep the other honest)
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from chatbot.knowledge.ingest import ingest  # noqa: E402 — after the path
from chatbot.knowledge.score import FEATURES, SHARE, Score  # noqa: E402
from chatbot.knowledge.search import Hit, Knowledge  # noqa: E402

DATA = ROOT / "data"
USUAL, HARD = ("answerable", "unanswerable"), ("hard",)
ORDER_RIDGE, SURE_RIDGE = (
    0.1,
    0.1,
)  # keep weights small on few questions; chosen by cross-validation on the first half
STEPS = 25  # Newton steps; it stands still long before
FALSE_ANSWER_COST = 1.5  # how much worse a false answer is than a missed one when the threshold is chosen


@dataclass(frozen=True)
class Question:
    """A question and the passages that answer it; none means that nothing does."""

    ask: str
    expect: frozenset[str]
    language: str


@dataclass(frozen=True)
class Figures:
    """Shares of 0..1: of answerable questions, except `false_answers`, which is of unanswerable ones."""

    questions: int
    unanswerable: int
    hit_1: float
    hit_3: float
    answered_right: float
    answered_wrong: float
    missed: float
    false_answers: float
    guessed_right: float
    guessed_false: float

    def __str__(self) -> str:
        return (
            f"{self.questions} answerable: hit@1 {self.hit_1:.1%}  hit@3 {self.hit_3:.1%}  "
            f"answered with the right passage first {self.answered_right:.1%}, "
            f"with another first {self.answered_wrong:.1%}, "
            f"missed {self.missed:.1%} (of them shown with doubt and right {self.guessed_right:.1%}) | "
            f"{self.unanswerable} unanswerable: false answers {self.false_answers:.1%}, "
            f"shown with doubt {self.guessed_false:.1%}"
        )


class AsItIs:
    """Stands for the redactor: the pages of this repository hold nothing personal."""

    findings = ()

    def redact(self, _text: str) -> AsItIs:
        """Find nothing."""
        return self


def questions(part: int, names: tuple[str, ...] = (*USUAL, *HARD)) -> list[Question]:
    """Give one half of the question sets: 0 to fit on, 1 to report on."""
    loaded = [yaml.safe_load((DATA / "questions" / f"{name}.yaml").read_text()) for name in names]
    return [_question(item) for members in loaded for item in members["questions"][part::2]]


def _question(item: dict[str, Any]) -> Question:
    return Question(item["ask"], frozenset(item.get("expect", ())), item.get("language", "en"))


def prepared(folder: Path) -> Knowledge:
    """Ingest this repository's pages into `folder` and open them."""
    ingest([DATA / "knowledge", DATA / "policies"], folder / "knowledge.db", AsItIs())
    return Knowledge.open(folder / "knowledge.db", DATA)


def measure(knowledge: Knowledge, asked: list[Question]) -> Figures:
    """Ask every question."""
    pairs = [(question, knowledge.search(question.ask)) for question in asked]
    answerable = [(q, hits) for q, hits in pairs if q.expect]
    unanswerable = [hits for q, hits in pairs if not q.expect]
    right = [_first_right(q, hits) for q, hits in answerable]
    sure = [_sure(knowledge, hits) for _, hits in answerable]
    return Figures(
        questions=len(answerable),
        unanswerable=len(unanswerable),
        hit_1=_share(place == 1 for place in right),
        hit_3=_share(0 < place <= 3 for place in right),  # noqa: PLR2004 — hit@3
        answered_right=_share(s and place == 1 for s, place in zip(sure, right, strict=True)),
        answered_wrong=_share(s and place != 1 for s, place in zip(sure, right, strict=True)),
        missed=_share(not s for s in sure),
        false_answers=_share(_sure(knowledge, hits) for hits in unanswerable),
        guessed_right=_share(
            hits and hits[0].maybe and place == 1 for (_, hits), place in zip(answerable, right, strict=True)
        ),
        guessed_false=_share(hits and hits[0].maybe for hits in unanswerable),
    )


def _first_right(question: Question, hits: list[Hit]) -> int:
    return next((hit.rank for hit in hits if hit.passage.id in question.expect), 0)


def _sure(knowledge: Knowledge, hits: list[Hit]) -> bool:
    return bool(hits) and hits[0].score >= knowledge.threshold


def _share(flags: Any) -> float:
    return float(np.mean([bool(flag) for flag in flags]))


class Seen(NamedTuple):
    """What the search saw of one question: features of its candidates, and which of them are right."""

    features: np.ndarray
    right: np.ndarray
    answerable: bool


def fit(knowledge: Knowledge) -> Score:
    """Fit both models and the threshold on the first half."""
    seen = [_seen(knowledge, question) for question in questions(0)]
    order = _conditional_logistic([one for one in seen if one.right.any()])
    ordering = Score(order, np.zeros(len(FEATURES) + 1), 0.0, 0.0)
    first = [_first(ordering, one) for one in seen if len(one.features)]
    sure, bias = _logistic(np.array([row for row, _, _ in first]), np.array([right for _, right, _ in first], float))
    tops = [(float(1 / (1 + np.exp(-(row @ sure + bias)))), answerable) for row, _, answerable in first]
    return Score(order, sure, bias, _threshold(tops))


def _seen(knowledge: Knowledge, question: Question) -> Seen:
    places, features = knowledge.features(question.ask)
    return Seen(features, np.array([place in question.expect for place in places], bool), bool(question.expect))


def _first(score: Score, seen: Seen) -> tuple[np.ndarray, bool, bool]:
    """Give the features of the candidate that comes first, whether it is right, whether anything could be."""
    shares = score.shares(seen.features)
    best = int(shares.argmax())
    return np.append(seen.features[best], shares[best]), bool(seen.right[best]), seen.answerable


def _conditional_logistic(seen: list[Seen]) -> np.ndarray:
    """Fit weights that put a right candidate first among those of its question (Newton's method, with a ridge)."""
    every = np.concatenate([one.features for one in seen])
    spread = every.std(axis=0) + 1e-9
    ridge = ORDER_RIDGE * len(seen)
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


def _logistic(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit a logistic with a ridge by Newton's method on standardised features, and undo the standardising."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    x = np.column_stack([(features - mean) / spread, np.ones(len(features))])
    ridge = np.diag([SURE_RIDGE * len(x)] * features.shape[1] + [0.0])
    w = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ w))
        w -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + ridge, x.T @ (p - labels) + ridge @ w)
    weights = w[:-1] / spread
    return weights, float(w[-1] - weights @ mean)


def _threshold(tops: list[tuple[float, bool]]) -> float:
    def cost(at: float) -> float:
        missed = np.mean([chance < at for chance, answerable in tops if answerable])
        false = np.mean([chance >= at for chance, answerable in tops if not answerable])
        return float(missed + FALSE_ANSWER_COST * false)

    return float(min(np.arange(0.05, 0.95, 0.01), key=cost))


def write(score: Score, path: Path) -> None:
    """Write the weights with a note of where they come from."""
    members = {
        "order": dict(zip(FEATURES, map(_short, score.order), strict=True)),
        "sure": dict(zip((*FEATURES, SHARE), map(_short, score.sure), strict=True)),
        "bias": _short(score.bias),
        "threshold": round(score.threshold, 2),
    }
    note = (
        "# Fitted by `python bench/answers.py --fit` on the first half of data/questions: `order` puts a question's\n"
        "# candidates in order, `sure` says how likely the first is right; the threshold makes missed and false\n"
        "# answers cheapest there. Do not edit by hand.\n"
    )
    path.write_text(note + yaml.safe_dump(members, sort_keys=False))


def _short(number: float) -> float:
    return round(float(number), 4)


def failures(knowledge: Knowledge) -> None:
    """List what goes wrong on the fitting half."""
    for question in questions(0):
        hits = knowledge.search(question.ask)
        place, sure = _first_right(question, hits), _sure(knowledge, hits)
        if (question.expect and (place != 1 or not sure)) or (not question.expect and sure):
            top = ", ".join(f"{hit.passage.id} {hit.score:.2f}" for hit in hits[:3])
            print(f"  {'answered' if sure else 'silent':8} right at {place}: {question.ask!r} -> {top}")  # noqa: T201


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--failures", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        knowledge = prepared(Path(folder))
        if chosen.fit:
            write(fit(knowledge), DATA / "search" / "score.yaml")
            knowledge = Knowledge.open(Path(folder) / "knowledge.db", DATA)
        if chosen.failures:
            failures(knowledge)
        print(f"threshold {knowledge.threshold}")  # noqa: T201
        for part, half in enumerate(("fitting half", "held-out half")):
            for names in (USUAL, HARD):
                print(f"{half}, {'+'.join(names)}: {measure(knowledge, questions(part, names))}")  # noqa: T201


if __name__ == "__main__":
    main()
