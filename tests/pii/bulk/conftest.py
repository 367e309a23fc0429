"""Makes the test redactor importable, also for spawned processes, which take over the path."""

import sys
from pathlib import Path

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.append(HERE)
