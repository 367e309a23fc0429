"""Servers on loopback that the browser tests need: a model that writes slowly, and somebody else's website."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SCRIPT = (
    "Rousora sets up **CRM and ERP** and connects them.\n\n"
    "1. We look at how you work\n2. We build the first part\n3. We stay in touch\n\n"
    "```\norder -> invoice\n```\n\nAsk us for <script>alert(1)</script> or [more](javascript:alert(1)) any time. "
)
SECONDS_PER_WORD = 0.04


class ScriptedModel:
    """Where the model is, how often it was asked, and how often its caller hung up early."""

    def __init__(self, port: int) -> None:
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self.asked = 0
        self.cut_off = 0


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]):
    """Run a server for as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def scripted_model():
    """Run an OpenAI-compatible model that writes one scripted reply, a word at a time."""
    with served(_Model) as server:
        server.model = ScriptedModel(server.server_port)
        yield server.model


class OtherSite(BaseHTTPRequestHandler):
    """One page; its query names the service whose widget it embeds."""

    def do_GET(self) -> None:
        service = self.path.partition("?")[2]
        page = f'<!doctype html><html lang="de"><title>x</title><script src="{service}/widget.js" async></script>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


class _Model(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.model.asked += 1
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            for word in (SCRIPT * 2).split(" "):
                self._send({"index": 0, "delta": {"role": "assistant", "content": word + " "}})
                time.sleep(SECONDS_PER_WORD)
            self._send({"index": 0, "delta": {}, "finish_reason": "stop"})
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            self.server.model.cut_off += 1

    def _send(self, choice: dict) -> None:
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "scripted", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""
