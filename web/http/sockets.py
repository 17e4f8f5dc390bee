"""WebSockets as uvicorn speaks them, without a task, a queue or a switch between a frame's arrival and our hands.

uvicorn carries each frame through a queue to a task and back through six callables of the application. For requests that is
right; for ten thousand quiet connections the two tasks each were a third of the memory, and for a message half of the
server's time. So a connection of ours gives the application its socket: text goes straight to who listens, and frames
straight to the transport while it takes them. Until somebody listens, and for the handshake, uvicorn does all as usual.
"""

import asyncio
import logging
from typing import Any, Final, Protocol, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request

from messaging.faults import located

log = logging.getLogger(__name__)

EXTENSION: Final = "quietline.socket"
"""Where the application finds the socket: `scope["extensions"][EXTENSION]`."""
CLOSING: Final = 10.0
"""Seconds the other end may take to answer our close before the connection is cut: who never reads never answers, and
a transport that is merely closed waits for its last byte to be taken."""


class Listener(Protocol):
    """Who takes a socket over."""

    def take(self, frame: str | bytes) -> None:
        """A whole frame; bytes when it was not text."""

    def flush(self) -> None:
        """The transport takes frames again."""

    def gone(self) -> None:
        """The connection has ended or is about to, whoever wanted it. Called once, and no frame is taken after it."""


class LiveSocket(WebSocketsSansIOProtocol):
    """One connection. `listen` takes it out of uvicorn's hands."""

    listener: Listener | None = None
    listened_to: bool = False
    clear: bool = True
    """Whether the transport takes more. Frames pushed at it otherwise pile up in memory."""
    _cut: asyncio.TimerHandle | None = None

    # ------------------------------------------------------------ for the application

    def listen(self, listener: Listener) -> None:
        """From now on frames go to `listener`; the application may return without ending the connection."""
        self.listener, self.listened_to = listener, True
        early, self.queue = self.queue, asyncio.Queue()
        self.resume()
        while not early.empty():
            event = cast("dict[str, Any]", early.get_nowait())
            if event["type"] == "websocket.disconnect":
                self._say_gone()
                return
            if event["type"] == "websocket.receive":
                listener.take(event["text"] if "text" in event else event["bytes"])

    def send_text(self, text: str) -> None:
        """One text frame (RFC 6455, 5.2), at once. A server's frames are not masked."""
        if self.close_sent or self.transport.is_closing():
            return
        payload = text.encode()
        size = len(payload)
        if size < 126:
            self.transport.write(bytes((0x81, size)) + payload)
        elif size < 65536:
            self.transport.write(b"\x81\x7e" + size.to_bytes(2, "big") + payload)
        else:
            self.transport.write(b"\x81\x7f" + size.to_bytes(8, "big") + payload)

    def end(self, code: int, reason: str) -> None:
        """Says goodbye and waits a while for the answer; then the connection is cut."""
        if not self.close_sent and not self.transport.is_closing():
            self.conn.send_close(code, reason)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
            self.resume()
        self._cut_soon()
        # Not at once: who closes may be in the middle of telling everyone, and leaving changes who everyone is.
        self.loop.call_soon(self._say_gone)

    def pause(self) -> None:
        """Nothing more is read until `resume`: the other end waits, not our memory."""
        if not self.read_paused and not self.transport.is_closing():
            self.read_paused = True
            self.transport.pause_reading()

    def resume(self) -> None:
        """Reads on."""
        if self.read_paused and not self.transport.is_closing():
            self.read_paused = False
            self.transport.resume_reading()

    # ------------------------------------------------------------ from the transport

    def pause_writing(self) -> None:
        """The other end does not keep up."""
        self.clear = False
        super().pause_writing()

    def resume_writing(self) -> None:
        """It does again."""
        self.clear = True
        super().resume_writing()
        if self.listener is not None:
            self.listener.flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end."""
        super().connection_lost(exc)
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None
        if hasattr(self, "scope"):
            self.scope["extensions"].clear()  # a circle of references would wait for the collector
        self._say_gone()

    # ------------------------------------------------------------ what uvicorn does otherwise

    def handle_connect(self, event: Request) -> None:
        """The application finds us in its scope, before its task first runs."""
        super().handle_connect(event)
        if not self.handshake_complete:
            cast("dict[str, Any]", self.scope["extensions"])[EXTENSION] = self

    def send_receive_event_to_app(self) -> None:
        """A whole frame."""
        if self.listener is None:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []  # bound: the pieces of one message, as large as uvicorn takes any
        if self.close_sent:
            return
        if self.curr_msg_data_type != "text":
            self.listener.take(bytes(data))
            return
        try:
            text = str(data, "utf-8")
        except UnicodeDecodeError:
            self.end(1007, "not UTF-8")
            return
        self.listener.take(text)

    def handle_close(self, event: Frame) -> None:
        """The other end leaves, or answers our goodbye."""
        super().handle_close(event)
        if self.close_sent:
            self.transport.close()
        self._cut_soon()

    def keepalive_timeout(self) -> None:
        """No answer to our ping: nobody is there to wait for."""
        super().keepalive_timeout()
        self.transport.abort()

    def shutdown(self) -> None:
        """The server stops."""
        super().shutdown()
        self._cut_soon()

    async def run_asgi(self) -> None:
        """As uvicorn's, but a socket that is listened to lives on when the application returns."""
        try:
            await self.app(self.scope, self.receive, self.send)
        except Exception as fault:  # of the application: reported by its type, for its text may hold words
            log.error("live connection failed", extra=located(fault))
            self.send_500_response()
            self.listened_to = False
        if self.listened_to:
            return
        if self.close_timer is None:
            self.transport.close()
        self._cut_soon()

    # ------------------------------------------------------------

    def _say_gone(self) -> None:
        listener, self.listener = self.listener, None
        if listener is not None:
            listener.gone()

    def _cut_soon(self) -> None:
        if self._cut is None and not self.disconnected:
            self._cut = self.loop.call_later(CLOSING, self.transport.abort)


def socket_of(scope: Any) -> LiveSocket | None:
    """The socket below this scope, which our own server puts there; none once the connection is lost."""
    found: LiveSocket | None = scope["extensions"].get(EXTENSION)
    return found
