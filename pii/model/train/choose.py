"""What is set after training, on held-out messages: the temperature, and from which probability a kind is reported.

The aim is F2 (recall weighs four times precision) over every held-out set, as written and in lower case, while
words of clean questions that would be hidden stay under a limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from pii.model import labels
from pii.model.decode import REPORTED
from pii.model.train.network import Tagger
from pii.model.train.tensors import ALL, OUT, Arrays, kind_bits

GRID = (0.2, 0.25, 0.3, 0.35, 0.4)
CODE = 0.8  # codes are reported only where the tagger is sure
SURE = 0.35  # kinds that are mostly learnt from templates need at least this
_LEARNT_FROM_PEOPLE = frozenset({labels.PERSON, labels.LOCATION, labels.STREET_ADDRESS})
_BEGINS = [labels.begin(kind) for kind in REPORTED]


@dataclass
class Held:
    """Scores of one held-out set, word by word."""

    name: str
    scores: np.ndarray
    allowed: np.ndarray

    def masses(self, temperature: float) -> np.ndarray:
        """Return the probability of each reported kind, for each word."""
        p = torch.softmax(torch.from_numpy(self.scores) / temperature, 1).numpy()
        both: np.ndarray = p[:, _BEGINS] + p[:, [b + 1 for b in _BEGINS]]
        return both


@torch.no_grad()  # type: ignore[untyped-decorator]  # torch is not installed where types are checked
def score(model: Tagger, arrays: Arrays, name: str) -> Held:
    """Run the tagger over a held-out set, one message at a time in batches of like length."""
    found = np.zeros((len(arrays.rows), len(labels.LABELS)), np.float32)
    order = np.argsort(arrays.lengths, kind="stable")
    for chunk in np.array_split(order, max(1, len(order) // 200)):
        longest = int(arrays.lengths[chunk].max())
        buckets = np.zeros((len(chunk), longest, arrays.buckets.shape[1]), np.int64)
        rows = np.zeros((len(chunk), longest), np.int64)
        for i, message in enumerate(chunk):
            span = slice(arrays.starts[message], arrays.starts[message + 1])
            buckets[i, : arrays.lengths[message]], rows[i, : arrays.lengths[message]] = (
                arrays.buckets[span],
                arrays.rows[span],
            )
        scores = model(torch.from_numpy(buckets), torch.from_numpy(rows)).numpy()
        for i, message in enumerate(chunk):
            found[arrays.starts[message] : arrays.starts[message + 1]] = scores[i, : arrays.lengths[message]]
    return Held(name, found, arrays.allowed)


def temperature(sets: Sequence[Held]) -> float:
    """Return the temperature under which the allowed labels are likeliest."""
    scores = torch.from_numpy(np.concatenate([s.scores for s in sets]))
    allowed = torch.from_numpy(np.concatenate([s.allowed for s in sets]).astype(np.int64))
    fits = (allowed.unsqueeze(1) >> torch.arange(len(labels.LABELS)) & 1).bool()

    def cost(t: float) -> float:
        p = torch.log_softmax(scores / t, 1)
        return -float(torch.logsumexp(p.masked_fill(~fits, -1e4), 1).mean())

    return min((0.6 + 0.05 * i for i in range(40)), key=cost)


def calibration_error(sets: Sequence[Held], at: float, bins: int = 15) -> float:
    """Return the expected calibration error of "this word is personal", over words whose set says so or not."""
    said, true = [], []
    for held in sets:
        certain = (held.allowed == OUT) | ((held.allowed & OUT) == 0)
        said.append(held.masses(at).sum(1)[certain])
        true.append(_personal(held.allowed)[certain])
    p, y = np.concatenate(said), np.concatenate(true)
    edges = np.linspace(0, 1, bins + 1)
    inside = [(p > a) & (p <= b) for a, b in pairwise(edges)]
    return float(sum(abs(p[i].mean() - y[i].mean()) * i.sum() for i in inside if i.any()) / len(p))


def _personal(allowed: np.ndarray) -> np.ndarray:
    reported = kind_bits(frozenset(REPORTED))
    result: np.ndarray = ((allowed & OUT) == 0) & ((allowed & reported) > 0)
    return result


def f2(held: Held, masses: np.ndarray, least: np.ndarray) -> float:
    """Return F2 over words; words that the set leaves open are not charged."""
    kinds = masses.argmax(1)
    hit = masses.sum(1) >= least[kinds]
    gold = _personal(held.allowed) & (held.allowed != ALL)
    free = ((held.allowed & OUT) > 0) & np.array(
        [bool(kind_bits(frozenset({REPORTED[k]})) & a) for k, a in zip(kinds, held.allowed, strict=True)]
    )
    right, claimed = (hit & gold).sum(), (hit & ~free & (held.allowed != ALL)).sum()
    recall, precision = right / max(gold.sum(), 1), right / max(claimed, 1)
    return float(5 * precision * recall / max(4 * precision + recall, 1e-9))


def least(sets: Sequence[Held], clean: Held, at: float, limit: float) -> dict[str, float]:
    """Return for each kind the probability from which it is reported; `limit` is hits per thousand clean words."""
    masses = {held.name: held.masses(at) for held in [*sets, clean]}
    chosen = np.full(len(REPORTED), 0.4)

    def worth(levels: np.ndarray) -> float:
        m = masses[clean.name]
        false = float((m.sum(1) >= levels[m.argmax(1)]).mean() * 1000)
        return float(np.mean([f2(held, masses[held.name], levels) for held in sets])) - max(0.0, false - limit)

    for _ in range(2):
        for i in range(len(REPORTED)):
            floor = 0.0 if REPORTED[i] in _LEARNT_FROM_PEOPLE else SURE
            trials = [np.where(np.arange(len(REPORTED)) == i, level, chosen) for level in GRID if level >= floor]
            chosen = max(trials, key=worth)
    levels = {kind: round(float(level), 3) for kind, level in zip(REPORTED, chosen, strict=True)}
    return levels | {labels.ID_NUMBER: CODE}
