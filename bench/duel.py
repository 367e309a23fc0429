"""Our redactor and stock Presidio in one process, some hundred messages each in turn: `python -m bench.duel`.

A machine is never equally busy from one minute to the next. Taken in turns, both meet the same weather,
so their ratio holds even where each figure alone does not. Shorter turns would measure how one empties
the processor's cache for the other.
"""

from __future__ import annotations

import importlib
import json
import time
from typing import TYPE_CHECKING

from bench.measure import speed
from bench.tables import say
from bench.worker import arguments, datasets_of

if TYPE_CHECKING:
    from bench.datasets import Message
    from bench.measure import Find

PAIR = ("ours", "presidio")
WARM = 40
TURN = 200


def main() -> None:
    """Measure the two in turn."""
    datasets = datasets_of(arguments().parse_args())
    finders = {peer: importlib.import_module(f"bench.peers.{peer}").load() for peer in PAIR}
    times: dict[str, list[float]] = {peer: [] for peer in PAIR}
    messages = [message for dataset in datasets for message in dataset.messages]
    for turn in [messages[:WARM], *(messages[start : start + TURN] for start in range(0, len(messages), TURN))]:
        for peer, find in finders.items():
            times[peer] += [_milliseconds(find, message) for message in turn]
    say(json.dumps({peer: speed(each[WARM:]) for peer, each in times.items()}))


def _milliseconds(find: Find, message: Message) -> float:
    begun = time.process_time()
    list(find(message.text, message.question))
    return (time.process_time() - begun) * 1e3


if __name__ == "__main__":
    main()
