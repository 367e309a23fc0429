"""How well the knowledge base answers: hit@1, hit@3, false answers, missed.

    python bench/answers.py              measure with the weights in data/search/score.yaml
    python bench/answers.py --fit        fit the weights on the first half of the questions, write them, then measure
    python bench/answers.py --failures   also list what goes wrong (of the first half only, to keep the other honest)

Columns: the right passage first / among three / answered with it / answered with another / shown with a word of
doubt (right) / said "I don't know"; and of the questions without an answer: answered / shown with a word of doubt.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # so that it runs as a script too
    sys.path.insert(0, str(ROOT))

from bench import fitting  # noqa: E402 — after the path
from bench.questions import FRESH, HARD, HELD_OUT, USUAL, Question, every, questions, to_fit  # noqa: E402 — after the path
from chatbot.knowledge.ingest import ingest  # noqa: E402 — after the path
from chatbot.knowledge.search import Hit, Knowledge  # noqa: E402 — after the path

if TYPE_CHECKING:
    from collections.abc import Iterable

DATA = ROOT / "data"
HEADINGS = "hit@1 hit@3 right wrong doubt silent | false doubt"
THREE = 3


@dataclass(frozen=True)
class Figures:
    """Shares of 0..1 of the answerable questions; the `false_…` ones are of the others."""

    hit_1: float
    hit_3: float
    answered_right: float
    answered_wrong: float
    doubted_right: float
    silent: float
    false_answers: float
    false_doubts: float
    questions: int
    unanswerable: int


class AsItIs:
    """Stands for the redactor: the pages of this repository hold nothing personal."""

    findings = ()

    def redact(self, _text: str) -> AsItIs:
        """Find nothing."""
        return self


def prepared(folder: Path) -> Knowledge:
    """Ingest this repository's pages into `folder` and open them."""
    ingest([DATA / "knowledge", DATA / "policies"], folder / "knowledge.db", AsItIs())
    return Knowledge.open(folder / "knowledge.db", DATA)


def measure(knowledge: Knowledge, asked: list[Question]) -> Figures:
    """Ask every question."""
    pairs = [(question, knowledge.search(question.ask)) for question in asked]
    places = [(_place(question, hits), hits) for question, hits in pairs if question.expect]
    others = [hits for question, hits in pairs if not question.expect]
    return Figures(
        hit_1=_share(place == 1 for place, _ in places),
        hit_3=_share(0 < place <= THREE for place, _ in places),
        answered_right=_share(place == 1 and hits[0].answers for place, hits in places),
        answered_wrong=_share(place != 1 and bool(hits) and hits[0].answers for place, hits in places),
        doubted_right=_share(place == 1 and hits[0].maybe for place, hits in places),
        silent=_share(not hits or not (hits[0].answers or hits[0].maybe) for _, hits in places),
        false_answers=_share(bool(hits) and hits[0].answers for hits in others),
        false_doubts=_share(bool(hits) and hits[0].maybe for hits in others),
        questions=len(places),
        unanswerable=len(others),
    )


def table(knowledge: Knowledge) -> str:
    """Write the figures of every set."""
    sets = {
        "fitted on": to_fit(),
        "held out, usual": questions(HELD_OUT, USUAL),
        "held out, slang": questions(HELD_OUT, HARD),
        "fresh": every(FRESH),
    }
    lines = [f"{'':30}" + "".join(f"{name:>8}" for name in HEADINGS.replace("| ", "").split())]
    for name, asked in sets.items():
        *shares, answerable, others = astuple(measure(knowledge, asked))
        label = f"{name} ({answerable}+{others})"
        lines.append(f"{label:30}" + "".join(f"{share:8.1%}" for share in shares))
    return "\n".join(lines)


def failures(knowledge: Knowledge) -> list[str]:
    """Name what goes wrong on the fitting half."""
    asked = [(question, knowledge.search(question.ask)) for question in to_fit()]
    return [
        f"  {question.ask!r}: " + ", ".join(f"{hit.passage.id} {hit.score:.2f}" for hit in hits[:THREE])
        for question, hits in asked
        if (_place(question, hits) == 1) != bool(question.expect)
        or (hits and hits[0].answers != bool(question.expect))
    ]


def _place(question: Question, hits: list[Hit]) -> int:
    return next((hit.rank for hit in hits if hit.passage.id in question.expect), 0)


def _share(flags: Iterable[bool]) -> float:
    return float(np.mean([bool(flag) for flag in flags]))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--failures", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        knowledge = prepared(Path(folder))
        if chosen.fit:
            fitting.write(fitting.fit(knowledge), DATA / "search" / "score.yaml")
            knowledge = Knowledge.open(Path(folder) / "knowledge.db", DATA)
        lines = [*(failures(knowledge) if chosen.failures else ()), table(knowledge)]
        sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
