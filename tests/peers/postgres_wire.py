"""A wire to PostgreSQL on which a test can make trouble: silence, slowness, refusals by SQLSTATE, a cut.

It stands before the server's Unix socket, and knows just enough of the protocol (PostgreSQL, chapter 55) to answer for it.
"""

import asyncio
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

SOCKET = ".s.PGSQL.5432"


@dataclass(eq=False)
class _Line:
    """One connection through the wire."""

    tasks: "set[asyncio.Task[None]]" = field(default_factory=set)
    silent: bool = False
    in_transaction: bool = False
    begun: bool = False
    """Its startup packet, which has no type, has gone by."""


class PostgresWire:
    """Passes everything on; `folder` is the host to connect to. Trouble counts from the moment it is set."""

    def __init__(self, server: str) -> None:
        self._server = f"{server}/{SOCKET}"
        self._lines: set[_Line] = set()
        self.state: str | None = None
        """Every question is answered by this SQLSTATE, every new connection refused with it."""
        self.slow = 0.0
        """Seconds before anything the server says arrives."""
        self.deaf = False
        """New connections are accepted and go silent at once."""

    @property
    def folder(self) -> str:
        """Where the socket is."""
        return self._folder.name

    def go_silent(self) -> None:
        """What is connected now says and hears nothing any more, and no end either."""
        for line in self._lines:
            line.silent = True

    def stand_still(self) -> None:
        """Neither what is connected nor who comes is answered."""
        self.deaf = True
        self.go_silent()

    def cut(self) -> None:
        """Ends what is connected now."""
        for line in list(self._lines):
            for task in line.tasks:
                task.cancel()

    def heal(self) -> None:
        """No more trouble; what went silent stays so."""
        self.state, self.slow, self.deaf = None, 0.0, False

    async def __aenter__(self) -> "PostgresWire":
        self._folder = tempfile.TemporaryDirectory(prefix="wire-", ignore_cleanup_errors=True)
        path = Path(self.folder) / SOCKET
        self._listener = await asyncio.start_unix_server(self._join, str(path))
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._listener.close()
        self.cut()
        await self._listener.wait_closed()
        self._folder.cleanup()

    async def _join(self, ours: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        theirs, there = await asyncio.open_unix_connection(self._server)
        line = _Line(silent=self.deaf)
        self._lines.add(line)
        line.tasks = {
            asyncio.create_task(self._ask(line, ours, there, back)),
            asyncio.create_task(self._answer(line, theirs, back)),
        }
        try:
            await asyncio.wait(line.tasks, return_when=asyncio.FIRST_COMPLETED)
            if line.silent:  # not even an end is heard
                await asyncio.wait(line.tasks)
        finally:
            self._lines.discard(line)
            for task in line.tasks:
                task.cancel()
            for writer in (there, back):
                writer.transport.abort()

    async def _ask(
        self, line: _Line, ours: asyncio.StreamReader, there: asyncio.StreamWriter, back: asyncio.StreamWriter
    ) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                message = await _message(ours, typed=line.begun)
                if line.silent:
                    continue
                if self.state is not None and not _ends(message):
                    if not line.begun:
                        back.write(_refusal(self.state, "FATAL"))
                        await back.drain()
                        return
                    if message[:1] in b"QS":  # what came before a Sync is answered with it
                        back.write(_refusal(self.state, "ERROR") + _ready(line))
                    continue
                line.begun = True
                there.write(message)

    async def _answer(self, line: _Line, theirs: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while said := await theirs.read(65_536):
                if self.slow:
                    await asyncio.sleep(self.slow)
                if said[-6:-1] == b"Z\0\0\0\5":
                    line.in_transaction = said[-1:] != b"I"
                if not line.silent:
                    back.write(said)
                    await back.drain()


def _ends(message: bytes) -> bool:
    """A rollback and a good-bye always arrive."""
    return message[:1] == b"X" or message[5:13].upper() == b"ROLLBACK"


async def _message(reader: asyncio.StreamReader, *, typed: bool) -> bytes:
    head = await reader.readexactly(5 if typed else 4)
    return head + await reader.readexactly(int.from_bytes(head[-4:]) - 4)


def _refusal(state: str, severity: str) -> bytes:
    fields = b"".join(
        kind + said.encode() + b"\0"
        for kind, said in ((b"S", severity), (b"V", severity), (b"C", state), (b"M", "trouble of the test's"))
    )
    return b"E" + (len(fields) + 5).to_bytes(4) + fields + b"\0"


def _ready(line: _Line) -> bytes:
    return b"Z\0\0\0\5" + (b"E" if line.in_transaction else b"I")
