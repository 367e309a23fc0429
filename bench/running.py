"""Starts the service and a model server as processes of their own, and always ends them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120.0
POLL = 0.03
NO_LIMITS = {
    "CHATBOT_MESSAGE_LIMIT": "1000000/minute",
    "CHATBOT_SESSION_LIMIT": "1000000/minute",
    "CHATBOT_ADDRESS_LIMIT": "1000000/minute",
}


def free_port() -> int:
    """Ask the system for a port that nobody uses."""
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        port: int = each.getsockname()[1]
        return port


@contextmanager
def process(*arguments: str, **environment: str) -> Iterator[psutil.Process]:
    """Run a Python module; what it says goes to a file that is shown when it fails to start."""
    with tempfile.TemporaryFile() as said:
        command = [sys.executable, "-m", *arguments]
        begun = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=said, stderr=said)  # noqa: S603 — ours
        try:
            yield psutil.Process(begun.pid)
        except BaseException:
            said.seek(0)
            sys.stderr.write(f"{arguments[0]} said: {said.read()[-2000:].decode(errors='replace')}\n")
            raise
        finally:
            begun.terminate()
            try:
                begun.wait(30)
            except subprocess.TimeoutExpired:
                begun.kill()


def ready(url: str, started: psutil.Process) -> float:
    """Wait until an address answers well; give the seconds that took."""
    begun = time.perf_counter()
    with httpx.Client(timeout=5, verify=False) as client:  # noqa: S501 — loopback without TLS; contexts are dear to make
        while time.perf_counter() - begun < PATIENCE and _runs(started):
            with suppress(httpx.HTTPError):
                if client.get(url).is_success:
                    return time.perf_counter() - begun
            time.sleep(POLL)
    raise SystemExit(f"{url} did not answer well")


def _runs(started: psutil.Process) -> bool:
    return started.is_running() and started.status() != psutil.STATUS_ZOMBIE


@contextmanager
def service(folder: Path, model: str, base_url: str) -> Iterator[tuple[str, psutil.Process, float]]:
    """Start the service on one worker; give its address, its process, and the seconds until it was ready."""
    port = free_port()
    environment = NO_LIMITS | {
        "CHATBOT_VAR_DIR": str(folder), "CHATBOT_MODEL": model, "CHATBOT_MODEL_BASE_URL": base_url,
        "CHATBOT_MODEL_API_KEY": "none", "CHATBOT_MODEL_FALLBACK": "false", "CHATBOT_LOG_LEVEL": "warning",
    }  # fmt: skip
    with process("chatbot", "serve", "--port", str(port), **environment) as started:
        seconds = ready(f"http://127.0.0.1:{port}/health/ready", started)
        yield f"http://127.0.0.1:{port}", started, seconds


def resident(root: psutil.Process) -> dict[str, float]:
    """Give megabytes: of the process that watches, and of the biggest worker below it."""
    workers = [each.memory_info().rss / 1e6 for each in root.children(recursive=True)]
    return {"parent_mb": root.memory_info().rss / 1e6, "worker_mb": max(workers, default=0.0)}


def cpu_seconds(root: psutil.Process) -> float:
    """Add up the CPU time of a process and of all below it."""
    times = [each.cpu_times() for each in (root, *root.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))
