"""A wire between us and a peer on which a test can stop what is said."""

import asyncio
from types import TracebackType


class Wire:
    """Passes everything on to a port of this machine, until a line with `stop` in it comes from our side."""

    def __init__(self, port: int) -> None:
        self._peer = port
        self.port = 0
        self.stop: bytes | None = None
        self.stopped = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Wire":
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._peer)
        for source, sink in ((reader, back), (there, writer)):
            task = asyncio.create_task(self._carry(source, sink, watched=source is reader))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, watched: bool
    ) -> None:
        try:
            while said := await source.read(65_536):
                if watched and self.stop is not None and self.stop in said:
                    self.stopped.set()
                    return
                sink.write(said)
                await sink.drain()
        except ConnectionError:
            pass
        finally:
            sink.close()
