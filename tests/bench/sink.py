"""A relay that takes everything and keeps nothing: `python -m tests.bench.sink PORT`, until it is ended."""

import asyncio
import sys

import uvloop


class Sink(asyncio.Protocol):
    """As little of SMTP as a sender needs."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A sender has come."""
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport
        self._held = b""
        self._in_data = False
        self._say(b"220 sink")

    def _say(self, reply: bytes) -> None:
        self._transport.write(reply + b"\r\n")

    def data_received(self, data: bytes) -> None:
        """Commands, or a letter."""
        self._held += data
        while True:
            end = b"\r\n.\r\n" if self._in_data else b"\r\n"
            at = self._held.find(end)
            if at < 0:
                return
            line, self._held = self._held[:at], self._held[at + len(end) :]
            if self._in_data:
                self._in_data = False
                self._say(b"250 taken")
            else:
                self._answer(line[:4].upper())

    def _answer(self, verb: bytes) -> None:
        if verb == b"DATA":
            self._in_data = True
            self._say(b"354 go on")
        elif verb == b"QUIT":
            self._say(b"221 bye")
            self._transport.close()
        else:
            self._say(b"250 ok")


async def main() -> None:
    """Serves until it is ended."""
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", int(sys.argv[1]), backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
