"""Run the measurements: `python -m bench [part …]`; all parts without a name.

redaction   how well and how fast, beside what else can be installed
answers     how well the knowledge base answers
service     time to the first token over the model alone, memory, start-up
gate        what a decision of the gate costs, from memory and out of a million rows
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.tables import say

PARTS = ("redaction", "service", "gate")
SCRIPTS = {"answers": Path(__file__).parent / "answers.py"}


def main() -> None:
    """Measure the parts that are asked for, and print tables or JSON."""
    modules = {part: importlib.import_module(f"bench.{part}") for part in PARTS}
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="*", metavar="part", help=", ".join([*PARTS, *SCRIPTS]))
    parser.add_argument("--json", action="store_true", help="print figures in place of tables")
    for module in modules.values():
        module.arguments(parser)
    args = parser.parse_args()
    chosen = args.part or [*PARTS, *SCRIPTS]
    if unknown := set(chosen) - {*PARTS, *SCRIPTS}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    result: dict[str, Any] = {"machine": _machine()}
    if not args.json:
        say("Measured " + ", ".join(f"{key} {value}" for key, value in result["machine"].items()))
    for part in chosen:
        if part in SCRIPTS:
            result[part] = _script(SCRIPTS[part], show=not args.json)
        else:
            result[part] = modules[part].measured(args)
            if not args.json:
                say(modules[part].tables(result[part]))
    if args.json:
        say(json.dumps(result, indent=1))


def _script(path: Path, *, show: bool) -> str:
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=False)  # noqa: S603 — ours
    text = done.stdout if done.returncode == 0 else f"{path.name} failed: {done.stderr[-400:]}"
    if show:
        say(f"\n{text}")
    return text


def _machine() -> dict[str, Any]:
    """Say on what this was measured, so that figures are never compared blindly."""
    return {
        "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    main()
