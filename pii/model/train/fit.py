"""Training: batches of like length, words hidden at random, loss over the labels that a set allows."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from pii.model import labels
from pii.model.train.network import Shape, Tagger
from pii.model.train.tensors import LISTED, OUT, Arrays


@dataclass(frozen=True)
class Plan:
    """How long and how fast to learn."""

    epochs: int = 4
    batch_words: int = 3500
    rate: float = 3e-3
    average: float = 0.998  # how slowly the averaged weights follow; they are what is kept
    hide_name: float = 0.25  # share of personal words that lose lists, vector and whole-word bucket
    hide_plain: float = 0.06
    decay: float = 0.01
    threads: int = 1


def _batches(lengths: np.ndarray, words: int, rng: np.random.Generator) -> list[np.ndarray]:
    order = np.argsort(lengths + rng.random(len(lengths)) * 3, kind="stable")
    found, at = [], 0
    while at < len(order):
        size = max(1, words // max(int(lengths[order[at]]), 1))
        size = max(1, words // max(int(lengths[order[min(at + size, len(order) - 1)]]), 1))
        found.append(order[at : at + size])
        at += size
    return [found[i] for i in rng.permutation(len(found))]


def _hidden(buckets: np.ndarray, rows: np.ndarray, allowed: np.ndarray, plan: Plan, rng: np.random.Generator) -> None:
    """Hide what a word is known by, so that spelling and context must do; in place."""
    personal = (allowed & OUT) == 0
    lost = rng.random(len(rows)) < np.where(personal, plan.hide_name, plan.hide_plain)
    rows[lost] = 0
    part = buckets[lost]
    part[(part >= LISTED[0]) & (part < LISTED[1])] = 0
    part[:, 0] = np.where(
        part[:, 1] > 0, part[:, 1], part[:, 0]
    )  # keeps the first column set: it says that there is a word
    buckets[lost] = part


def _tensors(
    arrays: Arrays, batch: np.ndarray, plan: Plan, rng: np.random.Generator | None
) -> tuple[torch.Tensor, ...]:
    spans = [np.arange(arrays.starts[i], arrays.starts[i + 1]) for i in batch]
    flat = np.concatenate(spans)
    buckets, rows, allowed = (
        arrays.buckets[flat].astype(np.int32),
        arrays.rows[flat].astype(np.int32),
        arrays.allowed[flat],
    )
    if rng is not None:
        _hidden(buckets, rows, allowed, plan, rng)
    longest = max(len(span) for span in spans)
    where = np.concatenate([i * longest + np.arange(len(span)) for i, span in enumerate(spans)])
    size = len(batch) * longest
    full = np.zeros((size, buckets.shape[1]), np.int32)
    full[where] = buckets
    row = np.zeros(size, np.int32)
    row[where] = rows
    shape = (len(batch), longest)
    return (
        torch.from_numpy(full).view(*shape, -1),
        torch.from_numpy(row).view(shape),
        torch.from_numpy(where),
        torch.from_numpy(allowed.astype(np.int64)),
    )


_BITS = torch.arange(len(labels.LABELS))


def loss_of(scores: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    """Return minus the log of the probability of all labels that are allowed; personal words count more."""
    fits = (allowed.unsqueeze(1) >> _BITS & 1).bool()
    each = torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~fits, -1e4), 1)
    weight = torch.where((allowed & OUT) == 0, 1.5, 1.0)
    return (each * weight).sum() / weight.sum()


def _steps(arrays: Arrays, plan: Plan, rng: np.random.Generator) -> Iterator[tuple[int, np.ndarray]]:
    for epoch in range(plan.epochs):
        for batch in _batches(arrays.lengths, plan.batch_words, rng):
            yield epoch, batch


def train(arrays: Arrays, vectors: np.ndarray, shape: Shape, plan: Plan, seed: int) -> Tagger:
    """Return a trained tagger."""
    torch.manual_seed(seed)
    torch.set_num_threads(plan.threads)
    rng = np.random.default_rng(seed)
    model = Tagger(torch.from_numpy(vectors), shape)
    steps = list(_steps(arrays, plan, rng))
    total = len(steps)
    optimiser = torch.optim.AdamW(model.parameters(), lr=plan.rate, weight_decay=plan.decay, fused=True)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.rate, total_steps=total + 1, pct_start=0.08)
    averaged = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(plan.average)
    )
    began, running = time.monotonic(), 0.0
    for step, (epoch, batch) in enumerate(steps):
        buckets, rows, where, allowed = _tensors(arrays, batch, plan, rng)
        with torch.autocast("cpu", torch.bfloat16):
            scores = model(buckets, rows).view(-1, len(labels.LABELS))[where]
        loss = loss_of(scores.float(), allowed)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        pace.step()
        averaged.update_parameters(model)
        running = 0.98 * running + 0.02 * loss.item()
        if step % 200 == 0:
            print(f"epoch {epoch} step {step}/{total} loss {running:.4f} {time.monotonic() - began:.0f}s", flush=True)  # noqa: T201 — the progress of a command
    kept: Tagger = averaged.module
    kept.eval()
    return kept
