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


def _event(content: str | None) -> bytes:
    delta = {"content": content} if content else {}
    choice = {"index": 0, "delta": delta, "finish_reason": None if content else "stop"}
    body = {"id": "b", "object": "chat.completion.chunk", "created": 0, "model": "bench", "choices": [choice]}
    return _chunk(f"data: {json.dumps(body)}\n\n".encode())


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


async def _request(reader: asyncio.StreamReader) -> bool:
    """Read one request; False when the caller has gone."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
    except asyncio.IncompleteReadError:
        return False
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), 0
    )
    await reader.readexactly(length)
    return True


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer every request of a connection."""
    try:
        while await _request(reader):
            writer.write(_HEAD)
            await asyncio.sleep(FIRST_TOKEN)
            for word in WORDS:
                writer.write(_event(word + " "))
                await writer.drain()
                await asyncio.sleep(BETWEEN)
            writer.write(_event(None) + _chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    server = await asyncio.start_server(answer, "127.0.0.1", parser.parse_args().port, backlog=512)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
