"""A transport without a network, for protocols that are fed by hand."""

import asyncio


class Transport(asyncio.Transport):
    """What the socket writes, and how it ends. The other end never takes anything away."""

    def __init__(self, address: str = "192.0.2.1") -> None:
        super().__init__({"peername": (address, 4711)})
        self.written = b""
        self.reading = True
        self.closed = self.ended = False
        self.cut = asyncio.Event()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self.closed = True

    def write_eof(self) -> None:
        self.ended = True

    def is_closing(self) -> bool:
        return self.closed

    def abort(self) -> None:
        self.closed = True
        self.cut.set()

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True
