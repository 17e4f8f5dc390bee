"""A ClamAV daemon, faked: speaks the real protocol, finds the EICAR string, has a size limit, and dies when told to."""

import asyncio
from dataclasses import dataclass, field

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class FakeClamd:
    """`dies`: after the command, or in the middle of a file. `says`: an answer out of the ordinary."""

    limit: int = 1_000_000
    dies: str = ""
    says: str = ""
    looked_at: list[int] = field(default_factory=list)
    _server: asyncio.Server | None = None

    async def start(self, path: str | None = None) -> int:
        """Its port; 0 for a socket."""
        if path is not None:
            self._server = await asyncio.start_unix_server(self._serve, path)
            return 0
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Nobody answers any more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await self._answer(reader)
            if answer:
                writer.write(answer.encode() + b"\0")
                await writer.drain()
        except (EOFError, ConnectionError):
            pass  # the other side gave up, as it may
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> str:
        command = await reader.readuntil(b"\0")
        if self.dies == "command":
            return ""
        if command == b"zPING\0":
            return self.says or "PONG"
        if command != b"zINSTREAM\0":
            return "UNKNOWN COMMAND"
        content = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(size)
            if self.dies == "middle":
                return ""
            if len(content) > self.limit:  # and hangs up with the rest unread, as the real one does
                return "INSTREAM size limit exceeded. ERROR"
        self.looked_at.append(len(content))
        found = "stream: Win.Test.EICAR_HDB-1 FOUND" if EICAR in content else "stream: OK"
        return self.says or found
