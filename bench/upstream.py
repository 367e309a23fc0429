"""A model server that always takes the same time: `python -m bench.upstream --port 9000`.

It speaks the streaming part of OpenAI's chat completions, and answers every question with the same words
after the same wait, so what a service adds is not lost in a model's own noise.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re

FIRST_TOKEN = 0.1  # seconds until the first word, as a quick hosted model takes
BETWEEN = 0.01
WORDS = re.findall(r"\S+", "You can connect both systems in the settings and choose what to sync every hour .")
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
    b"Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
)


_PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


def _event(content: str | None) -> bytes:
    delta = {"content": content} if content else {}
    choice = {"index": 0, "delta": delta, "finish_reason": None if content else "stop"}
    body = {"id": "b", "object": "chat.completion.chunk", "created": 0, "model": "bench", "choices": [choice]}
    return _chunk(f"data: {json.dumps(body, separators=(',', ':'))}\n\n".encode())


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


async def _request(reader: asyncio.StreamReader) -> tuple[bytes, bytes] | None:
    """Read one request's first line and body; None when the caller has gone."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    lines = head.split(b"\r\n")
    lengths = [int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")]
    return lines[0], await reader.readexactly(sum(lengths))


class Model:
    """Answers every question alike, and shows the last one at `/v1/last`."""

    def __init__(self) -> None:
        self.last = b"{}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer every request of a connection."""
        try:
            while request := await _request(reader):
                if request[0].startswith(b"GET"):
                    writer.write(_PLAIN % (len(self.last), self.last))
                else:
                    self.last = request[1]
                    await _say(writer)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


async def _say(writer: asyncio.StreamWriter) -> None:
    writer.write(_HEAD)
    await asyncio.sleep(FIRST_TOKEN)
    for word in WORDS:
        writer.write(_event(word + " "))
        await writer.drain()
        await asyncio.sleep(BETWEEN)
    writer.write(_event(None) + _chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")


async def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    server = await asyncio.start_server(Model().serve, "127.0.0.1", parser.parse_args().port, backlog=512)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
