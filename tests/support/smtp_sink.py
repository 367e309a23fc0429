"""A real mail server on loopback that keeps what it was sent and passes nothing on.

async with smtp_sink() as sink:
… host="127.0.0.1", port=sink.port …
assert sink.messages[0]["To"] == "jo@mail.example"

`SinkThread` is the same for tests without an event loop.
"""

import asyncio
import email
import email.policy
import threading
from contextlib import asynccontextmanager


class SmtpSink:
    """What arrived, oldest first: messages as they came over the line and parsed, and the envelope's recipients."""

    def __init__(self) -> None:
        self.port, self.raw, self.messages, self.recipients, self.refuse = 0, [], [], [], False
        self._news = asyncio.Event()

    @property
    def texts(self):
        return [message.get_content() for message in self.messages]

    async def arrived(self, count):
        """Wait until so many messages came: what a visitor asks for leaves after the answer."""
        while len(self.messages) < count:
            self._news.clear()
            await self._news.wait()

    async def talk(self, reader, writer):
        """Speak just enough SMTP (RFC 5321)."""
        await say(writer, "220 sink")
        while line := (await reader.readline()).decode().strip():
            verb = line[:4].upper()
            if verb == "DATA":
                await say(writer, "354 go on")
                raw = await reader.readuntil(b"\r\n.\r\n")
                body = raw[: -len(b".\r\n")].replace(b"\r\n..", b"\r\n.")
                self.raw.append(body)
                self.messages.append(email.message_from_bytes(body, policy=email.policy.default))
                self._news.set()
            if verb == "RCPT" and self.refuse:
                await say(writer, "550 no such mailbox")
                continue
            if verb == "RCPT":
                self.recipients.append(line.partition("<")[2].partition(">")[0])
            await say(writer, "221 bye" if verb == "QUIT" else "250 ok")
            if verb == "QUIT":
                break
        writer.close()


async def say(writer, line):
    writer.write(f"{line}\r\n".encode())
    await writer.drain()


@asynccontextmanager
async def smtp_sink():
    """Run the server for as long as the block lasts."""
    sink = SmtpSink()
    server = await asyncio.start_server(sink.talk, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    async with server:
        yield sink


class SinkThread:
    """The server in a thread of its own, until `close`."""

    def __init__(self) -> None:
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._serve()])
        self._thread.start()
        self._ready.wait(10)

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        async with smtp_sink() as self.sink:
            self._ready.set()
            await self._end.wait()

    @property
    def settings(self):
        """The service's settings that lead here."""
        return {"CHATBOT_SMTP_HOST": "127.0.0.1", "CHATBOT_SMTP_PORT": str(self.sink.port)}

    def arrived(self, count) -> None:
        """Wait until so many messages came, for a while."""
        asyncio.run_coroutine_threadsafe(self.sink.arrived(count), self._loop).result(30)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        self._loop.close()
