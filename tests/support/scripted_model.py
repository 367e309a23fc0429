"""An OpenAI-compatible server that says what a test tells it to, as slowly as it is told, and remembers requests."""

import json
import socket
import struct
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Script:
    """What the next replies are; a piece that is a number means: wait so many seconds. None: drop the line."""

    base_url = ""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget what was said and asked."""
        self.pieces = ["Hello", " there."]
        self.status = 200
        self.bodies: list[str] = []
        self.broken_off = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        script = self.server.script
        script.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if script.status != 200:
            self.send_error(script.status)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            self._speak(script)
        except OSError:
            script.broken_off.set()

    def _speak(self, script: Script) -> None:
        for piece in script.pieces:
            if piece is None:
                # Closing with nothing lingering resets the connection, as a crash or a cut cable does.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return
            if isinstance(piece, (int, float)):
                time.sleep(piece)
                continue
            self._chunk({"delta": {"content": piece}, "index": 0, "finish_reason": None})
        self._chunk({"delta": {}, "index": 0, "finish_reason": "stop"})
        self.wfile.write(b"data: [DONE]\n\n")

    def _chunk(self, choice: dict) -> None:
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "scripted", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@contextmanager
def scripted_model():
    """Run the server for as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.script = script = Script()
    script.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
